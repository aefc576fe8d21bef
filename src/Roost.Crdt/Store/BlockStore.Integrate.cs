using System.Runtime.ExceptionServices;

namespace Roost.Crdt;

internal sealed partial class BlockStore
{
    // Stamps instead of sets: "clear" is counting up. Grown only when a conflict happens at all.
    private int[] _beforeOrigin = [];
    private int[] _conflicting = [];
    private int _beforeEpoch;
    private int _conflictEpoch;

    /// <summary>The next local item is protected from collection from its first moment, and all that it is in.</summary>
    public bool KeepNext { get; set; }

    /// <summary>Adds an item of this replica between two neighbours; the caller fills in its content first.</summary>
    public int InsertLocal(Transaction transaction, TypeNode parent, int left, int right, int key, byte reference, uint length, int content, int formatKey = -1)
    {
        var client = GetOrAddClient(Doc.ClientId);
        YDoc.EnsureRoom(client, length);
        var handle = Allocate(client.Index, client.Next, length, reference);
        ref var block = ref _blocks[handle];
        (block.Parent, block.Key, block.Content, block.FormatKey) = (parent.Index, key, content, formatKey);
        if (left >= 0)
        {
            (block.OriginClient, block.OriginClock) = (_blocks[left].Client, _blocks[left].LastClock);
        }

        if (right >= 0)
        {
            (block.RightClient, block.RightClock) = (_blocks[right].Client, _blocks[right].Clock);
        }

        if (KeepNext)
        {
            KeepNext = false;
            Keep(handle, true);
        }

        Integrate(transaction, handle, left, right);
        return handle;
    }

    /// <summary>Adds a GC at the end of its client's structs.</summary>
    public void AddGc(Transaction transaction, ClientBlocks client, uint clock, uint length)
    {
        var handle = Allocate(client.Index, clock, length, ContentRef.Gc);
        _blocks[handle].Flags = Block.DeletedFlag;
        Doc.RecordBefore(client);
        client.Append(handle, clock, length);
    }

    /// <summary>YATA: finds the item's place between <paramref name="left"/> and <paramref name="right"/> and links it there.</summary>
    public void Integrate(Transaction transaction, int handle, int left, int right)
    {
        var parent = Parent(handle);
        if (left < 0 ? right < 0 || _blocks[right].Left >= 0 : _blocks[left].Right != right)
        {
            left = ResolveConflict(handle, left, right, parent);
        }

        right = Link(transaction, handle, left, parent);
        ref var block = ref _blocks[handle];
        if (block.Key < 0)
        {
            parent.Length += block.Visible;
            parent.ItemCount++;
            parent.Tree?.InsertAfter(handle, left);
        }

        var client = Clients[block.Client];
        Doc.RecordBefore(client);
        client.Append(handle, block.Clock, block.Length);
        var failed = IntegrateContent(transaction, handle, parent);
        var key = _blocks[handle].Key;
        transaction.AddChanged(parent, key);
        if ((parent.Item >= 0 && _blocks[parent.Item].IsDeleted) || (key >= 0 && right >= 0))
        {
            Delete(transaction, handle);
        }

        failed?.Throw();
    }

    /// <summary>Connects the neighbours; a new last item of a key deletes the one before. Returns the right neighbour.</summary>
    private int Link(Transaction transaction, int handle, int left, TypeNode parent)
    {
        ref var block = ref _blocks[handle];
        int right;
        if (left >= 0)
        {
            right = _blocks[left].Right;
            _blocks[left].Right = handle;
        }
        else if (block.Key >= 0)
        {
            right = Leftmost(parent.MapGet(block.Key));
        }
        else
        {
            right = parent.Start;
            parent.Start = handle;
        }

        (block.Left, block.Right) = (left, right);
        if (right >= 0)
        {
            _blocks[right].Left = handle;
        }
        else if (block.Key < 0)
        {
            parent.Tail = handle;
        }
        else
        {
            parent.MapSet(block.Key, handle);
            if (left >= 0)
            {
                Delete(transaction, left);
            }
        }

        return right;
    }

    private int Leftmost(int handle)
    {
        while (handle >= 0 && _blocks[handle].Left >= 0)
        {
            handle = _blocks[handle].Left;
        }

        return handle;
    }

    /// <summary>What the caller did wrong with a type before it had a place, to be thrown once all is in order.</summary>
    private ExceptionDispatchInfo? IntegrateContent(Transaction transaction, int handle, TypeNode parent)
    {
        ref var block = ref _blocks[handle];
        switch (block.Ref)
        {
            case ContentRef.Deleted:
                block.Flags |= Block.DeletedFlag;
                transaction.AddDelete(block.Client, block.Clock, block.Length);
                break;
            case ContentRef.Format:
                parent.HasFormatting = true;
                break;
            case ContentRef.Type:
                var node = Type(block.Content);
                node.Item = handle;
                return node.Facade?.Integrated(transaction);
            case ContentRef.Doc:
                var subdoc = Clients[block.Client].Values[block.Content].AsDoc;
                subdoc.Holder = (this, IdOf(handle));
                transaction.NoteSubdocAdded(subdoc);
                break;
        }

        return null;
    }

    /// <summary>
    /// Walks the items that others put between the same neighbours. Those with the same left origin are ordered by client; an item
    /// whose origin lies behind ours but not among the conflicting ones takes all before it along.
    /// </summary>
    private int ResolveConflict(int handle, int left, int right, TypeNode parent)
    {
        if (_beforeOrigin.Length < _count)
        {
            Array.Resize(ref _beforeOrigin, _blocks.Length);
            Array.Resize(ref _conflicting, _blocks.Length);
        }

        _beforeEpoch++;
        _conflictEpoch++;
        ref var block = ref _blocks[handle];
        var client = Clients[block.Client].Id;
        var other = left >= 0 ? _blocks[left].Right : block.Key >= 0 ? Leftmost(parent.MapGet(block.Key)) : parent.Start;
        while (other >= 0 && other != right)
        {
            _beforeOrigin[other] = _beforeEpoch;
            _conflicting[other] = _conflictEpoch;
            ref var theirs = ref _blocks[other];
            if (theirs.OriginClient == block.OriginClient && (block.OriginClient < 0 || theirs.OriginClock == block.OriginClock))
            {
                if (Clients[theirs.Client].Id < client)
                {
                    left = other;
                    _conflictEpoch++;
                }
                else if (theirs.RightClient == block.RightClient && (block.RightClient < 0 || theirs.RightClock == block.RightClock))
                {
                    break;   // same place exactly: the client decides, and ours is the smaller
                }
            }
            else if (theirs.OriginClient >= 0)
            {
                var origin = Clients[theirs.OriginClient].HandleAt(theirs.OriginClock);
                if (_beforeOrigin[origin] != _beforeEpoch)
                {
                    break;
                }

                if (_conflicting[origin] != _conflictEpoch)
                {
                    left = other;
                    _conflictEpoch++;
                }
            }
            else
            {
                break;
            }

            other = theirs.Right;
        }

        return left;
    }
}
