namespace Roost.Crdt;

/// <summary>What <see cref="YUpdates.Obfuscate"/> replaces besides content and keys.</summary>
/// <param name="Formatting">Names and values of formats.</param>
/// <param name="Subdocs">Guids and options of sub-documents.</param>
/// <param name="Xml">Names of elements and hooks.</param>
public sealed record ObfuscationOptions(bool Formatting = true, bool Subdocs = true, bool Xml = true);

/// <summary>Replaces what an update says by numbers of the same shape: its structure stays, for a report of a mistake.</summary>
internal sealed class UpdateObfuscation(DecodedUpdate update, ObfuscationOptions options)
{
    private readonly Dictionary<string, int> _keys = [];
    private readonly Dictionary<string, int> _nodes = [];
    private readonly Dictionary<string, int> _formats = [];
    private readonly Dictionary<YValue, YValue> _values = [];
    private int _items;

    public void Run()
    {
        foreach (ref var item in update.Structs)
        {
            if (!item.IsItem)
            {
                continue;
            }

            HideContent(ref item);
            if (item.Key >= 0 && update.Names[item.Key].Length > 0)
            {
                item.Key = Number(_keys, item.Key, "");
            }

            _items++;
        }
    }

    private void HideContent(ref StructRef item)
    {
        switch (item.Ref)
        {
            case ContentRef.String:
                update.Text.Slice(item.Content, (int)item.Length).Fill((char)('0' + (_items % 10)));
                break;
            case ContentRef.Any or ContentRef.Json:
                for (var i = 0; i < item.Length; i++)
                {
                    update.Values[item.Content + i] = _items;
                }

                break;
            case ContentRef.Binary:
                update.Values[item.Content] = new[] { (byte)_items };
                break;
            case ContentRef.Embed:
                update.Values[item.Content] = new YObject();
                break;
            case ContentRef.Format when options.Formatting:
                item.Name = Number(_formats, item.Name, "");
                update.Values[item.Content] = HideFormat(update.Values[item.Content]);
                break;
            case ContentRef.Doc when options.Subdocs:
                item.Name = update.AddName($"{_items}");
                update.Values[item.Content] = new YObject();
                break;
            case ContentRef.Type when options.Xml && item.Name >= 0:
                item.Name = Number(_nodes, item.Name, (byte)item.Content == TypeRef.XmlHook ? "hook-" : "node-");
                break;
        }
    }

    /// <summary>The end of a format stays one; equal values stay equal, but objects are each their own, as they are for JavaScript.</summary>
    private YValue HideFormat(YValue value)
    {
        if (value.Kind == YValueKind.Null)
        {
            return value;
        }

        if (value.Kind is YValueKind.Object or YValueKind.Array or YValueKind.Binary)
        {
            return new YObject { ["i"] = _items };
        }

        if (!_values.TryGetValue(value, out var hidden))
        {
            _values[value] = hidden = new YObject { ["i"] = _items };
        }

        return hidden;
    }

    private int Number(Dictionary<string, int> known, int name, string prefix)
    {
        if (!known.TryGetValue(update.Names[name], out var hidden))
        {
            known[update.Names[name]] = hidden = update.AddName($"{prefix}{_items}");
        }

        return hidden;
    }
}
