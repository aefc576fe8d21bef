namespace Roost.Worlds;

/// <summary>What a simulated mesh is like.</summary>
public sealed record WorldOptions
{
    /// <summary>Everything random follows from it: the same seed gives the same run.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Hubs at the start.</summary>
    public int Hubs { get; init; } = 8;

    /// <summary>How many of them, the last ones, cannot be dialled: they say no address.</summary>
    public int Leaves { get; init; }

    /// <summary>Peers, spread evenly over the hubs.</summary>
    public int Peers { get; init; }

    /// <summary>One way, at least.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Added to the latency, at random.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Share of packets lost; a link then stalls as TCP does: 200 ms, doubling.</summary>
    public double Loss { get; init; }

    /// <summary>Clocks of hubs differ by up to this much.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>Share of hubs that lie in look-ups and drop what they should pass on, once the peers have entered; signals are then counted between peers of the others.</summary>
    public double Liars { get; init; }

    /// <summary>Hubs start one after the other within this time.</summary>
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(5);
}
