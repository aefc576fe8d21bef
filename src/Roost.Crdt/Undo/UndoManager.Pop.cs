namespace Roost.Crdt;

public sealed partial class UndoManager
{
    /// <summary>Takes steps off a stack until one of them changes something.</summary>
    private StackItem? Pop(List<StackItem> stack, bool isUndo)
    {
        _changed = [];
        Doc.Transact(
            transaction =>
            {
                while (stack.Count > 0 && _current is null)
                {
                    var step = stack[^1];
                    stack.RemoveAt(stack.Count - 1);
                    _current = Revert(transaction, step) ? step : null;
                }
            },
            this);
        var done = _current;
        if (done is not null)
        {
            StackItemPopped?.Invoke(new StackItemEvent(done, isUndo, this, _changed));
            _current = null;
        }

        return done;
    }

    /// <summary>Deletes what a step inserted and makes again what it deleted; false if nothing came of it.</summary>
    private bool Revert(Transaction transaction, StackItem step)
    {
        var store = Doc.Store;
        var toDelete = new List<StructId>();
        var toRedo = new OrderedDictionary<StructId, bool>();
        store.ForEachIn(transaction, step.Insertions, handle =>
        {
            if (store[handle].IsGc)
            {
                return;
            }

            if (store.IsRedone(handle))
            {
                var (newest, offset) = store.FollowRedone(store.IdOf(handle));
                handle = offset > 0 ? store.SplitItem(transaction, newest, offset) : newest;
            }

            if (!store[handle].IsDeleted && IsInScope(handle))
            {
                toDelete.Add(store.IdOf(handle));
            }
        });
        store.ForEachIn(transaction, step.Deletions, handle =>
        {
            // What came and went within the step is not brought back.
            if (IsInScope(handle) && !step.Insertions.Contains(store.IdOf(handle)))
            {
                toRedo.Add(store.IdOf(handle), true);
            }
        });
        var redo = new RedoItems(this, transaction, toRedo, step.Insertions, _options.IgnoreRemoteMapChanges);
        var changed = false;
        for (var i = 0; i < toRedo.Count; i++)
        {
            changed |= redo.Redo(HandleOf(toRedo.GetAt(i).Key)) >= 0;
        }

        // Backwards, so that children go before their parents and a filter can still see where they are.
        for (var i = toDelete.Count - 1; i >= 0; i--)
        {
            if (_options.DeleteFilter?.Invoke(toDelete[i]) != false)
            {
                store.Delete(transaction, HandleOf(toDelete[i]));
                changed = true;
            }
        }

        return changed;
    }

    private int HandleOf(StructId id) => Doc.Store.GetOrAddClient(id.Client).HandleAt(id.Clock);

    internal bool IsDeletedByStep(StructId id) =>
        _undo.Exists(step => step.Deletions.Contains(id)) || _redo.Exists(step => step.Deletions.Contains(id));
}
