namespace Roost.Crdt;

/// <summary>Edits of text that never had formatting: no attributes to keep track of, and typing extends the last item in place.</summary>
internal static class PlainTextEditing
{
    public static void Insert(Transaction transaction, TypeNode text, int index, ReadOnlySpan<char> content)
    {
        var store = transaction.Doc.Store;
        int left, right = -1;
        if (index == text.Length)
        {
            left = text.Tail;
        }
        else
        {
            right = ListSearch.Find(text, index, out var offset);
            left = store[right].Left;
            if (offset > 0)
            {
                left = right;
                right = store.SplitItem(transaction, left, (uint)offset);
            }
        }

        var client = store.GetOrAddClient(transaction.Doc.ClientId);
        if (left < 0 || !TryExtend(transaction, text, client, left, right, content))
        {
            store.InsertLocal(transaction, text, left, right, -1, ContentRef.String, (uint)content.Length, client.AddChars(content));
        }
    }

    public static void Delete(Transaction transaction, TypeNode text, int index, int length)
    {
        var store = transaction.Doc.Store;
        var handle = ListSearch.Find(text, index, out var offset);
        if (offset > 0)
        {
            handle = store.SplitItem(transaction, handle, (uint)offset);
        }

        while (length > 0)
        {
            if (store[handle].Visible > 0)
            {
                if (length < store[handle].Length)
                {
                    store.SplitItem(transaction, handle, (uint)length);
                }

                length -= (int)store[handle].Length;
                store.Delete(transaction, handle);
            }

            handle = store[handle].Right;
        }
    }

    /// <summary>
    /// What was typed last goes on: the outcome is that of a new item merged with its left neighbour at the end of the transaction, so
    /// the bytes are the same. Not while somebody observes, for whom the new part must be an item of its own, unless all of it is new.
    /// </summary>
    private static bool TryExtend(Transaction transaction, TypeNode text, ClientBlocks client, int left, int right, ReadOnlySpan<char> content)
    {
        var store = transaction.Doc.Store;
        ref var block = ref store[left];
        if (block.Client != client.Index || block.Ref != ContentRef.String || block.End != client.Next
            || block.Content + (int)block.Length != client.CharCount || (block.Flags & (Block.DeletedFlag | Block.RedoneFlag)) != 0
            || (right < 0
                ? block.RightClient >= 0
                : block.RightClient != store[right].Client || block.RightClock != store[right].Clock)
            || (transaction.Doc.HasListeners && block.Clock < YDoc.BeforeClock(transaction, client)))
        {
            return false;
        }

        YDoc.EnsureRoom(client, (uint)content.Length);
        transaction.Doc.RecordBefore(client);
        client.AddChars(content);
        block.Length += (uint)content.Length;
        client.Next += (uint)content.Length;
        text.Length += content.Length;
        text.Tree?.Add(left, content.Length, 0);
        transaction.AddChanged(text, -1);
        return true;
    }
}
