using System.Text;

namespace Roost.Crdt;

/// <summary>Shared text inside XML; its formatting prints as elements.</summary>
public sealed class YXmlText : YText
{
    /// <summary>An empty text, not yet part of a document.</summary>
    public YXmlText() { }

    /// <summary>A text with content, not yet part of a document.</summary>
    public YXmlText(string text) : base(text) { }

    /// <summary>The node behind it among its siblings, or null.</summary>
    public YType? NextSibling => XmlSiblings.Next(Node);

    /// <summary>The node before it among its siblings, or null.</summary>
    public YType? PreviousSibling => XmlSiblings.Previous(Node);

    internal override byte Kind => TypeRef.XmlText;

    /// <summary>The text with one element around each run for each attribute, sorted by name. Nothing is escaped, as in Yjs.</summary>
    public override string ToString()
    {
        if (Node is null)
        {
            return "";
        }

        var output = new StringBuilder();
        foreach (var op in ToDelta())
        {
            var wrappers = op.Attributes?.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList() ?? [];
            foreach (var (name, value) in wrappers)
            {
                output.Append('<').Append(name);
                foreach (var (key, member) in Members(value).OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    output.Append(' ').Append(key).Append("=\"").Append(ScriptText.Of(member)).Append('"');
                }

                output.Append('>');
            }

            output.Append(ScriptText.Of(op.Insert));
            for (var i = wrappers.Count - 1; i >= 0; i--)
            {
                output.Append("</").Append(wrappers[i].Key).Append('>');
            }
        }

        return output.ToString();
    }

    private protected override YText Empty() => new YXmlText();

    /// <summary>What a script's "for in" finds: members, elements or characters.</summary>
    private static IEnumerable<KeyValuePair<string, YValue>> Members(YValue value) => value.Kind switch
    {
        YValueKind.Object => value.AsObject,
        YValueKind.Array => value.AsArray.Select((item, i) => KeyValuePair.Create(i.ToString(), item)),
        YValueKind.String => value.AsString.Select((item, i) => KeyValuePair.Create(i.ToString(), (YValue)item.ToString())),
        _ => [],
    };
}
