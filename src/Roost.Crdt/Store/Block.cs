using System.Runtime.CompilerServices;

namespace Roost.Crdt;

/// <summary>
/// One struct of the store (an Item or a GC of Yjs) in 60 bytes. Blocks are named by handles, indexes of one array; −1 is none.
/// </summary>
/// <remarks>
/// An array of structs rather than columns, because an item is nearly always touched as a whole. A handle is free again after its
/// block was merged into its left neighbour, so nobody keeps one across the end of a transaction.
/// </remarks>
internal struct Block
{
    public const byte DeletedFlag = 1, KeepFlag = 2, RedoneFlag = 4;

    public int Client;          // dense index of the author
    public uint Clock;
    public uint Length;
    public int OriginClient;    // −1: none
    public uint OriginClock;
    public int RightClient;     // −1: none
    public uint RightClock;
    public int Left;
    public int Right;
    public int Content;         // start in the author's text or values; node of a type
    public int FormatKey;
    public int Leaf;            // leaf of the parent's position tree, −1 while it has none
    public int Parent;          // node of the parent type, −1 for GC
    public int Key;             // parentSub, −1: none
    public byte Ref;
    public byte Flags;

    public readonly bool IsDeleted => (Flags & DeletedFlag) != 0;

    public readonly bool IsKept => (Flags & KeepFlag) != 0;

    public readonly bool IsGc => Ref == ContentRef.Gc;

    public readonly bool IsCountable => ContentRef.IsCountable(Ref);

    public readonly uint End => Clock + Length;

    public readonly uint LastClock => Clock + Length - 1;

    /// <summary>How much it adds to the length of a list.</summary>
    public readonly int Visible
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsDeleted || !IsCountable ? 0 : (int)Length;
    }

    public readonly bool IsLiveFormat => Ref == ContentRef.Format && !IsDeleted;
}
