using Roost.Core.Cores;

namespace Roost.Worlds;

/// <summary>What was seen at one moment.</summary>
/// <param name="At">Since the start.</param>
/// <param name="Running">Hubs that run.</param>
/// <param name="RightViews">Share of them whose view of all hubs is right.</param>
/// <param name="Reached">Share of signals that arrived within five seconds.</param>
/// <param name="Median">Of those.</param>
/// <param name="BytesPerHubMinute">Payload sent since the last look.</param>
/// <param name="FalseDeaths">Running hubs wrongly believed dead, summed over hubs.</param>
public readonly record struct Look(TimeSpan At, int Running, double RightViews, double Reached, TimeSpan Median, double BytesPerHubMinute, int FalseDeaths);

/// <summary>Looks at a world again and again; looks may overlap, since each waits for its signals.</summary>
internal sealed class Looking(World world, int signals)
{
    /// <summary>A signal that takes longer has not arrived.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private long _bytes = world.BytesSent();
    private Instant _since = world.Now;

    /// <summary>One look, which takes <see cref="Patience"/>.</summary>
    internal Look Now() => After([0])[0];

    /// <summary>Looks begun these many seconds from now, ascending; takes until the last has ended.</summary>
    internal List<Look> After(ReadOnlySpan<int> seconds)
    {
        var start = world.Now;
        var begun = new Queue<(Look Look, SignalTrial? Trial)>();
        var looks = new List<Look>();
        foreach (int second in seconds)
        {
            EndUntil(start + TimeSpan.FromSeconds(second));
            begun.Enqueue((Begin(), world.Homes.Count < 2 ? null : new(world, signals, honestOnly: true)));
        }
        EndUntil(world.Now + Patience);
        return looks;

        void EndUntil(Instant until)
        {
            while (begun.TryPeek(out var first) && new Instant(first.Look.At.Ticks) + Patience is var end && end <= until)
            {
                world.RunUntil(end);
                var reached = first.Trial?.End() ?? default;
                looks.Add(first.Look with { Reached = reached.Share, Median = reached.Median });
                begun.Dequeue();
            }
            world.RunUntil(until);
        }
    }

    private Look Begin()
    {
        int running = world.Running.Count();
        double right = running == 0 ? 0 : (double)world.RightViews() / running;
        long bytes = world.BytesSent();
        double minutes = (world.Now - _since).TotalMinutes;
        double rate = minutes <= 0 || running == 0 ? 0 : (bytes - _bytes) / minutes / running;
        (_bytes, _since) = (bytes, world.Now);
        return new(TimeSpan.FromTicks(world.Now.Ticks), running, right, Reached: 0, Median: default, rate, world.FalseDeaths());
    }
}
