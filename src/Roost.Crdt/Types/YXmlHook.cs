namespace Roost.Crdt;

/// <summary>A place in XML that an application fills by itself; a map of what it needs to know.</summary>
public sealed class YXmlHook : YMap
{
    /// <summary>A hook, not yet part of a document.</summary>
    public YXmlHook(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>Which hook it is.</summary>
    public string Name { get; }

    internal override byte Kind => TypeRef.XmlHook;

    internal override string NodeName => Name;

    /// <inheritdoc/>
    public override YXmlHook Clone()
    {
        var copy = new YXmlHook(Name);
        foreach (var (key, value) in this)
        {
            copy.Set(key, YArray.Copy(value));
        }

        return copy;
    }

    /// <summary>What JavaScript prints for an object without a text of its own.</summary>
    public override string ToString() => "[object Object]";
}
