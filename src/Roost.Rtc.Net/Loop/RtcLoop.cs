using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Roost.Core.Cores;
using Roost.Rtc.Net.Io;
using Roost.Rtc.Peer;

namespace Roost.Rtc.Net.Loop;

/// <summary>A thread that drives many peer cores: commands, timers, datagrams, in that order, over and over.</summary>
/// <remarks>Everything but <see cref="Post"/> runs on the thread. A core is touched by its loop alone, so nothing here takes a lock.</remarks>
internal sealed partial class RtcLoop : IDatagramSink, IDisposable
{
    /// <summary>Commands of one turn, so that a busy application cannot keep datagrams waiting.</summary>
    private const int MaxCommandsPerTurn = 256;

    private readonly IUdpBackend _backend;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<LoopCommand> _commands = new();
    private readonly List<LoopPeer> _touched = [];
    private readonly HashSet<LoopPeer> _peers = [];
    private readonly PriorityQueue<LoopTimer, long> _timers = new();
    private readonly List<IUdpPort> _readyPorts = [];
    private Instant _now;
    private int _isAsleep;
    private volatile bool _isStopped;
    private volatile bool _hasEnded;

    internal RtcLoop(IUdpBackend backend, ILogger logger, int number)
    {
        _backend = backend;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = $"rtc loop {number}" };
        _thread.Start();
    }

    /// <summary>Shared by all cores of this loop.</summary>
    internal PeerBuffers Buffers { get; } = new();

    /// <summary>Whether nothing will be done any more: what is posted from here on is never run.</summary>
    internal bool HasEnded { get => _hasEnded; private set => _hasEnded = value; }

    internal bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Hands a command to the thread; from anywhere.</summary>
    internal void Post(in LoopCommand command)
    {
        _commands.Enqueue(command);
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1)
        {
            _backend.Wake();
        }
    }

    /// <summary>Runs a function on the thread and answers with its result.</summary>
    internal Task<T> Run<T>(LoopPeer peer, Func<PeerCore, Instant, T> verb)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new LoopCommand(peer, (p, now) =>
        {
            try
            {
                done.SetResult(verb(p.Core, now));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                done.SetException(e);
            }
        }));
        return _hasEnded ? Task.FromException<T>(new ObjectDisposedException(nameof(RtcRuntime))) : done.Task;
    }

    public void Dispose()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            _backend.Wake();
            if (!IsCurrent)
            {
                _thread.Join();
            }
        }
    }

    private void Run()
    {
        while (!_isStopped)
        {
            _now = LoopClock.Now;
            RunCommands();
            FireTimers();
            DeliverSelfSends();
            Settle();
            Sleep();
            _now = LoopClock.Now;
            foreach (var port in _readyPorts)
            {
                port.Receive(this);
            }
            Settle();
        }
        CloseAll();
        HasEnded = true;
        CloseAll(); // commands that came before anyone could know
        CloseSockets();
        _backend.Dispose();
    }

    /// <summary>Closes every peer, those included whose commands still wait.</summary>
    private void CloseAll()
    {
        for (var left = _commands.Count; left > 0; left -= MaxCommandsPerTurn)
        {
            RunCommands();
        }
        Settle();
        foreach (var peer in _peers.ToArray())
        {
            peer.Core.Close(_now);
            Drain(peer);
            Remove(peer);
        }
    }

    private void RunCommands()
    {
        for (var i = 0; i < MaxCommandsPerTurn && _commands.TryDequeue(out var command); i++)
        {
            Guarded(command.Peer, static (loop, peer, command) => command.Execute(loop, peer), command);
            Touch(command.Peer);
        }
    }

    private void FireTimers()
    {
        while (_timers.TryPeek(out var timer, out var at) && at <= _now.Ticks)
        {
            _timers.Dequeue();
            if (timer.Peer is not { } peer || peer.ScheduledAt != at)
            {
                continue; // removed, or scheduled anew since
            }
            peer.ScheduledAt = long.MaxValue;
            if (peer.Core.NextWake is { } wake && wake.At <= _now)
            {
                Guarded(peer, static (loop, peer, _) => peer.Core.Tick(loop._now));
                Drain(peer);
            }
            Touch(peer);
        }
    }

    /// <summary>Ends the burst for every peer that got something, sends what it has, and schedules it.</summary>
    private void Settle()
    {
        foreach (var peer in _touched)
        {
            peer.IsTouched = false;
            if (peer.IsRemoved)
            {
                continue;
            }
            if (peer.CreditMessages > 0)
            {
                peer.Core.Consumed(peer.CreditBytes, peer.CreditMessages, _now);
                peer.CreditBytes = peer.CreditMessages = 0;
            }
            Guarded(peer, static (loop, peer, _) => peer.Core.Handle(default, loop._now));
            Drain(peer);
            Schedule(peer);
        }
        _touched.Clear();
    }

    private void Sleep()
    {
        _readyPorts.Clear();
        var timeout = _timers.TryPeek(out _, out var at) ? TimeSpan.FromTicks(Math.Max(0, at - _now.Ticks)) : (TimeSpan?)null;
        Volatile.Write(ref _isAsleep, 1);
        Interlocked.MemoryBarrier();
        if (!_commands.IsEmpty || _selfSends.Count > 0 || _isStopped)
        {
            timeout = TimeSpan.Zero;
        }
        _backend.Wait(_ports, timeout, _readyPorts);
        Volatile.Write(ref _isAsleep, 0);
    }

    private void Schedule(LoopPeer peer)
    {
        if (peer.Core.NextWake is { } wake && wake.At.Ticks < peer.ScheduledAt)
        {
            peer.ScheduledAt = wake.At.Ticks;
            _timers.Enqueue(peer.Timer, wake.At.Ticks);
        }
    }

    private void Touch(LoopPeer peer)
    {
        if (!peer.IsTouched && !peer.IsRemoved)
        {
            peer.IsTouched = true;
            _touched.Add(peer);
        }
    }

    /// <summary>A defect of ours in one connection must not take the others with it.</summary>
    private void Guarded(LoopPeer peer, Action<RtcLoop, LoopPeer, LoopCommand> verb, in LoopCommand command = default)
    {
        try
        {
            verb(this, peer, command);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnDefect(peer, e);
        }
    }

    /// <summary>Ends a connection in which a defect showed, as well as it still can: the other side is told, and nobody waits for its channels any more.</summary>
    private void OnDefect(LoopPeer peer, Exception defect)
    {
        if (peer.IsBroken)
        {
            return; // it does not even close
        }
        peer.IsBroken = true;
        Log.PeerBroke(_logger, defect);
        peer.Owner.Break(defect);
        if (!peer.IsRemoved)
        {
            Guarded(peer, static (loop, peer, _) => peer.Core.Close(loop._now));
            Drain(peer);
        }
        peer.Owner.OnClosedOnLoop();
        Remove(peer);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A connection broke by a defect and was closed.")]
        internal static partial void PeerBroke(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "No UDP socket could be opened on {Address}.")]
        internal static partial void NoSocket(ILogger logger, TransportAddress address, Exception exception);
    }
}
