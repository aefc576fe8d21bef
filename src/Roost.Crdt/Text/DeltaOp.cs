using System.Text;

namespace Roost.Crdt;

/// <summary>One step of a delta, as the Quill editor made them known: insert, retain or delete, with attributes.</summary>
/// <remarks>Exactly one of <see cref="Insert"/>, <see cref="Retain"/> and <see cref="Delete"/> is used.</remarks>
public sealed record DeltaOp
{
    /// <summary>A string, an embed (an object) or a shared type; undefined if it is another step. Of a list: an array of elements.</summary>
    public YValue Insert { get; init; }

    /// <summary>How many units stay, formatted by <see cref="Attributes"/>.</summary>
    public int Retain { get; init; }

    /// <summary>How many units go.</summary>
    public int Delete { get; init; }

    /// <summary>Formatting by name; a null value removes one. Null: none.</summary>
    public YObject? Attributes { get; init; }

    /// <summary>Inserts text, an embed or a type.</summary>
    public static DeltaOp Inserting(YValue content, YObject? attributes = null) => new() { Insert = content, Attributes = attributes };

    /// <summary>Keeps units, perhaps formatting them.</summary>
    public static DeltaOp Retaining(int length, YObject? attributes = null) => new() { Retain = length, Attributes = attributes };

    /// <summary>Deletes units.</summary>
    public static DeltaOp Deleting(int length) => new() { Delete = length };

    /// <summary>As JSON, the way Yjs prints it.</summary>
    public override string ToString()
    {
        var output = new StringBuilder();
        var what = !Insert.IsUndefined ? ("insert", Insert) : Retain > 0 ? ("retain", Retain) : ("delete", (YValue)Delete);
        output.Append("{\"").Append(what.Item1).Append("\":");
        JsonText.Append(output, what.Item2);
        if (Attributes is { } attributes)
        {
            output.Append(",\"attributes\":");
            JsonText.Append(output, attributes);
        }

        return output.Append('}').ToString();
    }
}
