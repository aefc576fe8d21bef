using Roost.Core.Cores;

namespace Roost.Hub.Driving;

/// <summary>The time that cores are told: the wall clock as it stood at start, advanced by a monotonic one. Thread-safe.</summary>
/// <param name="time">Where both come from.</param>
public sealed class HubClock(TimeProvider time)
{
    private readonly long _startTicks = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
    private readonly long _startStamp = time.GetTimestamp();

    /// <summary>Now.</summary>
    public Instant Now => new(_startTicks + time.GetElapsedTime(_startStamp).Ticks);

    internal TimeProvider Time => time;
}
