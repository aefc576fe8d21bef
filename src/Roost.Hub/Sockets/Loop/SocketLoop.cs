using System.Collections.Concurrent;

namespace Roost.Hub.Sockets.Loop;

/// <summary>
/// One thread that waits for many sockets at once and handles what they bring itself: a message is read, routed and sent without a
/// hand-over between threads, without a timer and without memory held for a socket that is silent.
/// </summary>
/// <remarks>
/// Edge-triggered epoll: each socket is registered once. What the messages of one round ask of others is done at the end of the round
/// (<see cref="AtEndOfRound"/>), so that frames to one receiver leave together.
/// </remarks>
internal sealed unsafe class SocketLoop : IDisposable
{
    private const int EventsAtOnce = 128;
    private const int ScratchSize = 16 * 1024;
    private const int LookEvery = 500;
    private const long WakeUpKey = -1;

    [ThreadStatic]
    private static SocketLoop? t_current;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly Thread _thread;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private readonly ConcurrentQueue<Action> _asked = [];
    private readonly List<Action> _atEnd = [];
    private Watched?[] _watched = new Watched?[64];
    private Queue<LoopReader> _again = [];
    private Queue<LoopReader> _more = [];
    private int _used;
    private volatile int _deadlines;
    private long _nextLook;
    private uint _uses;
    private volatile bool _stopping;
    private bool _closed;

