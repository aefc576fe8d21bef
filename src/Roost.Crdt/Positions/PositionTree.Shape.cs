namespace Roost.Crdt;

internal sealed partial class PositionTree
{
    // Three quarters full: the next few edits anywhere find room.
    private const int FillLeaf = LeafSize * 3 / 4;

    private void Build(int start)
    {
        _root = NewNode(holdsLeaves: true);
        _firstLeaf = NewLeaf();
        var leaf = _firstLeaf;
        for (var handle = start; handle >= 0; handle = _store[handle].Right)
        {
            if (_leaves[leaf].Count == FillLeaf)
            {
                Attach(leaf);
                var next = NewLeaf();
                (_leaves[leaf].Next, _leaves[next].Previous) = (next, leaf);
                leaf = next;
            }

            ref var block = ref _store[handle];
            ref var place = ref _leaves[leaf];
            var visible = block.Visible;
            _visible[(leaf * LeafSize) + place.Count] = visible;
            _items[(leaf * LeafSize) + place.Count++] = handle;
            place.Sum += visible;
            place.Formats += block.IsLiveFormat ? 1 : 0;
            block.Leaf = leaf;
        }

        Attach(leaf);
    }

    /// <summary>Adds a finished leaf at the right edge of the tree.</summary>
    private void Attach(int leaf)
    {
        var previous = _leaves[leaf].Previous;
        var sum = _leaves[leaf].Sum;
        Total += sum;
        _leaves[leaf].Sum = 0;
        if (previous < 0)
        {
            _children[_root * NodeSize] = leaf;
            _sums[_root * NodeSize] = 0;
            _nodes[_root].Count = 1;
            _leaves[leaf].Parent = _root;
        }
        else
        {
            InsertChild(_leaves[previous].Parent, previous, leaf, appending: true);
        }

        AddUp(leaf, sum);
    }

    /// <summary>Makes room in a full leaf; where the item that was to go to <paramref name="slot"/> goes now.</summary>
    private (int Leaf, int Slot) SplitLeaf(int leaf, int slot)
    {
        var right = NewLeaf();
        var next = _leaves[leaf].Next;
        (_leaves[right].Next, _leaves[right].Previous, _leaves[leaf].Next) = (next, leaf, right);
        if (next >= 0)
        {
            _leaves[next].Previous = right;
        }

        InsertChild(_leaves[leaf].Parent, leaf, right, appending: false);
        // Appending at the end of the list keeps the left leaf full: no half-empty leaves behind a growing text.
        var keep = slot == LeafSize && next < 0 ? LeafSize : LeafSize / 2;
        var moved = _items.AsSpan((leaf * LeafSize) + keep, LeafSize - keep);
        moved.CopyTo(_items.AsSpan(right * LeafSize));
        _visible.AsSpan((leaf * LeafSize) + keep, LeafSize - keep).CopyTo(_visible.AsSpan(right * LeafSize));
        var (sum, formats) = (0, 0);
        foreach (var handle in moved)
        {
            ref var block = ref _store[handle];
            block.Leaf = right;
            sum += block.Visible;
            formats += block.IsLiveFormat ? 1 : 0;
        }

        (_leaves[leaf].Count, _leaves[right].Count) = (keep, LeafSize - keep);
        _leaves[leaf].Formats -= formats;
        _leaves[right].Formats += formats;
        if (sum != 0)
        {
            AddUp(leaf, -sum);
            AddUp(right, sum);
        }

        return slot > keep || (slot == keep && keep == LeafSize) ? (right, slot - keep) : (leaf, slot);
    }

    /// <summary>Adds an empty child behind another; sums are carried over afterwards.</summary>
    private void InsertChild(int node, int after, int child, bool appending)
    {
        if (_nodes[node].Count == NodeSize)
        {
            SplitNode(node, appending);
            node = _nodes[node].HoldsLeaves ? _leaves[after].Parent : _nodes[after].Parent;
        }

        var place = PlaceOf(node, after) + 1;
        var at = node * NodeSize;
        var count = _nodes[node].Count++;
        Array.Copy(_children, at + place, _children, at + place + 1, count - place);
        Array.Copy(_sums, at + place, _sums, at + place + 1, count - place);
        _children[at + place] = child;
        _sums[at + place] = 0;
        SetParent(node, child);
    }

