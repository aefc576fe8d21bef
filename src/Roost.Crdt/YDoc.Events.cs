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

    /// <summary>
    /// Before a transaction while none is under way. Those that handlers begin until <see cref="AfterAllTransactions"/> belong to it and are not announced so.
    /// </summary>
    /// <remarks>What the handler edits becomes part of the transaction. If it throws, the transaction ends before its body runs.</remarks>
    public event Action<YDoc>? BeforeAllTransactions;

    /// <summary>Before the body of each transaction.</summary>
    /// <inheritdoc cref="BeforeAllTransactions" path="/remarks"/>
    public event Action<Transaction>? BeforeTransaction;

    /// <summary>After the body of a transaction and before the observers of what it changed.</summary>
    public event Action<Transaction>? BeforeObserverCalls;

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

    /// <summary>After a transaction was cleaned up and before its <see cref="Update"/>: deleted content is gone, neighbours are merged.</summary>
    public event Action<Transaction>? AfterTransactionCleanup;

    /// <summary>When no transaction is left to be cleaned up: the one that began it and those that handlers began since, in order.</summary>
    /// <remarks>The transactions are valid during the call. One that the handler begins is the first of another such round.</remarks>
    public event Action<YDoc, IReadOnlyList<Transaction>>? AfterAllTransactions;

    /// <summary>After a transaction that added, removed or asked to load sub-documents.</summary>
    public event Action<Transaction>? SubdocsChanged;

    /// <summary>When whoever stores the document has read it, as <see cref="MarkLoaded"/> says.</summary>
    public event Action<YDoc>? Loaded;

    /// <summary>When whoever connects the document has what others have (true) or lost them (false), as <see cref="MarkSynced"/> says.</summary>
    public event Action<YDoc, bool>? Synced;

    /// <summary>When the document is destroyed; no event comes after it.</summary>
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

        foreach (var (type, parent) in transaction.ChangedParents)
        {
            if (parent.Events is { } events && type.Facade is { HasDeepObservers: true } view && IsAlive(type))
            {
                Guarded(() => view.CallDeepObservers(transaction, events), ref first);
            }
        }

        Tell(_afterTransaction, transaction, ref first);
    }

    /// <summary>Calls every handler, whatever the others throw.</summary>
    private static void Tell(Action<Transaction>? handlers, Transaction transaction, ref ExceptionDispatchInfo? first)
    {
        if (handlers is null)
        {
            return;
        }

        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(transaction);
            }
#pragma warning disable CA1031 // As in Guarded, without its closure.
            catch (Exception error)
#pragma warning restore CA1031
            {
                first ??= ExceptionDispatchInfo.Capture(error);
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

    /// <summary>Calls every handler, whatever the others throw: one that stores must not miss what one that sends fails at.</summary>
    private static void Deliver(UpdateHandler handlers, ReadOnlySpan<byte> update, Transaction transaction, ref ExceptionDispatchInfo? first)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
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

        Tell(SubdocsChanged, transaction, ref first);
        foreach (var removed in transaction.SubdocsRemoved.ToArray())
        {
            Guarded(removed.Destroy, ref first);
        }
    }

    private void ForgetHandlers()
    {
        _listeners -= _afterTransaction?.GetInvocationList().Length ?? 0;
        (Update, UpdateV2, _afterTransaction, SubdocsChanged) = (null, null, null, null);
        (BeforeAllTransactions, BeforeTransaction, BeforeObserverCalls, AfterTransactionCleanup, AfterAllTransactions) = (null, null, null, null, null);
        (Loaded, Synced, Destroyed) = (null, null, null);
    }
}
