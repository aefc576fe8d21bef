using System.Runtime.ExceptionServices;

namespace Roost.Crdt;

public sealed partial class YDoc
{
    // Begun and not yet cleaned up; the first runs its observers, which may begin others that wait their turn.
    private readonly List<Transaction> _open = [];
    private readonly Stack<Transaction> _spareTransactions = [];
    private Transaction? _current;
    private int _serials;
    private int _arrivals;
    private bool _cleaning;

    /// <summary>Groups changes: one update, one call of each observer. Inside another transaction it joins that one.</summary>
    /// <param name="body">Makes the changes. What it did stays even if it throws.</param>
    /// <param name="origin">Handed to observers and undo managers.</param>
    public void Transact(Action<Transaction> body, object? origin = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var transaction = Enter(origin, local: true, out var outermost);
        try
        {
            body(transaction);
        }
        finally
        {
            Leave(transaction, outermost);
        }
    }

    /// <summary>Groups changes and hands on what <paramref name="body"/> returns.</summary>
    /// <inheritdoc cref="Transact(Action{Transaction}, object?)"/>
    public T Transact<T>(Func<Transaction, T> body, object? origin = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var transaction = Enter(origin, local: true, out var outermost);
        try
        {
            return body(transaction);
        }
        finally
        {
            Leave(transaction, outermost);
        }
    }

    internal Transaction Enter(object? origin, bool local, out bool outermost)
    {
        outermost = _current is null;
        if (!outermost)
        {
            return _current!;
        }

        var transaction = _spareTransactions.TryPop(out var spare) ? spare : new Transaction(this);
        transaction.Reset(origin, local, ++_serials);
        _current = transaction;
        _open.Add(transaction);
        if (BeforeTransaction is not null || BeforeAllTransactions is not null)
        {
            Announce(transaction);
        }

        return transaction;
    }

    private void Announce(Transaction transaction)
    {
        try
        {
            if (_open.Count == 1)
            {
                BeforeAllTransactions?.Invoke(this);
            }

            BeforeTransaction?.Invoke(transaction);
        }
        catch
        {
            Leave(transaction, outermost: true);
            throw;
        }
    }

    internal void Leave(Transaction transaction, bool outermost)
    {
        if (!outermost)
        {
            return;
        }

        _current = null;
        if (!_cleaning)
        {
            CleanUpAll();
        }
    }

    /// <summary>Must be told before a client's structs grow: open transactions remember where it stood.</summary>
    internal void RecordBefore(ClientBlocks client)
    {
        if (client.MarkSerial == _serials)
        {
            return;
        }

        if (client.Count == 0)
        {
            client.Arrival = ++_arrivals;
        }

        foreach (var transaction in _open)
        {
            if (transaction.Serial > client.MarkSerial || !transaction.TryGetBefore(client.Index, out _))
            {
                transaction.Changes.Add(new ClientChange(client.Index, client.Next, client.Next));
            }
        }

        (client.MarkSerial, client.MarkBefore) = (_serials, client.Next);
    }

    internal static uint BeforeClock(Transaction transaction, ClientBlocks client)
    {
        if (client.MarkSerial == transaction.Serial)
        {
            return client.MarkBefore;
        }

        return client.MarkSerial < transaction.Serial || !transaction.TryGetBefore(client.Index, out var before) ? client.Next : before;
    }

    private void CleanUpAll()
    {
        _cleaning = true;
        ExceptionDispatchInfo? first = null;
        List<Transaction>? done = AfterAllTransactions is null ? null : [];
        try
        {
            while (_open.Count > 0)
            {
                var transaction = _open[0];
                CleanUp(transaction, ref first);
                transaction.Finish();
                _open.RemoveAt(0);
                if (done is null)
                {
                    _spareTransactions.Push(transaction);
                }
                else
                {
                    done.Add(transaction);
                }
            }
        }
        finally
        {
            _cleaning = false;
        }

        if (done is not null)
        {
            TellAllDone(done, ref first);
        }

        first?.Throw();
    }

    /// <summary>The transactions are used again only after the handlers, which may begin others.</summary>
    private void TellAllDone(List<Transaction> done, ref ExceptionDispatchInfo? first)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(AfterAllTransactions))
        {
            Guarded(() => handler(this, done), ref first);
        }

        foreach (var transaction in done)
        {
            _spareTransactions.Push(transaction);
        }
    }

    /// <summary>The end of a transaction, in the order that decides how structs merge: see docs/protocol/documents.md.</summary>
    private void CleanUp(Transaction transaction, ref ExceptionDispatchInfo? first)
    {
        transaction.SortDeletes();
        for (var i = 0; i < transaction.Changes.Count; i++)
        {
            var change = transaction.Changes[i];
            transaction.Changes[i] = change with { After = Store.Client(change.Client).Next };
        }

        Tell(BeforeObserverCalls, transaction, ref first);
        if (HasListeners)
        {
            CallObservers(transaction, ref first);
        }
        else
        {
            NoteFormattingCleanup(transaction);
        }

        if (transaction.NeedsFormattingCleanup)
        {
            CleanUpFormatting(transaction, ref first);
        }

        if (Options.Gc)
        {
            Store.CollectDeleted(transaction);
        }

        Store.MergeAfter(transaction);
        ChangeStolenClientId(transaction);
        Tell(AfterTransactionCleanup, transaction, ref first);
        EmitUpdates(transaction, ref first);
        if (transaction.TouchedSubdocs)
        {
            EmitSubdocs(transaction, ref first);
        }

        for (var i = 0; i < transaction.Deletes.Count; i++)
        {
            Store.CompactIfWorthIt(Store.Client(transaction.Deletes[i].Client));
        }
    }

    private static void Guarded(Action action, ref ExceptionDispatchInfo? first)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // One observer's error must not keep the others, or the clean-up, from running; it is thrown at the end.
        catch (Exception error)
#pragma warning restore CA1031
        {
            first ??= ExceptionDispatchInfo.Capture(error);
        }
    }

    // Apart, so that transactions without formatting do not pay for the closure.
    private static void CleanUpFormatting(Transaction transaction, ref ExceptionDispatchInfo? first) =>
        Guarded(() => TextCleanup.AfterTransaction(transaction), ref first);

    private static void NoteFormattingCleanup(Transaction transaction)
    {
        if (transaction.IsLocal)
        {
            return;
        }

        foreach (var change in transaction.ChangedTypes)
        {
            transaction.NeedsFormattingCleanup |= change.Type is { IsText: true, HasFormatting: true } type && IsAlive(type);
        }
    }

    internal static bool IsAlive(TypeNode type) =>
        type.Item == TypeNode.Root || (type.Item >= 0 && !type.Doc.Store[type.Item].IsDeleted);

    /// <summary>Somebody else wrote under our id: going on with it would name two things the same.</summary>
    private void ChangeStolenClientId(Transaction transaction)
    {
        if (transaction.IsLocal || !Store.TryGetClient(ClientId, out var own))
        {
            return;
        }

        foreach (var change in transaction.Changes)
        {
            if (change.Client == own.Index && change.Before != change.After)
            {
                // Without dice the next id is a hash of the old one: still 1 in 2³² to meet another's.
                ClientId = _dice is not null ? NewClientId(_dice) : (uint)((ClientId + own.Next) * 0x9E3779B97F4A7C15 >> 32);
                return;
            }
        }
    }
}