    private void SplitNode(int node, bool appending)
    {
        if (node == _root)
        {
            _root = NewNode(holdsLeaves: false);
            _children[_root * NodeSize] = node;
            _sums[_root * NodeSize] = SumOf(node);
            _nodes[_root].Count = 1;
            _nodes[node].Parent = _root;
        }

        var right = NewNode(_nodes[node].HoldsLeaves);
        InsertChild(_nodes[node].Parent, node, right, appending);
        var keep = appending ? NodeSize * 3 / 4 : NodeSize / 2;
        var (from, to, moved) = ((node * NodeSize) + keep, right * NodeSize, NodeSize - keep);
        Array.Copy(_children, from, _children, to, moved);
        Array.Copy(_sums, from, _sums, to, moved);
        (_nodes[node].Count, _nodes[right].Count) = (keep, moved);
        for (var i = 0; i < moved; i++)
        {
            SetParent(right, _children[to + i]);
        }

        var sum = SumOf(right);
        var (left, place) = (_nodes[node].Parent, _nodes[right].Parent);
        _sums[(left * NodeSize) + PlaceOf(left, node)] -= sum;
        _sums[(place * NodeSize) + PlaceOf(place, right)] += sum;
        if (left != place)
        {
            Recount(left);
            Recount(place);
        }
    }

    /// <summary>Carries a node's sum up to the root, after children moved between two parents.</summary>
    private void Recount(int node)
    {
        for (var parent = _nodes[node].Parent; parent >= 0; parent = _nodes[node].Parent)
        {
            _sums[(parent * NodeSize) + PlaceOf(parent, node)] = SumOf(node);
            node = parent;
        }
    }

    private int SumOf(int node)
    {
        var sum = 0;
        foreach (var part in _sums.AsSpan(node * NodeSize, _nodes[node].Count))
        {
            sum += part;
        }

        return sum;
    }

    private void SetParent(int node, int child)
    {
        if (_nodes[node].HoldsLeaves)
        {
            _leaves[child].Parent = node;
        }
        else
        {
            _nodes[child].Parent = node;
        }
    }

    private void RemoveLeaf(int leaf)
    {
        ref var gone = ref _leaves[leaf];
        if (gone.Previous < 0 && gone.Next < 0)
        {
            return;   // the only one stays, empty
        }

        if (gone.Previous >= 0)
        {
            _leaves[gone.Previous].Next = gone.Next;
        }
        else
        {
            _firstLeaf = gone.Next;
        }

        if (gone.Next >= 0)
        {
            _leaves[gone.Next].Previous = gone.Previous;
        }

        RemoveChild(gone.Parent, leaf);
        gone.Next = _freeLeaf;
        _freeLeaf = leaf;
    }

    private void RemoveChild(int node, int child)
    {
        var place = PlaceOf(node, child);
        var at = node * NodeSize;
        var count = --_nodes[node].Count;
        Array.Copy(_children, at + place + 1, _children, at + place, count - place);
        Array.Copy(_sums, at + place + 1, _sums, at + place, count - place);
        if (count == 0 && node != _root)
        {
            RemoveChild(_nodes[node].Parent, node);
            _nodes[node].Parent = _freeNode;
            _freeNode = node;
        }
    }

    private int NewLeaf()
    {
        var leaf = _freeLeaf;
        if (leaf >= 0)
        {
            _freeLeaf = _leaves[leaf].Next;
        }
        else
        {
            leaf = _leafCount++;
            if (leaf == _leaves.Length)
            {
                var larger = leaf + (leaf >> 1) + 4;
                Array.Resize(ref _leaves, larger);
                Array.Resize(ref _items, larger * LeafSize);
                Array.Resize(ref _visible, larger * LeafSize);
            }
        }

        _leaves[leaf] = new Leaf { Next = -1, Previous = -1, Parent = -1 };
        return leaf;
    }

    private int NewNode(bool holdsLeaves)
    {
        var node = _freeNode;
        if (node >= 0)
        {
            _freeNode = _nodes[node].Parent;
        }
        else
        {
            node = _nodeCount++;
            if (node == _nodes.Length)
            {
                var larger = node + (node >> 1) + 2;
                Array.Resize(ref _nodes, larger);
                Array.Resize(ref _children, larger * NodeSize);
                Array.Resize(ref _sums, larger * NodeSize);
            }
        }

        _nodes[node] = new Node { Parent = -1, HoldsLeaves = holdsLeaves };
        return node;
    }
}
