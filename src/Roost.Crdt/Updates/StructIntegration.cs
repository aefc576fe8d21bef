using System.Runtime.InteropServices;

namespace Roost.Crdt;

/// <summary>Turns one struct of an update, all of whose dependencies are known, into a block of the store.</summary>
internal static class StructIntegration
{
    public static void Integrate(Transaction transaction, DecodedUpdate update, ref StructRef item, ClientBlocks[] clients, int[] names)
    {
        var store = transaction.Doc.Store;
        var client = clients[item.Client];
        var known = client.Next - item.Clock;
        if (item.Ref == ContentRef.Gc)
        {
            if (known < item.Length)
            {
                store.AddGc(transaction, client, client.Next, item.Length - known);
            }

            return;
        }

        // Neighbours are cut even for what is known already: Yjs does, and merging afterwards depends on it.
        var left = item.OriginClient >= 0 ? store.CleanEnd(transaction, clients[item.OriginClient], item.OriginClock) : -1;
        var right = item.RightClient >= 0 ? store.CleanStart(transaction, clients[item.RightClient], item.RightClock) : -1;
        if (known >= item.Length)
        {
            return;
        }

        var (parent, key) = FindParent(store, update, item, left, right, clients, names);
        if (known > 0)
        {
            // It goes on where its known part is, whatever a forged update says its parent is; a GC has no place to go on.
            left = store.CleanEnd(transaction, client, client.Next - 1);
            (parent, key) = parent < 0 ? (-1, -1) : (store[left].Parent, store[left].Key);
        }

        if (parent < 0)
        {
            store.AddGc(transaction, client, client.Next, item.Length - known);
            return;
        }

        var handle = store.Allocate(client.Index, client.Next, item.Length - known, item.Ref);
        SetContent(store, update, item, client, handle, known);
        ref var block = ref store[handle];
        (block.Parent, block.Key) = (parent, key);
        if (known > 0)
        {
            (block.OriginClient, block.OriginClock) = (client.Index, client.Next - 1);
        }
        else if (left >= 0)
        {
            (block.OriginClient, block.OriginClock) = (clients[item.OriginClient].Index, item.OriginClock);
        }

        if (right >= 0)
        {
            (block.RightClient, block.RightClock) = (clients[item.RightClient].Index, item.RightClock);
        }

        store.Integrate(transaction, handle, left, right);
    }

    /// <summary>The node of the parent and the key in it; −1 if the parent was collected, so that this becomes a GC too.</summary>
    private static (int Parent, int Key) FindParent(BlockStore store, DecodedUpdate update, in StructRef item, int left, int right, ClientBlocks[] clients, int[] names)
    {
        if ((left >= 0 && store[left].IsGc) || (right >= 0 && store[right].IsGc))
        {
            return (-1, -1);
        }

        switch (item.ParentKind)
        {
            case StructRef.RootParent:
                return (store.Doc.RootNode(update.Names[item.Parent]).Index, KeyOf(store, update, item.Key, names));
            case StructRef.ItemParent:
                ref var holder = ref store[clients[item.Parent].HandleAt(item.ParentClock)];
                return holder.Ref == ContentRef.Type ? (holder.Content, KeyOf(store, update, item.Key, names)) : (-1, -1);
            default:
                ref var neighbour = ref store[left >= 0 ? left : right];
                return (neighbour.Parent, neighbour.Key);
        }
    }

    private static int KeyOf(BlockStore store, DecodedUpdate update, int name, int[] names)
    {
        if (name < 0)
        {
            return -1;
        }

        return names[name] >= 0 ? names[name] : names[name] = store.Key(update.Names[name]);
    }

    private static void SetContent(BlockStore store, DecodedUpdate update, in StructRef item, ClientBlocks client, int handle, uint skip)
    {
        ref var block = ref store[handle];
        var length = (int)(item.Length - skip);
        switch (item.Ref)
        {
            case ContentRef.Deleted:
                break;
            case ContentRef.String:
                var from = item.Content + (int)skip;
                if (skip > 0 && char.IsHighSurrogate(update.Text[from - 1]))
                {
                    update.Text[from] = '\uFFFD';
                }

                block.Content = client.AddChars(update.Text.Slice(from, length));
                break;
            case ContentRef.Type:
                var node = store.AddType((byte)item.Content);
                node.Item = handle;
                node.Name = item.Name >= 0 ? update.Names[item.Name] : null;
                block.Content = node.Index;
                break;
            case ContentRef.Doc:
                var options = update.Values[item.Content];
                block.Content = client.AddValues([YDoc.FromWire(update.Names[item.Name], options, store.Doc.Options.Limits)]);
                break;
            default:
                var values = CollectionsMarshal.AsSpan(update.Values);
                block.Content = client.AddValues(values.Slice(item.Content + (int)skip, length));
                block.FormatKey = item.Name >= 0 ? store.Key(update.Names[item.Name]) : -1;
                break;
        }
    }
}
