namespace Roost.Mesh.Sessions;

/// <summary>What a keeper gives away. A test overfills each.</summary>
public sealed record KeeperLimits
{
    /// <summary>Rooms at one time.</summary>
    public int MaxRooms { get; init; } = 1_000;

    /// <summary>Bytes of one feed; what comes after is not kept.</summary>
    public long MaxBytesPerRoom { get; init; } = 64L * 1024 * 1024;

    /// <summary>The longest time after the host was last here.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often what has run out is looked for.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(1);
}
