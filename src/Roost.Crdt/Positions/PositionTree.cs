using System.Runtime.CompilerServices;

namespace Roost.Crdt;

/// <summary>
/// A B+ tree over the items of one list, in order, with sums of visible lengths: index to item and back in logarithmic time.
/// </summary>
/// <remarks>
/// An index over the linked list, built when a list is first edited by position and dropped at will. Leaves hold handles; each block
/// knows its leaf, so that a change walks up without searching. Leaves also count format items, so that the attributes at a position
/// are found without visiting plain text.
/// </remarks>
internal sealed partial class PositionTree
{
    public const int LeafSize = 48;
    private const int NodeSize = 24;

    private readonly BlockStore _store;
    private int[] _items = new int[4 * LeafSize];
    private int[] _visible = new int[4 * LeafSize];   // of the item in the same slot: scanning must not touch the blocks
    private Leaf[] _leaves = new Leaf[4];
    private int[] _children = new int[2 * NodeSize];
    private int[] _sums = new int[2 * NodeSize];
    private Node[] _nodes = new Node[2];
    private int _leafCount;
    private int _nodeCount;
    private int _freeLeaf = -1;
    private int _freeNode = -1;
    private int _firstLeaf;
    private int _root;

    private struct Leaf
    {
        public int Count, Sum, Formats, Next, Previous, Parent;
    }

    private struct Node
    {
        public int Count, Parent;
        public bool HoldsLeaves;
    }

    public PositionTree(BlockStore store, int start)
    {
        _store = store;
        Build(start);
    }

    /// <summary>Visible length of the whole list.</summary>
    public int Total { get; private set; }

    public long Bytes => (_items.Length * 8L) + (_leaves.Length * 24L) + (_children.Length * 8L) + (_nodes.Length * 12L);

    /// <summary>The item that holds the visible unit at <paramref name="index"/> and the offset in it; −1 behind the end.</summary>
    public int Find(int index, out int offset)
    {
        offset = 0;
        if (index >= Total)
        {
            return -1;
        }

        var node = _root;
        while (true)
        {
            var at = node * NodeSize;
            while (index >= _sums[at])
            {
                index -= _sums[at++];
            }

            if (!_nodes[node].HoldsLeaves)
            {
                node = _children[at];
                continue;
            }

            var slot = _children[at] * LeafSize;
            while (index >= _visible[slot])
            {
                index -= _visible[slot++];
            }

            offset = index;
            return _items[slot];
        }
    }

    /// <summary>Visible units before the item.</summary>
    public int IndexOf(int handle)
    {
        var leaf = _store[handle].Leaf;
        var index = 0;
        for (var slot = leaf * LeafSize; _items[slot] != handle; slot++)
        {
            index += _visible[slot];
        }

        var child = leaf;
        for (var node = _leaves[leaf].Parent; node >= 0; node = _nodes[node].Parent)
        {
            for (var at = node * NodeSize; _children[at] != child; at++)
            {
                index += _sums[at];
            }

            child = node;
        }

        return index;
    }

    /// <summary>Calls <paramref name="visit"/> for each live format item before the item, in order; all of them for −1.</summary>
    public void VisitFormatsBefore(int handle, Action<int> visit)
    {
        var end = handle >= 0 ? _store[handle].Leaf : -1;
        for (var leaf = _firstLeaf; leaf >= 0; leaf = _leaves[leaf].Next)
        {
            if (_leaves[leaf].Formats > 0)
            {
                foreach (var item in _items.AsSpan(leaf * LeafSize, _leaves[leaf].Count))
                {
                    if (item == handle)
                    {
                        return;
                    }

                    if (_store[item].IsLiveFormat)
                    {
                        visit(item);
                    }
                }
            }

            if (leaf == end)
            {
                return;
            }
        }
    }

    /// <summary>Tells that an item's visible length, or whether it is a live format, changed by that much.</summary>
    public void Add(int handle, int visible, int formats)
    {
        var leaf = _store[handle].Leaf;
        _leaves[leaf].Formats += formats;
        if (visible != 0)
        {
            Total += visible;
            _visible[(leaf * LeafSize) + SlotOf(handle)] += visible;
            AddUp(leaf, visible);
        }
    }

    /// <summary>Adds an item behind another; −1: at the front.</summary>
    public void InsertAfter(int handle, int previous)
    {
        var (leaf, slot) = previous < 0 ? (_firstLeaf, 0) : (_store[previous].Leaf, SlotOf(previous) + 1);
        if (_leaves[leaf].Count == LeafSize)
        {
            (leaf, slot) = SplitLeaf(leaf, slot);
        }

        var count = _leaves[leaf].Count++;
        var at = (leaf * LeafSize) + slot;
        Array.Copy(_items, at, _items, at + 1, count - slot);
        Array.Copy(_visible, at, _visible, at + 1, count - slot);
        ref var block = ref _store[handle];
        block.Leaf = leaf;
        var visible = block.Visible;
        (_items[at], _visible[at]) = (handle, visible);
        _leaves[leaf].Formats += block.IsLiveFormat ? 1 : 0;
        if (visible != 0)
        {
            Total += visible;
            AddUp(leaf, visible);
        }
    }

    /// <summary>Takes out an item whose content went into <paramref name="mergedInto"/>; its block still has its length.</summary>
    public void Remove(int handle, int mergedInto)
    {
        ref var block = ref _store[handle];
        var (leaf, target) = (block.Leaf, _store[mergedInto].Leaf);
        var slot = SlotOf(handle);
        var at = (leaf * LeafSize) + slot;
        var count = --_leaves[leaf].Count;
        Array.Copy(_items, at + 1, _items, at, count - slot);
        Array.Copy(_visible, at + 1, _visible, at, count - slot);
        if (block.Visible is var visible and not 0)
        {
            _visible[(target * LeafSize) + SlotOf(mergedInto)] += visible;
            if (leaf != target)
            {
                AddUp(leaf, -visible);
                AddUp(target, visible);
            }
        }

        block.Leaf = -1;
        if (_leaves[leaf].Count == 0)
        {
            RemoveLeaf(leaf);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(int handle)
    {
        var leaf = _store[handle].Leaf;
        return _items.AsSpan(leaf * LeafSize, _leaves[leaf].Count).IndexOf(handle);
    }

    private void AddUp(int leaf, int visible)
    {
        _leaves[leaf].Sum += visible;
        var child = leaf;
        for (var node = _leaves[leaf].Parent; node >= 0; node = _nodes[node].Parent)
        {
            _sums[(node * NodeSize) + PlaceOf(node, child)] += visible;
            child = node;
        }
    }

    private int PlaceOf(int node, int child) => _children.AsSpan(node * NodeSize, _nodes[node].Count).IndexOf(child);
}
