using System.Runtime.ExceptionServices;

namespace Roost.Crdt;

/// <summary>Takes an update as bytes; they are valid during the call only.</summary>
/// <param name="update">The update; copy it to keep it.</param>
/// <param name="transaction">What caused it, with its origin.</param>
public delegate void UpdateHandler(ReadOnlySpan<byte> update, Transaction transaction);

public sealed partial class YDoc
{
    private Action<Transaction>? _afterTransaction;

    /// <summary>How many handlers are interested in more than bytes; without any, no event is ever made.</summary>
    private int _listeners;

    /// <summary>After each transaction that changed something, local or applied: what changed, in format V1, for others to apply.</summary>
    public event UpdateHandler? Update;

    /// <summary>Like <see cref="Update"/> in format V2, which is smaller for large changes and larger for keystrokes.</summary>
    public event UpdateHandler? UpdateV2;

    /// <summary>After the observers of a transaction ran and before its clean-up.</summary>
    public event Action<Transaction> AfterTransaction
    {
        add
        {
            _afterTransaction += value;
            _listeners++;
        }

        remove
        {
            var before = _afterTransaction?.GetInvocationList().Length ?? 0;
            _afterTransaction -= value;
            _listeners -= before - (_afterTransaction?.GetInvocationList().Length ?? 0);
        }
    }

    /// <summary>After a transaction that added, removed or asked to load sub-documents.</summary>
    public event Action<Transaction>? SubdocsChanged;

    /// <summary>When the document is destroyed.</summary>
    public event Action<YDoc>? Destroyed;

    internal bool HasListeners => _listeners > 0;

    internal void CountListener(int change) => _listeners += change;

    private void CallObservers(Transaction transaction, ref ExceptionDispatchInfo? first)
    {
        // A copy: an observer may begin transactions, but those note their changes elsewhere.
        foreach (var change in transaction.ChangedTypes)
        {
            if (change.Type is { Kind: not TypeRef.Untyped } type && IsAlive(type))
            {
                var (view, keys) = (type.View(), change.Keys);
                Guarded(() => view.CallObservers(transaction, keys), ref first);
            }
        }

        foreach (var (type, events) in transaction.ChangedParents)
        {
            if (type.Facade is { } view && view.HasDeepObservers && IsAlive(type))
            {
                Guarded(() => view.CallDeepObservers(transaction, events), ref first);
            }
        }

        if (_afterTransaction is { } after)
        {
            foreach (var handler in after.GetInvocationList())
            {
                Guarded(() => ((Action<Transaction>)handler)(transaction), ref first);
            }
        }
    }

    private void EmitUpdates(Transaction transaction, ref ExceptionDispatchInfo? first)
    {
        if ((Update is null && UpdateV2 is null) || !HasChanged(transaction))
        {
            return;
        }

        transaction.SortDeletes();
        if (Update is { } handler)
        {
            var encoder = RentEncoder(v2: false);
            UpdateWriter.WriteTransaction(encoder, Store, transaction);
            Deliver(handler, encoder.Finish(), transaction, ref first);
            ReturnEncoder(encoder);
        }

        if (UpdateV2 is { } handlerV2)
        {
            var encoder = RentEncoder(v2: true);
            UpdateWriter.WriteTransaction(encoder, Store, transaction);
            Deliver(handlerV2, encoder.Finish(), transaction, ref first);
            ReturnEncoder(encoder);
        }
    }

    private static void Deliver(UpdateHandler handler, ReadOnlySpan<byte> update, Transaction transaction, ref ExceptionDispatchInfo? first)
    {
        try
        {
            handler(update, transaction);
        }
#pragma warning disable CA1031 // As in Guarded; a span cannot be captured.
        catch (Exception error)
#pragma warning restore CA1031
        {
            first ??= ExceptionDispatchInfo.Capture(error);
        }
    }

    private static bool HasChanged(Transaction transaction)
    {
        if (transaction.Deletes.Count > 0)
        {
            return true;
        }

        foreach (var change in transaction.Changes)
        {
            if (change.Before != change.After)
            {
                return true;
            }
        }

        return false;
    }

    private void EmitSubdocs(Transaction transaction, ref ExceptionDispatchInfo? first)
    {
        foreach (var added in transaction.SubdocsAdded)
        {
            added.ClientId = ClientId;
            _subdocs.Add(added);
        }

        foreach (var removed in transaction.SubdocsRemoved)
        {
            _subdocs.Remove(removed);
        }

        Guarded(() => SubdocsChanged?.Invoke(transaction), ref first);
        foreach (var removed in transaction.SubdocsRemoved.ToArray())
        {
            Guarded(removed.Destroy, ref first);
        }
    }

    /// <summary>
    /// Ends its use: managers and awareness let go. A sub-document is replaced in its parent by a fresh one that is not loaded.
    /// </summary>
    public void Destroy()
    {
        if (IsDestroyed)
        {
            return;
        }

        IsDestroyed = true;
        foreach (var subdoc in _subdocs.ToArray())
        {
            subdoc.Destroy();
        }

        if (Holder is { } holder)
        {
            Holder = null;
            holder.Store.ReplaceSubdoc(this, holder.Id);
        }

        Destroyed?.Invoke(this);
    }
}
