namespace Roost.Crdt;

/// <summary>Applies the deletions of an update; those of units that have not come wait.</summary>
internal static class DeleteApplication
{
    public static void Apply(Transaction transaction, DecodedUpdate update)
    {
        var store = transaction.Doc.Store;
        var rest = Delete(transaction, update);
        if (store.PendingDeletes is { } waiting)
        {
            using var decoded = DecodedUpdate.Read(waiting, v2: true, transaction.Doc.Options.Limits);
            var stillWaiting = Delete(transaction, decoded);
            store.PendingDeletes = rest is not null && stillWaiting is not null
                ? YUpdates.MergeV2([rest, stillWaiting])
                : rest ?? stillWaiting;
        }
        else
        {
            store.PendingDeletes = rest;
        }
    }

    /// <summary>Deletes what is known; the rest as a V2 update without structs, or null.</summary>
    private static byte[]? Delete(Transaction transaction, DecodedUpdate update)
    {
        var store = transaction.Doc.Store;
        DeleteSet? rest = null;
        foreach (var range in update.Deletes)
        {
            var client = store.GetOrAddClient(update.Clients[range.Client]);
            var state = client.Next;
            var end = range.Clock + range.Length;
            if (range.Clock >= state)
            {
                (rest ??= new()).Add(client.Id, range.Clock, range.Length);
                continue;
            }

            if (state < end)
            {
                (rest ??= new()).Add(client.Id, state, end - state);
            }

            DeleteRange(transaction, store, client, range.Clock, end);
        }

        if (rest is null)
        {
            return null;
        }

        var encoder = new UpdateEncoderV2();
        encoder.Rest.WriteVarUint(0);
        rest.EnsureAscending().Write(encoder);
        return encoder.ToArray();
    }

    private static void DeleteRange(Transaction transaction, BlockStore store, ClientBlocks client, uint start, uint end)
    {
        var position = client.Find(start);
        var handle = client[position];
        if (!store[handle].IsDeleted && store[handle].Clock < start)
        {
            store.SplitItem(transaction, handle, start - store[handle].Clock);
            position++;
        }

        for (; position < client.Count && client.ClockAt(position) < end; position++)
        {
            handle = client[position];
            if (store[handle].IsDeleted)
            {
                continue;
            }

            if (end < store[handle].End)
            {
                store.SplitItem(transaction, handle, end - store[handle].Clock);
            }

            store.Delete(transaction, handle);
        }
    }
}