    /// <summary>Starts the thread.</summary>
    /// <param name="failed">Told of our own mistakes.</param>
    public SocketLoop(Action<Exception> failed)
    {
        _failed = failed;
        _epoll = Check(Libc.EpollCreate(Libc.CloseOnExec));
        _wakeUp = Check(Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking));
        Control(Libc.EpollAdd, _wakeUp, Libc.In | Libc.EdgeTriggered, WakeUpKey);
        _thread = new Thread(Run) { IsBackground = true, Name = "roost sockets" };
        _thread.Start();
    }

    /// <summary>The loop whose thread this is, or null.</summary>
    public static SocketLoop? Current => t_current;

    /// <summary>Bytes are received here when nothing is left over from before. Only for the loop's thread.</summary>
    public byte[] Scratch { get; private set; } = new byte[ScratchSize];

    /// <summary>Somebody still uses <see cref="Scratch"/>: it is theirs now.</summary>
    public void LeaveScratch() => Scratch = new byte[ScratchSize];

    /// <summary>Has something done once the events of this round are handled; the same action once only. Only for the loop's thread.</summary>
    public void AtEndOfRound(Action action)
    {
        if (!_atEnd.Contains(action))
        {
            _atEnd.Add(action);
        }
    }

    /// <summary>Has something done on the loop's thread; nothing once it is disposed.</summary>
    public void Ask(Action action)
    {
        _asked.Enqueue(action);
        lock (_gate)
        {
            // The number of a closed descriptor may be somebody else's connection.
            long one = 1;
            _ = _closed ? 0 : Libc.Write(_wakeUp, &one, sizeof(long));
        }
    }

    /// <summary>Lets a reader that has more to read go on in the next round. From any thread.</summary>
    public void ReadAgain(LoopReader reader)
    {
        if (t_current == this)
        {
            _again.Enqueue(reader);
        }
        else
        {
            Ask(() => _again.Enqueue(reader));
        }
    }

    /// <summary>Begins to watch a descriptor. From any thread.</summary>
    public void Watch(int descriptor, Watched watched, uint events)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out int place))
            {
                place = _used++;
                if (place == _watched.Length)
                {
                    Array.Resize(ref _watched, 2 * place);
                }
            }
            watched.Key = ((long)(++_uses & 0x7FFF_FFFF) << 32) | (uint)place;
            _watched[place] = watched;
            _deadlines += watched.HasDeadline ? 1 : 0;
        }
        Control(Libc.EpollAdd, descriptor, events, watched.Key);
    }

    /// <summary>Another takes over the descriptor and its events. From any thread.</summary>
    public void Replace(Watched old, Watched by)
    {
        by.Key = old.Key;
        lock (_gate)
        {
            _watched[(int)old.Key] = by;
            _deadlines += (by.HasDeadline ? 1 : 0) - (old.HasDeadline ? 1 : 0);
        }
    }

    /// <summary>Forgets a watched descriptor, which the caller has closed or closes now. From any thread.</summary>
    public void Forget(Watched watched)
    {
        lock (_gate)
        {
            int place = (int)watched.Key;
            if (_watched[place] == watched)
            {
                _watched[place] = null;
                _deadlines -= watched.HasDeadline ? 1 : 0;
                _free.Push(place);
            }
        }
    }

    /// <summary>Takes a descriptor that lives on out of the set.</summary>
    public void Unwatch(int descriptor, Watched watched)
    {
        lock (_gate)
        {
            _ = _closed ? 0 : Libc.EpollControl(_epoll, Libc.EpollDelete, descriptor, null);
        }
        Forget(watched);
    }

    /// <summary>Changes what a descriptor is watched for.</summary>
    public void Change(int descriptor, Watched watched, uint events) => Control(Libc.EpollModify, descriptor, events, watched.Key);

    /// <summary>Ends the thread, and waits for it unless this is it. Nothing may be watched any more.</summary>
    public void Dispose()
    {
        _stopping = true;
        Ask(() => { });
        if (t_current != this)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        t_current = this;
        byte* events = stackalloc byte[EventsAtOnce * Libc.EventSize];
        while (!_stopping)
        {
            int count = Libc.EpollWait(_epoll, events, EventsAtOnce, _again.Count > 0 ? 0 : _deadlines > 0 ? LookEvery : -1);
            for (int i = 0; i < count; i++)
            {
                var (happened, key) = Libc.ReadEvent(events + (i * Libc.EventSize));
                Handle(happened, key);
            }
            while (_asked.TryDequeue(out var action))
            {
                Safely(action);
            }
            // Those that find still more to read go into the next round, after the others.
            (_again, _more) = (_more, _again);
            while (_more.TryDequeue(out var reader))
            {
                Safely(reader.Fill);
            }
            for (int i = 0; i < _atEnd.Count; i++)
            {
                Safely(_atEnd[i]);
            }
            _atEnd.Clear();
            LookAtDeadlines();
        }
        t_current = null;
        lock (_gate)
        {
            _closed = true;
            _ = Libc.Close(_epoll);
            _ = Libc.Close(_wakeUp);
        }
    }

    private void Handle(uint events, long key)
    {
        if (key == WakeUpKey)
        {
            long ignored;
            Libc.Read(_wakeUp, &ignored, sizeof(long));
            return;
        }
        Watched? watched;
        lock (_gate)
        {
            watched = _watched[(int)key];
        }
        if (watched?.Key != key)
        {
            return; // Closed in this very round.
        }
        try
        {
            watched.Happened(events);
        }
        catch (Exception exception)
        {
            _failed(exception);
            watched.Abandon();
        }
    }

    private void LookAtDeadlines()
    {
        long now = Environment.TickCount64;
        if (_deadlines == 0 || now < _nextLook)
        {
            return;
        }
        _nextLook = now + LookEvery;
        List<Watched> due = [];
        lock (_gate)
        {
            foreach (var watched in _watched)
            {
                if (watched is { HasDeadline: true })
                {
                    due.Add(watched);
                }
            }
        }
        foreach (var watched in due)
        {
            Safely(() => watched.Look(now));
        }
    }

    private void Safely(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            _failed(exception);
        }
    }

    private void Control(int operation, int descriptor, uint events, long key)
    {
        byte* oneEvent = stackalloc byte[16];
        Libc.WriteEvent(oneEvent, events, key);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            Check(Libc.EpollControl(_epoll, operation, descriptor, oneEvent));
        }
    }

    private static int Check(int result) => result >= 0 ? result : throw new IOException($"The system refused to watch sockets (errno {Libc.LastError}).");
}
