namespace Roost.Crdt;

internal sealed partial class BlockStore
{
    /// <summary>Joins what a transaction left mergeable; the same order as Yjs, so that all replicas end with the same structs.</summary>
    public void MergeAfter(Transaction transaction)
    {
        var deletes = transaction.Deletes;
        for (var i = deletes.Count - 1; i >= 0; i--)
        {
            var range = deletes[i];
            var client = Clients[range.Client];
            var at = Math.Min(client.Count - 1, 1 + client.Find(range.Clock + range.Length - 1));
            while (at > 0 && client.ClockAt(at) >= range.Clock)
            {
                at -= 1 + MergeWithLefts(client, at);
            }
        }

        foreach (var change in transaction.Changes)
        {
            if (change.Before == change.After)
            {
                continue;
            }

            var client = Clients[change.Client];
            var first = Math.Max(client.Find(change.Before), 1);
            for (var at = client.Count - 1; at >= first;)
            {
                at -= 1 + MergeWithLefts(client, at);
            }
        }

        var candidates = transaction.MergeCandidates;
        for (var i = candidates.Count - 1; i >= 0; i--)
        {
            var client = Clients[candidates[i].Client];
            var at = client.Find(candidates[i].Clock);
            if (at + 1 < client.Count && MergeWithLefts(client, at + 1) > 1)
            {
                continue;
            }

            if (at > 0)
            {
                MergeWithLefts(client, at);
            }
        }
    }

    /// <summary>Merges the struct at a position into its left neighbours as far as that goes; how many went.</summary>
    private int MergeWithLefts(ClientBlocks client, int position)
    {
        var at = position;
        while (at > 0 && TryMerge(client, client[at - 1], client[at]))
        {
            at--;
        }

        var merged = position - at;
        if (merged > 0)
        {
            client.Remove(at + 1, merged);
        }

        return merged;
    }

    private bool TryMerge(ClientBlocks client, int leftHandle, int rightHandle)
    {
        ref var left = ref _blocks[leftHandle];
        ref var right = ref _blocks[rightHandle];
        const byte mustAgree = Block.DeletedFlag | Block.RedoneFlag;
        if (left.Ref != right.Ref || ((left.Flags ^ right.Flags) & mustAgree) != 0 || (left.Flags & Block.RedoneFlag) != 0)
        {
            return false;
        }

        if (left.Ref != ContentRef.Gc)
        {
            if (left.Ref is not (ContentRef.String or ContentRef.Deleted or ContentRef.Any or ContentRef.Json)
                || right.OriginClient != left.Client || right.OriginClock != left.LastClock || left.Right != rightHandle
                || left.RightClient != right.RightClient || (left.RightClient >= 0 && left.RightClock != right.RightClock))
            {
                return false;
            }

            JoinContent(client, ref left, ref right);
            Unlink(ref left, leftHandle, ref right, rightHandle);
            left.Flags |= (byte)(right.Flags & Block.KeepFlag);
        }

        left.Length += right.Length;
        Free(rightHandle);
        return true;
    }

    /// <summary>Content of neighbours nearly always lies side by side; else both are copied to the end of the arena.</summary>
    private static void JoinContent(ClientBlocks client, ref Block left, ref Block right)
    {
        if (left.Ref == ContentRef.Deleted || left.Content + (int)left.Length == right.Content)
        {
            return;
        }

        if (left.Ref == ContentRef.String)
        {
            var start = left.Content;
            if (start + (int)left.Length != client.CharCount)
            {
                start = client.AddChars(client.Chars.Slice(left.Content, (int)left.Length));
                client.DeadChars += (int)left.Length;
            }

            client.AddChars(client.Chars.Slice(right.Content, (int)right.Length));
            client.DeadChars += (int)right.Length;
            left.Content = start;
        }
        else
        {
            var start = left.Content;
            if (start + (int)left.Length != client.ValueCount)
            {
                start = client.AddValues(client.Values.Slice(left.Content, (int)left.Length));
                client.ForgetValues(left.Content, (int)left.Length);
            }

            client.AddValues(client.Values.Slice(right.Content, (int)right.Length));
            client.ForgetValues(right.Content, (int)right.Length);
            left.Content = start;
        }
    }

    private void Unlink(ref Block left, int leftHandle, ref Block right, int rightHandle)
    {
        var parent = Type(right.Parent);
        left.Right = right.Right;
        if (right.Right >= 0)
        {
            _blocks[right.Right].Left = leftHandle;
        }
        else if (right.Key >= 0)
        {
            parent.MapSet(right.Key, leftHandle);
        }
        else
        {
            parent.Tail = leftHandle;
        }

        if (right.Key < 0)
        {
            parent.ItemCount--;
            parent.Tree?.Remove(rightHandle, mergedInto: leftHandle);
        }
    }
}
