using System.Runtime.ExceptionServices;

namespace Roost.Crdt;

public abstract partial class YType
{
    private List<Action<YEvent>> _observers = [];
    private List<Action<IReadOnlyList<YEvent>>> _deepObservers = [];

    internal bool HasDeepObservers => _deepObservers.Count > 0;

    /// <summary>Calls <paramref name="handler"/> after each transaction that changed this type itself.</summary>
    /// <returns>Dispose it to stop.</returns>
    public IDisposable Observe(Action<YEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _observers = [.. _observers, handler];
        return new Subscription(this, () => _observers = Without(_observers, handler));
    }

    /// <summary>Calls <paramref name="handler"/> after each transaction that changed this type or any inside it, nearest first.</summary>
    /// <returns>Dispose it to stop.</returns>
    public IDisposable ObserveDeep(Action<IReadOnlyList<YEvent>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _deepObservers = [.. _deepObservers, handler];
        return new Subscription(this, () => _deepObservers = Without(_deepObservers, handler));
    }

    internal abstract YEvent MakeEvent(Transaction transaction, List<int> keys);

    internal void CallObservers(Transaction transaction, List<int> keys)
    {
        var happened = MakeEvent(transaction, keys);
        ChangedParent.Add(transaction, happened);
        try
        {
            CallAll(_observers, happened);
        }
        finally
        {
            transaction.NeedsFormattingCleanup |= !transaction.IsLocal && Node is { IsText: true, HasFormatting: true };
        }
    }

    internal void CallDeepObservers(Transaction transaction, List<YEvent> events)
    {
        var alive = events.Where(happened => YDoc.IsAlive(happened.Target.Node!)).ToList();
        foreach (var happened in alive)
        {
            happened.Locate(this);
        }

        // A stable sort: events of the same depth stay in the order in which their types changed.
        CallAll(_deepObservers, (IReadOnlyList<YEvent>)[.. alive.OrderBy(happened => transaction.ChangedParents[happened.Target.Node!].Depth)]);
    }

    /// <summary>A handler that was given twice is there twice, and one subscription's end is not the other's.</summary>
    private static List<T> Without<T>(List<T> handlers, T handler)
    {
        List<T> rest = [.. handlers];
        rest.Remove(handler);
        return rest;
    }

    private static void CallAll<T>(List<Action<T>> handlers, T argument)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var handler in handlers)
        {
            try
            {
                handler(argument);
            }
#pragma warning disable CA1031 // One observer's error must not keep the others from running; it is thrown at the end.
            catch (Exception error)
#pragma warning restore CA1031
            {
                first ??= ExceptionDispatchInfo.Capture(error);
            }
        }

        first?.Throw();
    }

    /// <summary>Counts as a listener of the document for as long as it lives; a type outside counts once it is inside.</summary>
    private sealed class Subscription : IDisposable
    {
        private Action? _stop;
        private readonly YType _type;

        public Subscription(YType type, Action stop)
        {
            (_type, _stop) = (type, stop);
            _type.CountListener(1);
        }

        public void Dispose()
        {
            if (_stop is { } stop)
            {
                _stop = null;
                stop();
                _type.CountListener(-1);
            }
        }
    }

    private int _waitingListeners;

    private void CountListener(int change)
    {
        if (Doc is { } doc)
        {
            doc.CountListener(change);
        }
        else
        {
            _waitingListeners += change;
        }
    }

    private protected void TellWaitingListeners()
    {
        Doc!.CountListener(_waitingListeners);
        _waitingListeners = 0;
    }
}
