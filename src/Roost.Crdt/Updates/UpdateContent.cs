namespace Roost.Crdt;

/// <summary>What an update says, for people and tools that look into it.</summary>
/// <param name="Structs">Its structs in the order in which they stand.</param>
/// <param name="Deletes">What it deletes.</param>
public sealed record UpdateContent(IReadOnlyList<UpdateStruct> Structs, DeleteSet Deletes)
{
    internal static UpdateContent Of(DecodedUpdate update)
    {
        var structs = new List<UpdateStruct>();
        foreach (ref readonly var item in update.Structs)
        {
            structs.Add(Of(update, item));
        }

        return new(structs, DeleteSet.From(update));
    }

    /// <summary>One struct a line, then the deletions, as a log shows them.</summary>
    public override string ToString() => string.Join('\n', Structs.Select(item => item.ToString()).Concat(
        Deletes.Authors.SelectMany(client => Deletes.RangesOf(client).Select(range => $"delete {client}:{range.Clock}+{range.Length}"))));

    private static UpdateStruct Of(DecodedUpdate update, in StructRef item)
    {
        var result = new UpdateStruct
        {
            Kind = item.Ref < Kinds.Length ? Kinds[item.Ref] : "",
            Id = new StructId(update.Clients[item.Client], item.Clock),
            Length = item.Length,
        };
        if (!item.IsItem)
        {
            return result;
        }

        return result with
        {
            Origin = item.OriginClient >= 0 ? new StructId(update.Clients[item.OriginClient], item.OriginClock) : null,
            RightOrigin = item.RightClient >= 0 ? new StructId(update.Clients[item.RightClient], item.RightClock) : null,
            Root = item.ParentKind == StructRef.RootParent ? update.Names[item.Parent] : null,
            Parent = item.ParentKind == StructRef.ItemParent ? new StructId(update.Clients[item.Parent], item.ParentClock) : null,
            Key = item.Key >= 0 ? update.Names[item.Key] : null,
            Name = item.Name >= 0 ? update.Names[item.Name] : null,
            Text = item.Ref == ContentRef.String ? update.Text.Slice(item.Content, (int)item.Length).ToString() : null,
            Values = item.Ref is ContentRef.Any or ContentRef.Json or ContentRef.Binary or ContentRef.Embed or ContentRef.Format or ContentRef.Doc
                ? update.Values.GetRange(item.Content, item.Ref is ContentRef.Any or ContentRef.Json ? (int)item.Length : 1)
                : [],
        };
    }

    private static readonly string[] Kinds = ["gc", "deleted", "json", "binary", "string", "embed", "format", "type", "any", "doc", "skip"];
}

/// <summary>One struct of an update.</summary>
public sealed record UpdateStruct
{
    /// <summary>"string", "any", "deleted", "type", "format", "embed", "binary", "doc", "json", "gc", or "skip" for a gap.</summary>
    public required string Kind { get; init; }

    /// <summary>Its first unit.</summary>
    public required StructId Id { get; init; }

    /// <summary>Its units.</summary>
    public required uint Length { get; init; }

    /// <summary>What was on its left when it was made; null: nothing.</summary>
    public StructId? Origin { get; init; }

    /// <summary>What was on its right when it was made; null: nothing.</summary>
    public StructId? RightOrigin { get; init; }

    /// <summary>The root type it is in, where it says so; with an origin it is where that is.</summary>
    public string? Root { get; init; }

    /// <summary>The type it is in, where it says so.</summary>
    public StructId? Parent { get; init; }

    /// <summary>The key of a map or the attribute it is set under, where it says so.</summary>
    public string? Key { get; init; }

    /// <summary>The key of a format, the name of an element, the guid of a document.</summary>
    public string? Name { get; init; }

    /// <summary>The text of a string.</summary>
    public string? Text { get; init; }

    /// <summary>The values of other content.</summary>
    public IReadOnlyList<YValue> Values { get; init; } = [];

    /// <summary>The struct in one line.</summary>
    public override string ToString()
    {
        var where = Root is not null ? $" in '{Root}'" : Parent is { } parent ? $" in {Show(parent)}" : "";
        var key = Key is not null ? $" at '{Key}'" : "";
        var name = Name is not null ? $" '{Name}'" : "";
        var left = Origin is { } origin ? $" after {Show(origin)}" : "";
        var right = RightOrigin is { } behind ? $" before {Show(behind)}" : "";
        var content = Text is not null ? $" {YValue.From(Text).ToJson()}" : string.Concat(Values.Select(value => $" {(value.IsUndefined ? "undefined" : value.ToJson())}"));
        return $"{Kind} {Show(Id)}+{Length}{name}{where}{key}{left}{right}{content}";
    }

    private static string Show(StructId id) => $"{id.Client}:{id.Clock}";
}
