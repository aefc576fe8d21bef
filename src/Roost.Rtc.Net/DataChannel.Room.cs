using System.Threading.Tasks.Sources;
using Roost.Rtc.DataChannels;

namespace Roost.Rtc.Net;

/// <summary>Senders that wait for room.</summary>
public sealed partial class DataChannel
{
    private TaskCompletionSource? _room;
    private RoomSignal? _signal;

    private bool IsFull => BufferedAmount > _connection.Configuration.SendHighWaterMark && ReadyState == DataChannelState.Open;

    /// <summary>Waits until there may be room; the caller looks again.</summary>
    /// <remarks>One sender at a time waits without allocating, which is how nearly everybody sends; others, and those who may cancel, share a task.</remarks>
    private ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        var signal = _signal ?? Interlocked.CompareExchange(ref _signal, new RoomSignal(), null) ?? _signal;
        if (!cancellationToken.CanBeCanceled && signal.TryArm(out var wait))
        {
            // The loop may have made room between the look and the wait; then nobody would wake us.
            if (!IsFull)
            {
                signal.Release();
            }
            return wait;
        }
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var room = Interlocked.CompareExchange(ref _room, mine, null) ?? mine;
        return IsFull ? new ValueTask(room.Task.WaitAsync(cancellationToken)) : ValueTask.CompletedTask;
    }

    private void ReleaseSenders()
    {
        _signal?.Release();
        if (Volatile.Read(ref _room) is not null)
        {
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }
    }

    /// <summary>A wait that can be had again and again, by one at a time, and is itself what the thread pool runs at its end.</summary>
    private sealed class RoomSignal : IValueTaskSource, IThreadPoolWorkItem
    {
        private const int Free = 0;
        private const int Armed = 1;
        private const int Released = 2;

        private ManualResetValueTaskSourceCore<bool> _source;
        private int _state;

        /// <summary>Begins a wait; false when somebody else is waiting.</summary>
        internal bool TryArm(out ValueTask wait)
        {
            // Between Free and Armed nobody else can get here, and Release does nothing before Armed.
            var isMine = Interlocked.CompareExchange(ref _state, Released, Free) == Free;
            wait = default;
            if (isMine)
            {
                _source.Reset();
                wait = new ValueTask(this, _source.Version);
                Volatile.Write(ref _state, Armed);
                Interlocked.MemoryBarrier();
            }
            return isMine;
        }

        /// <summary>Ends the wait, if there is one.</summary>
        internal void Release()
        {
            if (Volatile.Read(ref _state) == Armed && Interlocked.CompareExchange(ref _state, Released, Armed) == Armed)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        /// <summary>On the thread pool: the sender goes on here.</summary>
        public void Execute() => _source.SetResult(true);

        public void GetResult(short token)
        {
            _source.GetResult(token);
            Volatile.Write(ref _state, Free);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
