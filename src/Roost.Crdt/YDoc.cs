using Roost.Core.Cores;

namespace Roost.Crdt;

/// <summary>A shared document: named root types that any number of replicas edit, exchanging updates in any order.</summary>
/// <remarks>
/// Not thread-safe: one caller at a time, as for any collection. Replicas that have applied the same updates, in whatever order and
/// however often, hold the same content. Bytes are those of Yjs 13.6, in both of its formats.
/// </remarks>
public sealed partial class YDoc
{
    private readonly OrderedDictionary<string, TypeNode> _roots = [];
    private readonly HashSet<YDoc> _subdocs = [];
    private readonly Dice? _dice;

    /// <summary>A document with a random 32-bit client id, as Yjs makes them.</summary>
    /// <param name="dice">Where randomness comes from.</param>
    /// <param name="options">How it behaves.</param>
    public YDoc(Dice dice, YDocOptions? options = null)
        : this(NewClientId(dice), options, dice) { }

    /// <summary>A document with a client id of the caller's choice.</summary>
    /// <param name="clientId">
    /// Unique among all replicas that will ever meet, at most 2⁵³ − 1. Using an id again after losing what was written under it
    /// corrupts documents.
    /// </param>
    /// <param name="options">How it behaves.</param>
    public YDoc(ulong clientId, YDocOptions? options = null)
        : this(clientId, options, null) { }

    private YDoc(ulong clientId, YDocOptions? options, Dice? dice)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clientId, ByteReader.MaxSafeInteger);
        Options = options ?? YDocOptions.Default;
        ClientId = clientId;
        _dice = dice;
        Store = new BlockStore(this);
        Guid = Options.Guid ?? (dice is null ? "" : NewGuid(dice));
        ShouldLoad = Options.ShouldLoad;
    }

    /// <summary>The id under which this replica writes.</summary>
    /// <remarks>Changes by itself when an update shows that somebody else writes under it.</remarks>
    public ulong ClientId { get; private set; }

    /// <summary>The document's own name; empty if none was given and there were no dice to make one.</summary>
    public string Guid { get; }

    /// <summary>How it behaves.</summary>
    public YDocOptions Options { get; }

    /// <summary>The sub-documents it holds.</summary>
    public IReadOnlyCollection<YDoc> Subdocs => _subdocs;

    /// <summary>The names of all root types, asked for here or seen in updates.</summary>
    public IReadOnlyCollection<string> RootNames => _roots.Keys;

    /// <summary>How many structs it consists of, and the bytes they and their content take, without the values' own objects.</summary>
    public (int Structs, long Bytes) Size => (Store.StructCount, Store.Bytes);

    internal BlockStore Store { get; }

    internal Func<StructId, bool>? GcFilter => Options.GcFilter;

    /// <summary>Where it is a sub-document: the store and the item that hold it.</summary>
    internal (BlockStore Store, StructId Id)? Holder { get; set; }

    /// <summary>What an update says about it as a sub-document; kept as it was read.</summary>
    internal YValue WireOptions { get; set; }

    /// <summary>The root text of that name, made if it is new.</summary>
    /// <exception cref="InvalidOperationException">The root is of another type.</exception>
    public YText GetText(string name = "") => (YText)Root(name, TypeRef.Text);

    /// <summary>The root array of that name, made if it is new.</summary>
    /// <inheritdoc cref="GetText"/>
    public YArray GetArray(string name = "") => (YArray)Root(name, TypeRef.Array);

    /// <summary>The root map of that name, made if it is new.</summary>
    /// <inheritdoc cref="GetText"/>
    public YMap GetMap(string name = "") => (YMap)Root(name, TypeRef.Map);

    /// <summary>The root XML fragment of that name, made if it is new.</summary>
    /// <inheritdoc cref="GetText"/>
    public YXmlFragment GetXmlFragment(string name = "") => (YXmlFragment)Root(name, TypeRef.XmlFragment);

    /// <summary>The root XML element of that name, made if it is new.</summary>
    /// <inheritdoc cref="GetText"/>
    public YXmlElement GetXmlElement(string name = "") => (YXmlElement)Root(name, TypeRef.XmlElement);

    /// <summary>All roots that were asked for, as plain values by name; roots of unknown type are left out.</summary>
    /// <exception cref="InsufficientExecutionStackException">Types are nested too deep, some thousands of levels, as only a hostile update makes them.</exception>
    public YObject ToJson()
    {
        var result = new YObject();
        foreach (var (name, node) in _roots)
        {
            if (node.Kind != TypeRef.Untyped)
            {
                result[name] = node.View().ToJsonValue();
            }
        }

        return result;
    }

    internal TypeNode RootNode(string name)
    {
        if (!_roots.TryGetValue(name, out var node))
        {
            node = Store.AddType(TypeRef.Untyped);
            node.RootName = name;
            _roots.Add(name, node);
        }

        return node;
    }

    internal bool TryGetRoot(string name, out TypeNode? node) => _roots.TryGetValue(name, out node);

    private YType Root(string name, byte kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        var node = RootNode(name);
        if (node.Kind == TypeRef.Untyped)
        {
            node.Kind = kind;
            node.Name = kind == TypeRef.XmlElement ? YXmlElement.Unnamed : null;
        }

        return node.Kind == kind
            ? node.View()
            : throw new InvalidOperationException($"The root \"{name}\" is a {node.View().GetType().Name} already.");
    }

    private static ulong NewClientId(Dice dice)
    {
        ArgumentNullException.ThrowIfNull(dice);
        return (uint)dice.NextUInt64();
    }

    private static string NewGuid(Dice dice)
    {
        Span<byte> bytes = stackalloc byte[16];
        dice.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);   // RFC 9562: version 4, variant 1
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
