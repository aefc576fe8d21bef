using System.Runtime.CompilerServices;

namespace Roost.Crdt;

/// <summary>Makes deleted items again, as new items that the old ones point to; where an old one was remade already, that one is used.</summary>
internal sealed class RedoItems(
    UndoManager manager, Transaction transaction, OrderedDictionary<StructId, bool> wanted, DeleteSet toDelete, bool ignoreRemoteMapChanges)
{
    private readonly BlockStore _store = transaction.Doc.Store;

    /// <summary>The new item for a deleted one, or −1 if somebody else's change stands in the way.</summary>
    public int Redo(int handle)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_store.TryGetRedone(handle, out var redone))
        {
            return CleanStart(redone);
        }

        var oldParent = _store.Parent(handle);
        var holder = oldParent.Item;
        if (holder >= 0 && _store[holder].IsDeleted)
        {
            if (!_store.IsRedone(holder) && (!wanted.ContainsKey(_store.IdOf(holder)) || Redo(holder) < 0))
            {
                return -1;
            }

            while (Newer(holder) is var newer and >= 0)
            {
                holder = newer;
            }
        }

        if (holder >= 0 && _store[holder].Ref != ContentRef.Type)
        {
            return -1;
        }

        var parent = holder < 0 ? oldParent : _store.Type(_store[holder].Content);
        int left, right;
        if (_store[handle].Key < 0)
        {
            left = NeighbourIn(_store[handle].Left, holder, toLeft: true);
            right = NeighbourIn(handle, holder, toLeft: false);
        }
        else
        {
            right = -1;
            if (!TryFindMapLeft(handle, parent, holder, out left))
            {
                return -1;
            }
        }

        return Copy(handle, parent, left, right);
    }

    /// <summary>The nearest item on one side that is, or was remade, in the parent.</summary>
    private int NeighbourIn(int handle, int holder, bool toLeft)
    {
        while (handle >= 0)
        {
            var trace = handle;
            while (trace >= 0 && _store.Parent(trace).Item != holder)
            {
                trace = Newer(trace);
            }

            if (trace >= 0)
            {
                return trace;
            }

            handle = toLeft ? _store[handle].Left : _store[handle].Right;
        }

        return -1;
    }

    /// <summary>A key's value comes back only if all newer values are undone too.</summary>
    private bool TryFindMapLeft(int handle, TypeNode parent, int holder, out int left)
    {
        var key = _store[handle].Key;
        if (_store[handle].Right >= 0 && !ignoreRemoteMapChanges)
        {
            left = handle;
            while (_store[left].Right is var right and >= 0
                && (_store.IsRedone(right) || toDelete.Contains(_store.IdOf(right)) || manager.IsDeletedByStep(_store.IdOf(right))))
            {
                left = right;
                while (Newer(left) is var newer and >= 0)
                {
                    left = newer;
                }
            }

            if (_store[left].Right >= 0)
            {
                return false;
            }
        }
        else
        {
            left = parent.MapGet(key);
        }

        if (left >= 0 && _store.Parent(left).Item != holder)
        {
            left = parent.MapGet(key);
        }

        return true;
    }

    private int Copy(int handle, TypeNode parent, int left, int right)
    {
        var client = _store.GetOrAddClient(transaction.Doc.ClientId);
        var (reference, key, length, format) = (_store[handle].Ref, _store[handle].Key, _store[handle].Length, _store[handle].FormatKey);
        var source = _store.Client(_store[handle].Client);
        var at = _store[handle].Content;
        var content = reference switch
        {
            ContentRef.Deleted => -1,
            ContentRef.String => client.AddChars(source.Chars.Slice(at, (int)length)),
            ContentRef.Type => CopyType(_store.Type(at)),
            ContentRef.Doc => client.AddValues([source.Values[at].AsDoc.AnotherLikeThis()]),
            _ => client.AddValues(source.Values.Slice(at, (int)length)),
        };
        var id = new StructId(client.Id, client.Next);
        _store.SetRedone(handle, id);
        _store.KeepNext = true;
        return _store.InsertLocal(transaction, parent, left, right, key, reference, length, content, format);
    }

    private int CopyType(TypeNode old)
    {
        var copy = _store.AddType(old.Kind);
        copy.Name = old.Name;
        return copy.Index;
    }

    /// <summary>The item that was made for this one, if it is still there.</summary>
    private int Newer(int handle) =>
        _store.TryGetRedone(handle, out var next) && CleanStart(next) is var newer && !_store[newer].IsGc ? newer : -1;

    private int CleanStart(StructId id) => _store.CleanStart(transaction, _store.GetOrAddClient(id.Client), id.Clock);
}
