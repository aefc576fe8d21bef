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
        return transaction;
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
        try
        {
            while (_open.Count > 0)
            {
                CleanUp(_open[0], ref first);
                _open[0].Finish();
                _spareTransactions.Push(_open[0]);
                _open.RemoveAt(0);
            }
        }
        finally
        {
            _cleaning = false;
        }

        first?.Throw();
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
