using System.Text;

namespace Roost.Crdt;

/// <summary>A shared XML element: a name, attributes and children.</summary>
public sealed class YXmlElement : YXmlFragment
{
    /// <summary>The name of a root element, as Yjs calls it.</summary>
    internal const string Unnamed = "UNDEFINED";

    private YObject? _preliminaryAttributes = [];

    /// <summary>An element, not yet part of a document.</summary>
    public YXmlElement(string name = Unnamed)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>The node name.</summary>
    public string Name { get; }

    /// <summary>The node behind it among its siblings, or null.</summary>
    public YType? NextSibling => XmlSiblings.Next(Node);

    /// <summary>The node before it among its siblings, or null.</summary>
    public YType? PreviousSibling => XmlSiblings.Previous(Node);

    internal override byte Kind => TypeRef.XmlElement;

    internal override string NodeName => Name;

    /// <summary>An attribute, or undefined.</summary>
    public YValue GetAttribute(string name) => _preliminaryAttributes is { } own ? own.Get(name) : MapOperations.Get(Node!, name);

    /// <summary>True if it has the attribute.</summary>
    public bool HasAttribute(string name) => _preliminaryAttributes?.ContainsKey(name) ?? MapOperations.Has(Node!, name);

    /// <summary>All attributes, now or as they were at a snapshot.</summary>
    public YObject GetAttributes(Snapshot? snapshot = null) => _preliminaryAttributes is { } own
        ? new(own)
        : new(snapshot is null ? MapOperations.Entries(Node!) : MapOperations.EntriesAt(Node!, snapshot));

    /// <summary>Sets an attribute: usually a string, but any value is kept.</summary>
    public void SetAttribute(string name, YValue value)
    {
        if (_preliminaryAttributes is { } own)
        {
            own[name] = value;
            return;
        }

        using var edit = Edit();
        MapOperations.Set(edit.Transaction, Node!, name, value);
    }

    /// <summary>Removes an attribute.</summary>
    public void RemoveAttribute(string name)
    {
        if (_preliminaryAttributes is { } own)
        {
            own.Remove(name);
            return;
        }

        using var edit = Edit();
        MapOperations.Delete(edit.Transaction, Node!, name);
    }

    /// <summary>The element as XML text, its name in lower case and its attributes sorted. Nothing is escaped, as in Yjs.</summary>
    public override string ToString()
    {
        var output = new StringBuilder("<").Append(Name.ToLowerInvariant());
        foreach (var (key, value) in GetAttributes().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            output.Append(' ').Append(key).Append("=\"").Append(ScriptText.Of(value)).Append('"');
        }

        return output.Append('>').Append(base.ToString()).Append("</").Append(Name.ToLowerInvariant()).Append('>').ToString();
    }

    internal override YEvent MakeEvent(Transaction transaction, List<int> keys) => new(this, transaction, keys);

    private protected override YXmlFragment Empty()
    {
        var copy = new YXmlElement(Name);
        foreach (var (key, value) in GetAttributes())
        {
            copy.SetAttribute(key, value);
        }

        return copy;
    }

    private protected override void FlushPreliminary(Transaction transaction)
    {
        base.FlushPreliminary(transaction);
        foreach (var (key, value) in _preliminaryAttributes!)
        {
            MapOperations.Set(transaction, Node!, key, value);
        }
    }

    private protected override void DropPreliminary()
    {
        _preliminaryAttributes = null;
        base.DropPreliminary();
    }
}
