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
        var clients = new List<ClientBlocks>();
        foreach (var client in store.Clients)
        {
            if (client.Count > 0 && (!known.TryGetValue(client.Id, out var state) || client.Next > state))
            {
                clients.Add(client);
            }
        }

        clients.Sort(static (a, b) => b.Id.CompareTo(a.Id));
        encoder.Rest.WriteVarUint((uint)clients.Count);
        foreach (var client in clients)
        {
            WriteStructs(encoder, store, client, known.GetValueOrDefault(client.Id));
        }

        DeletesOf(store).Write(encoder);
    }

    /// <summary>All that is deleted in a store.</summary>
    public static DeleteSet DeletesOf(BlockStore store)
    {
        var result = new DeleteSet();
        foreach (var client in store.Clients)
        {
            for (var i = 0; i < client.Count; i++)
            {
                if (!store[client[i]].IsDeleted)
                {
                    continue;
                }

                var start = client.ClockAt(i);
                while (i + 1 < client.Count && store[client[i + 1]].IsDeleted)
                {
                    i++;
                }

                result.Add(client.Id, start, store[client[i]].End - start);
            }
        }

        return result;
    }

    public static void WriteStructs(UpdateEncoder encoder, BlockStore store, ClientBlocks client, uint clock)
    {
        var first = client.Find(clock);
        encoder.Rest.WriteVarUint((uint)(client.Count - first));
        encoder.WriteClient(client.Id);
        encoder.Rest.WriteVarUint(clock);
        WriteBlock(encoder, store, client, client[first], clock - client.ClockAt(first));
        for (var i = first + 1; i < client.Count; i++)
        {
            WriteBlock(encoder, store, client, client[i], 0);
        }
    }

    public static void WriteBlock(UpdateEncoder encoder, BlockStore store, ClientBlocks client, int handle, uint offset)
    {
        ref var block = ref store[handle];
        if (block.IsGc)
        {
            encoder.WriteInfo(ContentRef.Gc);
            encoder.WriteLength(block.Length - offset);
            return;
        }

        var hasOrigin = offset > 0 || block.OriginClient >= 0;
        var hasRight = block.RightClient >= 0;
        encoder.WriteInfo((byte)(block.Ref
            | (hasOrigin ? ContentRef.HasOrigin : 0)
            | (hasRight ? ContentRef.HasRightOrigin : 0)
            | (block.Key >= 0 ? ContentRef.HasParentSub : 0)));
        if (offset > 0)
        {
            encoder.WriteLeftId(client.Id, block.Clock + offset - 1);
        }
        else if (hasOrigin)
        {
            encoder.WriteLeftId(store.Client(block.OriginClient).Id, block.OriginClock);
        }

        if (hasRight)
        {
            encoder.WriteRightId(store.Client(block.RightClient).Id, block.RightClock);
        }

        if (!hasOrigin && !hasRight)
        {
            WriteParent(encoder, store, ref block);
        }

        WriteContent(encoder, store, client, ref block, (int)offset);
    }

    private static void WriteParent(UpdateEncoder encoder, BlockStore store, ref Block block)
    {
        var parent = store.Type(block.Parent);
        encoder.WriteParentInfo(isRoot: parent.Item < 0);
        if (parent.Item < 0)
        {
            encoder.WriteString(parent.RootName);
        }
        else
        {
            var id = store.IdOf(parent.Item);
            encoder.WriteLeftId(id.Client, id.Clock);
        }

        if (block.Key >= 0)
        {
            encoder.WriteString(store.KeyName(block.Key));
        }
    }

    private static void WriteContent(UpdateEncoder encoder, BlockStore store, ClientBlocks client, ref Block block, int offset)
    {
        var length = (int)block.Length - offset;
        switch (block.Ref)
        {
            case ContentRef.String:
                encoder.WriteString(client.Chars.Slice(block.Content + offset, length));
                break;
            case ContentRef.Deleted:
                encoder.WriteLength(block.Length - (uint)offset);
                break;
            case ContentRef.Type:
                var type = store.Type(block.Content);
                encoder.WriteTypeRef(type.Kind);
                if (TypeRef.HasName(type.Kind))
                {
                    encoder.WriteKey(type.Name!);
                }

                break;
            default:
                var name = block.Ref switch
                {
                    ContentRef.Format => store.KeyName(block.FormatKey),
                    ContentRef.Doc => client.Values[block.Content].AsDoc.Guid,
                    _ => null,
                };
                var values = client.Values.Slice(block.Content + offset, length);
                ContentWriter.Write(encoder, block.Ref, name, block.Ref == ContentRef.Doc ? [values[0].AsDoc.WireOptions] : values);
                break;
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
