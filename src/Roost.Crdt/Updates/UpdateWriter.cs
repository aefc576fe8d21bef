using System.Runtime.InteropServices;

namespace Roost.Crdt;

/// <summary>Writes a document's structs, all of them or those after a state, always by descending client.</summary>
internal static class UpdateWriter
{
    /// <summary>What a transaction added and deleted, as its update event carries it.</summary>
    public static void WriteTransaction(UpdateEncoder encoder, BlockStore store, Transaction transaction)
    {
        var changes = transaction.Changes;
        if (changes.Count > 1)
        {
            WriteGrown(encoder, store, changes);
        }
        else if (changes.Count == 1 && store.Client(changes[0].Client) is var client && client.Next > changes[0].Before)
        {
            encoder.Rest.WriteVarUint(1);
            WriteStructs(encoder, store, client, changes[0].Before);
        }
        else
        {
            encoder.Rest.WriteVarUint(0);
        }

        WriteDeletes(encoder, store, transaction.Deletes);
    }

    private static void WriteGrown(UpdateEncoder encoder, BlockStore store, List<ClientChange> changes)
    {
        var grown = changes.Where(change => store.Client(change.Client).Next > change.Before).ToList();
        grown.Sort((a, b) => store.Client(b.Client).Id.CompareTo(store.Client(a.Client).Id));
        encoder.Rest.WriteVarUint((uint)grown.Count);
        foreach (var change in grown)
        {
            WriteStructs(encoder, store, store.Client(change.Client), change.Before);
        }
    }

    /// <summary>Everything that somebody with the state <paramref name="known"/> lacks, and all deletions.</summary>
    public static void WriteState(UpdateEncoder encoder, BlockStore store, IReadOnlyDictionary<ulong, uint> known)
    {
        var clients = store.Clients.Where(static client => client.Count > 0).OrderByDescending(static client => client.Id).ToList();
        var deletes = new List<DeletedRange>();
        encoder.Rest.WriteVarUint((uint)clients.Count(client => Lacks(client, known)));
        encoder.Expect(clients.Sum(static client => client.CharCount - client.DeadChars));
        foreach (var client in clients)
        {
            var isLacking = Lacks(client, known);
            var clock = known.GetValueOrDefault(client.Id);
            NoteDeletes(deletes, store, client, isLacking ? client.Find(clock) : client.Count);
            if (isLacking)
            {
                WriteStructs(encoder, store, client, clock, client.Count, deletes);
            }
        }

        WriteDeletes(encoder, store, deletes);
    }

    private static bool Lacks(ClientBlocks client, IReadOnlyDictionary<ulong, uint> known) => !known.TryGetValue(client.Id, out var state) || client.Next > state;

    /// <summary>Adds a deleted struct to a list that grows by client and clock.</summary>
    public static void Note(List<DeletedRange> deletes, ClientBlocks client, ref Block block)
    {
        var ranges = CollectionsMarshal.AsSpan(deletes);
        if (ranges.Length > 0 && ranges[^1] is var last && last.Client == client.Index && last.End == block.Clock)
        {
            ranges[^1] = last with { Length = last.Length + block.Length };
        }
        else
        {
            deletes.Add(new DeletedRange(client.Index, block.Clock, block.Length));
        }
    }

    private static void NoteDeletes(List<DeletedRange> deletes, BlockStore store, ClientBlocks client, int end)
    {
        for (var i = 0; i < end; i++)
        {
            ref var block = ref store[client[i]];
            if (block.IsDeleted)
            {
                Note(deletes, client, ref block);
            }
        }
    }

    /// <summary>All that is deleted in a store.</summary>
    public static DeleteSet DeletesOf(BlockStore store)
    {
        var deletes = new List<DeletedRange>();
        foreach (var client in store.Clients)
        {
            NoteDeletes(deletes, store, client, client.Count);
        }

        var result = new DeleteSet();
        foreach (var range in deletes)
        {
            result.Add(store.Client(range.Client).Id, range.Clock, range.Length);
        }

        return result;
    }

    /// <summary>Writes a client's section: from <paramref name="clock"/> to its newest struct.</summary>
    public static void WriteStructs(UpdateEncoder encoder, BlockStore store, ClientBlocks client, uint clock) =>
        WriteStructs(encoder, store, client, clock, client.Count, deletes: null);

    /// <summary>Writes a client's section: from <paramref name="clock"/> to the struct before <paramref name="end"/>.</summary>
    public static void WriteStructs(UpdateEncoder encoder, BlockStore store, ClientBlocks client, uint clock, int end, List<DeletedRange>? deletes)
    {
        // Compiled once for each format, so that nothing on the way of a struct is a virtual call.
        if (encoder is UpdateEncoderV2 columns)
        {
            StructWriter<ColumnSink>.Write(new ColumnSink(columns), store, client, clock, end, deletes);
        }
        else
        {
            StructWriter<StreamSink>.Write(new StreamSink((UpdateEncoderV1)encoder), store, client, clock, end, deletes);
        }
    }

    private static void WriteDeletes(UpdateEncoder encoder, BlockStore store, List<DeletedRange> ranges)
    {
        var clients = 0;
        for (var i = 0; i < ranges.Count; i++)
        {
            clients += i == 0 || ranges[i].Client != ranges[i - 1].Client ? 1 : 0;
        }

        encoder.Rest.WriteVarUint((uint)clients);
        for (var i = 0; i < ranges.Count;)
        {
            var end = i;
            while (end < ranges.Count && ranges[end].Client == ranges[i].Client)
            {
                end++;
            }

            encoder.StartDeletes();
            encoder.Rest.WriteVarUint(store.Client(ranges[i].Client).Id);
            encoder.Rest.WriteVarUint((uint)(end - i));
            for (; i < end; i++)
            {
                encoder.WriteDelete(ranges[i].Clock, ranges[i].Length);
            }
        }
    }
}
