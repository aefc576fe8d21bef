namespace Roost.Crdt;

public partial class YText
{
    /// <summary>The visible text without formatting and embeds; of a text outside a document, an empty string.</summary>
    public override string ToString() => Node is null ? "" : TextReading.Text(Node);

    /// <summary>The content as inserts with their formatting.</summary>
    public IReadOnlyList<DeltaOp> ToDelta() => TextReading.Delta(Placed);

    /// <summary>The content as it was at a snapshot, or what changed between two.</summary>
    /// <param name="snapshot">Then; the document must not collect garbage, or what was deleted since is missing.</param>
    /// <param name="previous">An earlier one: what came or went in between gets a <c>ychange</c> attribute.</param>
    /// <param name="mark">Makes that attribute's value from "added" or "removed" and the unit's id.</param>
    public IReadOnlyList<DeltaOp> ToDelta(Snapshot? snapshot, Snapshot? previous = null, Func<string, StructId, YValue>? mark = null)
    {
        if (snapshot is null && previous is null)
        {
            return ToDelta();
        }

        using var edit = Edit("cleanup");   // Yjs's word; cuts made for the snapshots are joined again when it ends
        snapshot?.Split(edit.Transaction);
        previous?.Split(edit.Transaction);
        return TextReading.Delta(Placed, snapshot, previous, mark);
    }

    /// <summary>A value kept beside the text, such as an attribute of the paragraph.</summary>
    public YValue GetAttribute(string name) => MapOperations.Get(Placed, name);

    /// <summary>All values kept beside the text.</summary>
    public YObject GetAttributes() => new(MapOperations.Entries(Placed));

    /// <summary>Keeps a value beside the text.</summary>
    public void SetAttribute(string name, YValue value)
    {
        if (_preliminary is { } waiting)
        {
            waiting.Add(self => self.SetAttribute(name, value));
            return;
        }

        using var edit = Edit();
        MapOperations.Set(edit.Transaction, Node!, name, value);
    }

    /// <summary>Removes a value kept beside the text.</summary>
    public void RemoveAttribute(string name)
    {
        if (_preliminary is { } waiting)
        {
            waiting.Add(self => self.RemoveAttribute(name));
            return;
        }

        using var edit = Edit();
        MapOperations.Delete(edit.Transaction, Node!, name);
    }

    /// <inheritdoc/>
    public override YText Clone()
    {
        var copy = Empty();
        if (_preliminary is { } waiting)
        {
            copy._preliminary!.AddRange(waiting);
        }
        else
        {
            copy.ApplyDelta([.. ToDelta().Select(op => op with { Insert = YArray.Copy(op.Insert) })]);
        }

        return copy;
    }

    internal override YValue ToJsonValue() => ToString();

    internal override YEvent MakeEvent(Transaction transaction, List<int> keys) => new TextEvent(this, transaction, keys);

    private protected virtual YText Empty() => new();

    private protected override void FlushPreliminary(Transaction transaction)
    {
        var waiting = _preliminary!;
        _preliminary = null;
        foreach (var step in waiting)
        {
            step(this);
        }
    }

    private protected override void DropPreliminary()
    {
        _preliminary = null;
        TellWaitingListeners();
    }
}
