namespace Roost.Crdt;

internal sealed partial class BlockStore
{
    private readonly List<int> _deferredCollects = [];

    /// <summary>Drops the content of what a transaction deleted, unless somebody keeps it.</summary>
    public void CollectDeleted(Transaction transaction)
    {
        var filter = Doc.GcFilter;
        var deletes = transaction.Deletes;
        for (var i = deletes.Count - 1; i >= 0; i--)
        {
            var range = deletes[i];
            var client = Clients[range.Client];
            var end = range.Clock + range.Length;
            for (var at = client.Find(range.Clock); at < client.Count && client.ClockAt(at) < end; at++)
            {
                var handle = client[at];
                ref var block = ref _blocks[handle];
                if (!block.IsGc && block.IsDeleted && !block.IsKept && (filter is null || filter(IdOf(handle))))
                {
                    Collect(handle, parentCollected: false, 0);
                    CollectDeferred();
                }
            }
        }
    }

    /// <summary>
    /// Replaces content by a tombstone that can still be found by its neighbours, or, when the parent is gone too, the whole item by a GC.
    /// </summary>
    private void Collect(int handle, bool parentCollected, int depth)
    {
        ref var block = ref _blocks[handle];
        if (block.Ref != ContentRef.Type)
        {
            ForgetContent(ref block);
        }
        else if (depth < MaxRecursion)
        {
            CollectChildren(Type(block.Content), depth + 1);
            ForgetType(Type(block.Content));
        }
        else
        {
            _deferredCollects.Add(block.Content);
        }

        block.Ref = parentCollected ? ContentRef.Gc : ContentRef.Deleted;
        block.Content = block.FormatKey = -1;
        if (parentCollected)
        {
            if ((block.Flags & Block.RedoneFlag) != 0)
            {
                _redone.Remove(handle);
            }

            block.Flags = Block.DeletedFlag;
            block.Left = block.Right = block.Leaf = block.Parent = block.Key = -1;
            block.OriginClient = block.RightClient = -1;
        }
    }

    private void CollectDeferred()
    {
        while (_deferredCollects.Count > 0)
        {
            var next = _deferredCollects[^1];
            _deferredCollects.RemoveAt(_deferredCollects.Count - 1);
            CollectChildren(Type(next), 0);
            ForgetType(Type(next));
        }
    }

    private void CollectChildren(TypeNode node, int depth)
    {
        for (var child = node.Start; child >= 0;)
        {
            var next = _blocks[child].Right;
            Collect(child, parentCollected: true, depth);
            child = next;
        }

        foreach (var last in node.Map.Values)
        {
            for (var child = last; child >= 0;)
            {
                var next = _blocks[child].Left;
                Collect(child, parentCollected: true, depth);
                child = next;
            }
        }

        node.Clear();
    }

    private void ForgetContent(ref Block block)
    {
        var client = Clients[block.Client];
        switch (block.Ref)
        {
            case ContentRef.String:
                client.DeadChars += (int)block.Length;
                break;
            case ContentRef.Deleted or ContentRef.Gc:
                break;
            default:
                client.ForgetValues(block.Content, (int)block.Length);
                break;
        }
    }

    private void ForgetType(TypeNode node)
    {
        node.Item = TypeNode.Detached;
        _types[node.Index] = null;
        _freeTypes.Push(node.Index);
    }

    /// <summary>Rewrites an author's arenas once more than half of them is dead; constant cost per unit ever deleted.</summary>
    public void CompactIfWorthIt(ClientBlocks client)
    {
        if (client.DeadChars > 1024 && client.DeadChars > client.CharCount / 2)
        {
            var chars = new char[client.CharCount - client.DeadChars + 64];
            var used = 0;
            for (var i = 0; i < client.Count; i++)
            {
                ref var block = ref _blocks[client[i]];
                if (block.Ref == ContentRef.String)
                {
                    client.Chars.Slice(block.Content, (int)block.Length).CopyTo(chars.AsSpan(used));
                    block.Content = used;
                    used += (int)block.Length;
                }
            }

            client.ReplaceChars(chars, used);
        }

        if (client.DeadValues > 256 && client.DeadValues > client.ValueCount / 2)
        {
            var values = new YValue[client.ValueCount - client.DeadValues + 16];
            var used = 0;
            for (var i = 0; i < client.Count; i++)
            {
                ref var block = ref _blocks[client[i]];
                if (block.Ref is ContentRef.Any or ContentRef.Json or ContentRef.Binary or ContentRef.Embed or ContentRef.Format or ContentRef.Doc)
                {
                    client.Values.Slice(block.Content, (int)block.Length).CopyTo(values.AsSpan(used));
                    block.Content = used;
                    used += (int)block.Length;
                }
            }

            client.ReplaceValues(values, used);
        }
    }
}
