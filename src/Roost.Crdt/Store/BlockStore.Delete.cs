namespace Roost.Crdt;

internal sealed partial class BlockStore
{
    // Deeper than this, deletion goes on from a list instead of the stack: a hostile update may nest a million maps.
    private const int MaxRecursion = 256;

    private readonly List<int> _deferredDeletes = [];

    /// <summary>Marks an item as deleted and with it all that it holds. Deleting twice does nothing.</summary>
    public void Delete(Transaction transaction, int handle)
    {
        Delete(transaction, handle, 0);
        while (_deferredDeletes.Count > 0)
        {
            var next = _deferredDeletes[^1];
            _deferredDeletes.RemoveAt(_deferredDeletes.Count - 1);
            DeleteChildren(transaction, Type(next), 0);
        }
    }

    private void Delete(Transaction transaction, int handle, int depth)
    {
        ref var block = ref _blocks[handle];
        if (block.IsDeleted)
        {
            return;
        }

        var parent = Parent(handle);
        if (block.Key < 0)
        {
            var visible = block.Visible;
            parent.Length -= visible;
            parent.Tree?.Add(handle, -visible, block.Ref == ContentRef.Format ? -1 : 0);
        }

        block.Flags |= Block.DeletedFlag;
        transaction.AddDelete(block.Client, block.Clock, block.Length);
        transaction.AddChanged(parent, block.Key);
        if (block.Ref == ContentRef.Doc)
        {
            transaction.NoteSubdocRemoved(Clients[block.Client].Values[block.Content].AsDoc);
        }
        else if (block.Ref == ContentRef.Type)
        {
            if (depth < MaxRecursion)
            {
                DeleteChildren(transaction, Type(block.Content), depth + 1);
            }
            else
            {
                _deferredDeletes.Add(block.Content);
            }
        }
    }

    private void DeleteChildren(Transaction transaction, TypeNode node, int depth)
    {
        for (var child = node.Start; child >= 0; child = _blocks[child].Right)
        {
            DeleteChild(transaction, child, depth);
        }

        foreach (var child in node.Map.Values)
        {
            DeleteChild(transaction, child, depth);
        }

        transaction.ForgetChanged(node);
    }

    private void DeleteChild(Transaction transaction, int child, int depth)
    {
        ref var block = ref _blocks[child];
        if (!block.IsDeleted)
        {
            Delete(transaction, child, depth);
        }
        else if (block.Clock < YDoc.BeforeClock(transaction, Clients[block.Client]))
        {
            // It was deleted earlier, so it is not in this transaction's set; once collected it may merge with its neighbours.
            transaction.MergeCandidates.Add((block.Client, block.Clock));
        }
    }
}
