using System.Buffers;
using System.Threading.Channels;
using Roost.Core.Cores;
using Roost.Hub.Sockets.Loop;

namespace Roost.Hub.Driving;

/// <summary>What a driver's owner does for it. All of it is called by the driver, one call at a time.</summary>
internal interface IDriven<TInput, TEffect>
{
    /// <summary>Does what the core asked for. Enqueues, never waits.</summary>
    void Perform(TEffect effect, Instant now);

    /// <summary>Several inputs have been handled: sockets may be flushed.</summary>
    void EndBatch();

    /// <summary>Our own mistake: the input whose handling threw.</summary>
    void Faulted(TInput? input, Exception exception);
}

/// <summary>
/// Drives one core: bounded inbox, due wakes before input so that a flood cannot starve timers, effects performed at once.
/// </summary>
/// <remarks>
/// There is no thread of its own. Whoever posts while nobody drives, drives: a lone frame is handled without a hand-over between threads,
/// and under load one poster handles what the others post. After <see cref="LongestTurn"/> inputs the work moves to the pool, so that the poster gets back to its socket.
/// </remarks>
internal sealed class CoreDriver<TInput, TEffect> : IAsyncDisposable where TInput : class
{
    private const int Capacity = 8_192;
    private const int BatchSize = 128;
    private const int LongestTurn = 2_048;
    private static readonly TimeSpan RoundUp = TimeSpan.FromMilliseconds(1); // Timers count whole milliseconds, rounded down.

    private readonly IProtocolCore<TInput, TEffect> _core;
    private readonly IDriven<TInput, TEffect> _owner;
    private readonly HubClock _clock;
    private readonly ITimer _timer;
    private readonly Channel<Posted> _inbox = Channel.CreateBounded<Posted>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Queue<TInput> _own = [];
    private Instant _armedFor = Instant.Never;
    private readonly Action _runIfIdle;
    private int _running;
    private int _postponed;
    private int _fired;
    private volatile bool _disposed;

    private readonly record struct Posted(TInput? Input, byte[]? Rented, Action? Look);

    public CoreDriver(IProtocolCore<TInput, TEffect> core, IDriven<TInput, TEffect> owner, HubClock clock)
    {
        _core = core;
        _owner = owner;
        _clock = clock;
        _runIfIdle = RunIfIdle;
        _timer = clock.Time.CreateTimer(static self => ((CoreDriver<TInput, TEffect>)self!).Fired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Posts an input; waits while the inbox is full, which slows the poster's socket down.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="rented">The buffer that the input's slices lie in; goes back to the pool after the drain.</param>
    public ValueTask PostAsync(TInput input, byte[]? rented = null)
    {
        if (_inbox.Writer.TryWrite(new(input, rented, null)))
        {
            RunSoon();
            return ValueTask.CompletedTask;
        }
        RunIfIdle();
        return PostSlowlyAsync(new(input, rented, null));
    }

    /// <summary>Posts from within <see cref="IDriven{TInput,TEffect}.Perform"/>: handled before anything else.</summary>
    public void PostFromPerform(TInput input) => _own.Enqueue(input);

    /// <summary>Looks at what the core guards, in turn with its inputs.</summary>
    public async Task<T> AskAsync<T>(Func<T> look)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostSlowlyAsync(new(null, null, () => answer.SetResult(look())));
        return await answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        _inbox.Writer.TryComplete();
        await _timer.DisposeAsync();
    }

    private async ValueTask PostSlowlyAsync(Posted posted)
    {
        try
        {
            await _inbox.Writer.WriteAsync(posted);
            RunIfIdle();
        }
        catch (ChannelClosedException)
        {
            // The hub is gone; so is whoever would have cared.
        }
    }

    private void Fired()
    {
        Volatile.Write(ref _fired, 1);
        RunIfIdle();
    }

    // A socket loop's inputs of one round are handled together, so that frames to one receiver leave together.
    private void RunSoon()
    {
        if (SocketLoop.Current is { } loop && Volatile.Read(ref _running) == 0 && Interlocked.Increment(ref _postponed) < BatchSize)
        {
            loop.AtEndOfRound(_runIfIdle);
        }
        else
        {
            RunIfIdle();
        }
    }

    private void RunIfIdle()
    {
        if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            Run();
        }
    }

    private void Run()
    {
        do
        {
            Volatile.Write(ref _postponed, 0);
            int turns = 0;
            while (Turn())
            {
                if (++turns % BatchSize == 0)
                {
                    _owner.EndBatch();
                }
                if (turns == LongestTurn)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static self => self.Run(), this, preferLocal: false);
                    return;
                }
            }
            _owner.EndBatch();
            Arm();
            Volatile.Write(ref _running, 0);
        }
        // An input that came between the last look and the line above found a driver at work and left: look again.
        while ((_inbox.Reader.TryPeek(out _) || WakeIsDue()) && Interlocked.CompareExchange(ref _running, 1, 0) == 0);
    }

    private bool Turn()
    {
        var now = _clock.Now;
        TInput? input = null;
        byte[]? rented = null;
        try
        {
            if (_core.NextWake is { } wake && wake.At <= now)
            {
                _core.Tick(now);
            }
            else if (_own.TryDequeue(out input))
            {
                _core.Handle(input, now);
            }
            else if (!_inbox.Reader.TryRead(out var posted))
            {
                return false;
            }
            else if (posted.Look is { } look)
            {
                look();
            }
            else
            {
                (input, rented) = (posted.Input, posted.Rented);
                _core.Handle(input!, now);
            }
            while (_core.TryTake(out var effect))
            {
                _owner.Perform(effect, now);
            }
        }
        catch (Exception exception)
        {
            _owner.Faulted(input, exception);
        }
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        return true;
    }

    private bool WakeIsDue() => _core.NextWake is { } wake && wake.At <= _clock.Now;

    private void Arm()
    {
        var at = _core.NextWake?.At ?? Instant.Never;
        // A timer may fire a little before the wake it was armed for; then it is armed again for the same moment.
        if ((Interlocked.Exchange(ref _fired, 0) == 0 && at == _armedFor) || _disposed)
        {
            return;
        }
        _armedFor = at;
        var wait = at - _clock.Now;
        _timer.Change(at == Instant.Never ? Timeout.InfiniteTimeSpan : wait > TimeSpan.Zero ? wait + RoundUp : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
