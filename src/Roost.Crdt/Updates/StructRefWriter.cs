namespace Roost.Crdt;

/// <summary>Writes structs of an update that was read, without a document.</summary>
internal static class StructRefWriter
{
    public static void Write(UpdateEncoder encoder, DecodedUpdate update, in StructRef item, uint offset)
    {
        var length = item.Length - offset;
        if (item.Ref == ContentRef.Gc)
        {
            encoder.WriteInfo(ContentRef.Gc);
            encoder.WriteLength(length);
            return;
        }

        if (item.Ref == ContentRef.Skip)
        {
            encoder.WriteInfo(ContentRef.Skip);
            encoder.Rest.WriteVarUint(length);
            return;
        }

        var hasOrigin = offset > 0 || item.OriginClient >= 0;
        var hasRight = item.RightClient >= 0;
        encoder.WriteInfo((byte)(item.Ref
            | (hasOrigin ? ContentRef.HasOrigin : 0)
            | (hasRight ? ContentRef.HasRightOrigin : 0)
            | (item.Key >= 0 ? ContentRef.HasParentSub : 0)));
        if (offset > 0)
        {
            encoder.WriteLeftId(update.Clients[item.Client], item.Clock + offset - 1);
        }
        else if (hasOrigin)
        {
            encoder.WriteLeftId(update.Clients[item.OriginClient], item.OriginClock);
        }

        if (hasRight)
        {
            encoder.WriteRightId(update.Clients[item.RightClient], item.RightClock);
        }

        if (!hasOrigin && !hasRight)
        {
            WriteParent(encoder, update, item);
        }

        WriteContent(encoder, update, item, (int)offset, (int)length);
    }

    private static void WriteParent(UpdateEncoder encoder, DecodedUpdate update, in StructRef item)
    {
        var isRoot = item.ParentKind == StructRef.RootParent;
        encoder.WriteParentInfo(isRoot);
        if (isRoot)
        {
            encoder.WriteString(update.Names[item.Parent]);
        }
        else
        {
            encoder.WriteLeftId(update.Clients[item.Parent], item.ParentClock);
        }

        if (item.Key >= 0)
        {
            encoder.WriteString(update.Names[item.Key]);
        }
    }

    private static void WriteContent(UpdateEncoder encoder, DecodedUpdate update, in StructRef item, int offset, int length)
    {
        switch (item.Ref)
        {
            case ContentRef.String:
                encoder.WriteString(update.Text.Slice(item.Content + offset, length));
                break;
            case ContentRef.Deleted:
                encoder.WriteLength((uint)length);
                break;
            case ContentRef.Type:
                encoder.WriteTypeRef((byte)item.Content);
                if (item.Name >= 0)
                {
                    encoder.WriteKey(update.Names[item.Name]);
                }

                break;
            default:
                var values = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(update.Values);
                var name = item.Name >= 0 ? update.Names[item.Name] : null;
                ContentWriter.Write(encoder, item.Ref, name, values.Slice(item.Content + offset, length));
                break;
        }
    }
}
