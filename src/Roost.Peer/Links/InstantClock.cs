using Roost.Core.Cores;

namespace Roost.Peer.Links;

/// <summary>Tells cores the time: the wall clock at the start, advanced by a monotonic one. Thread-safe.</summary>
internal sealed class InstantClock(TimeProvider time)
{
    private readonly long _startTicks = time.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks;
    private readonly long _start = time.GetTimestamp();

    public static InstantClock System { get; } = new(TimeProvider.System);

    public Instant Now => new(_startTicks + time.GetElapsedTime(_start).Ticks);

    public ITimer CreateTimer(Action due) => time.CreateTimer(_ => due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
