using System.Threading.Channels;
using Roost.Core.Cores;

namespace Roost.Peer.Links;

/// <summary>
/// Runs one core: takes inputs from any thread, handles them one at a time, ticks when due (before new input, so that a flood starves no timer)
/// and performs the effects.
/// </summary>
/// <remarks><paramref name="perform"/> runs on the driver's loop and must not block; it may post to this or other drivers.</remarks>
internal sealed class CoreDriver<TInput, TEffect>(IProtocolCore<TInput, TEffect> core, Action<TEffect> perform, InstantClock clock) : IAsyncDisposable
{
    private readonly Channel<Posted> _inbox = Channel.CreateUnbounded<Posted>(new() { SingleReader = true });
    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;

    // Neither an input nor a mark: the timer fired.
    private readonly record struct Posted(bool IsInput, TInput? Input, TaskCompletionSource? Mark);

    /// <summary>Starts the loop.</summary>
    public void Start()
    {
        _timer = clock.CreateTimer(() => _inbox.Writer.TryWrite(default));
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Hands in an input; ignored after disposal.</summary>
    public void Post(TInput input) => _inbox.Writer.TryWrite(new(true, input, null));

    /// <summary>Completes when all that was posted before has been handled, or the loop has ended.</summary>
    public Task HandledAsync()
    {
        var mark = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _inbox.Writer.TryWrite(new(false, default, mark)) ? Task.WhenAny(mark.Task, _loop) : _loop;
    }

    /// <summary>Ends the loop after what was posted before.</summary>
    public async ValueTask DisposeAsync()
    {
        _inbox.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        while (await _inbox.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_inbox.Reader.TryRead(out var next))
            {
                TickIfDue();
                if (next.IsInput)
                {
                    core.Handle(next.Input!, clock.Now);
                    Drain();
                }
                next.Mark?.TrySetResult();
            }
            TickIfDue();
            if (core.NextWake is { } wake)
            {
                var pause = wake.At - clock.Now;
                _timer!.Change(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void TickIfDue()
    {
        if (core.NextWake is { } wake && wake.At <= clock.Now)
        {
            core.Tick(clock.Now);
            Drain();
        }
    }

    private void Drain()
    {
        while (core.TryTake(out var effect))
        {
            perform(effect);
        }
    }
}
