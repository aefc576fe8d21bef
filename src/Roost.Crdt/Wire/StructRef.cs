namespace Roost.Crdt;

/// <summary>One struct of an update as it was read: numbers only, names and values live in the <see cref="DecodedUpdate"/>.</summary>
internal struct StructRef
{
    public const byte NoParent = 0, RootParent = 1, ItemParent = 2;

    public int Client;          // index in the update's clients
    public uint Clock;
    public uint Length;
    public int OriginClient;    // −1: none
    public uint OriginClock;
    public int RightClient;     // −1: none
    public uint RightClock;
    public int Parent;          // name of the root, or client of the parent's item
    public uint ParentClock;
    public int Key;             // parentSub as a name; −1: none
    public int Content;         // place in text, values or objects; the reference of a type
    public int Name;            // format key, node name or guid; −1: none
    public byte Ref;
    public byte ParentKind;

    public readonly uint End => Clock + Length;

    public readonly bool IsItem => Ref is not (ContentRef.Gc or ContentRef.Skip);
}

/// <summary>The structs of one client in an update: consecutive, ascending.</summary>
internal readonly record struct Section(int Client, int Start, int Count);

/// <summary>A range that an update deletes.</summary>
internal readonly record struct DeleteRef(int Client, uint Clock, uint Length);
