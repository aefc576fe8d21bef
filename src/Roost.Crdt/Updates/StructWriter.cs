namespace Roost.Crdt;

/// <summary>Writes structs of a document into one of the two formats.</summary>
internal static class StructWriter<TSink>
    where TSink : struct, IStructSink
{
    /// <summary>A client's section: from <paramref name="clock"/>, in the middle of a struct or not, up to the struct before <paramref name="end"/>.</summary>
    /// <param name="deletes">Takes what is deleted among them, so that nobody has to walk over them again; null for nothing.</param>
    public static void Write(TSink encoder, BlockStore store, ClientBlocks client, uint clock, int end, List<DeletedRange>? deletes)
    {
        var first = client.Find(clock);
        encoder.Whole.Rest.WriteVarUint((uint)(end - first));
        encoder.Whole.WriteClient(client.Id);
        encoder.Whole.Rest.WriteVarUint(clock);
        var offset = clock - client.ClockAt(first);
        for (var i = first; i < end; i++, offset = 0)
        {
            ref var block = ref store[client[i]];
            if (deletes is not null && block.IsDeleted)
            {
                UpdateWriter.Note(deletes, client, ref block);
            }

            WriteBlock(encoder, store, client, ref block, offset);
        }
    }

    private static void WriteBlock(TSink encoder, BlockStore store, ClientBlocks client, ref Block block, uint offset)
    {
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
            encoder.WriteLeftId(IdOf(store, client, block.OriginClient), block.OriginClock);
        }

        if (hasRight)
        {
            encoder.WriteRightId(IdOf(store, client, block.RightClient), block.RightClock);
        }

        if (!hasOrigin && !hasRight)
        {
            WriteParent(encoder, store, ref block);
        }

        WriteContent(encoder, store, client, ref block, (int)offset);
    }

    private static ulong IdOf(BlockStore store, ClientBlocks client, int index) => index == client.Index ? client.Id : store.Client(index).Id;

    private static void WriteParent(TSink encoder, BlockStore store, ref Block block)
    {
        var parent = store.Type(block.Parent);
        encoder.Whole.WriteParentInfo(isRoot: parent.Item < 0);
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

    private static void WriteContent(TSink encoder, BlockStore store, ClientBlocks client, ref Block block, int offset)
    {
        var length = (int)block.Length - offset;
        switch (block.Ref)
        {
            case ContentRef.String:
                encoder.WriteChars(client, block.Content + offset, length);
                break;
            case ContentRef.Deleted:
                encoder.WriteLength(block.Length - (uint)offset);
                break;
            case ContentRef.Type:
                var type = store.Type(block.Content);
                encoder.Whole.WriteTypeRef(type.Kind);
                if (TypeRef.HasName(type.Kind))
                {
                    encoder.Whole.WriteKey(type.Name!);
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
                ContentWriter.Write(encoder.Whole, block.Ref, name, block.Ref == ContentRef.Doc ? [values[0].AsDoc.WireOptions] : values);
                break;
        }
    }
}
