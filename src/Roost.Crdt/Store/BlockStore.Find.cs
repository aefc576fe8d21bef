namespace Roost.Crdt;

internal sealed partial class BlockStore
{
    /// <summary>The struct that begins with the id, after splitting if need be; a GC is never split.</summary>
    public int CleanStart(Transaction transaction, ClientBlocks client, uint clock) =>
        client[CleanStartPosition(transaction, client, clock)];

    public int CleanStartPosition(Transaction transaction, ClientBlocks client, uint clock)
    {
        var position = client.Find(clock);
        ref var block = ref _blocks[client[position]];
        if (block.Clock < clock && !block.IsGc)
        {
            Split(transaction, client, position, clock - block.Clock);
            position++;
        }

        return position;
    }

    /// <summary>The struct that ends with the id, after splitting if need be; a GC is never split.</summary>
    public int CleanEnd(Transaction transaction, ClientBlocks client, uint clock)
    {
        var position = client.Find(clock);
        var handle = client[position];
        ref var block = ref _blocks[handle];
        if (block.LastClock != clock && !block.IsGc)
        {
            Split(transaction, client, position, clock - block.Clock + 1);
        }

        return handle;
    }

    /// <summary>Cuts the item of <paramref name="handle"/> after <paramref name="length"/> units; the right part's handle.</summary>
    public int SplitItem(Transaction transaction, int handle, uint length)
    {
        var client = Clients[_blocks[handle].Client];
        return Split(transaction, client, client.Find(_blocks[handle].Clock), length);
    }

    private int Split(Transaction transaction, ClientBlocks client, int position, uint length)
    {
        var handle = client[position];
        var clock = _blocks[handle].Clock + length;
        var right = Allocate(client.Index, clock, _blocks[handle].Length - length, _blocks[handle].Ref);
        ref var left = ref _blocks[handle];
        ref var block = ref _blocks[right];
        (block.OriginClient, block.OriginClock) = (left.Client, clock - 1);
        (block.RightClient, block.RightClock) = (left.RightClient, left.RightClock);
        (block.Parent, block.Key, block.Flags) = (left.Parent, left.Key, left.Flags);
        block.Content = left.Content + (int)length;
        if (left.Ref == ContentRef.String)
        {
            SplitSurrogates(client.Chars, block.Content);
        }

        if (TryGetRedone(handle, out var redone))
        {
            _redone[right] = new StructId(redone.Client, redone.Clock + length);
        }

        var moved = block.Visible;
        left.Length = length;
        var parent = Parent(handle);
        (block.Left, block.Right) = (handle, left.Right);
        left.Right = right;
        if (block.Right >= 0)
        {
            _blocks[block.Right].Left = right;
        }
        else if (block.Key >= 0)
        {
            parent.MapSet(block.Key, right);
        }
        else
        {
            parent.Tail = right;
        }

        if (block.Key < 0)
        {
            parent.ItemCount++;
            if (parent.Tree is { } tree)
            {
                tree.Add(handle, -moved, 0);
                tree.InsertAfter(right, handle);
            }
        }

        client.Insert(position + 1, right, clock);
        transaction.MergeCandidates.Add((client.Index, clock));
        return right;
    }

    /// <summary>Half a surrogate pair is no text: both halves become U+FFFD for good, as in Yjs.</summary>
    private static void SplitSurrogates(Span<char> text, int at)
    {
        if (char.IsHighSurrogate(text[at - 1]))
        {
            text[at - 1] = text[at] = '\uFFFD';
        }
    }

    /// <summary>
    /// Visits the structs of a range of clocks, cut to it. Merging does not happen meanwhile, but <paramref name="visit"/> may split and add.
    /// </summary>
    public void ForEachInRange(Transaction transaction, ClientBlocks client, uint start, ulong end, Action<int> visit)
    {
        var position = CleanStartPosition(transaction, client, start);
        do
        {
            var handle = client[position++];
            if (end < _blocks[handle].End)
            {
                CleanStartPosition(transaction, client, (uint)end);
            }

            visit(handle);
        }
        while (position < client.Count && client.ClockAt(position) < end);
    }

    /// <summary>Visits the structs of all ranges of a set, as far as they are known.</summary>
    public void ForEachIn(Transaction transaction, DeleteSet set, Action<int> visit)
    {
        foreach (var (id, ranges) in set.Clients)
        {
            if (!TryGetClient(id, out var client))
            {
                continue;
            }

            var known = client.Next;
            foreach (var range in ranges)
            {
                if (range.Clock >= known)
                {
                    break;
                }

                ForEachInRange(transaction, client, range.Clock, (ulong)range.Clock + range.Length, visit);
            }
        }
    }

    /// <summary>The newest item that an undo made of the one with this id, and the offset in it.</summary>
    public (int Handle, uint Offset) FollowRedone(StructId id)
    {
        while (true)
        {
            var handle = GetOrAddClient(id.Client).HandleAt(id.Clock);
            var offset = id.Clock - _blocks[handle].Clock;
            if (!TryGetRedone(handle, out var next))
            {
                return (handle, offset);
            }

            id = new StructId(next.Client, next.Clock + offset);
        }
    }
}
