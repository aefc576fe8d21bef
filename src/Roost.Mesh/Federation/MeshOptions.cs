using Roost.Mesh.Hubs;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Federation;

/// <summary>What a hub's part in a mesh may be and cost. A test overfills each limit.</summary>
public sealed record MeshOptions
{
    /// <summary>This hub's key, run and mesh.</summary>
    public required LinkSelf Self { get; init; }

    /// <summary>Where this hub can be dialled, best first; empty for a leaf. Asked again at every record, since the port is known late.</summary>
    public Func<IReadOnlyList<string>> Urls { get; init; } = static () => [];

    /// <summary>REGION.</summary>
    public string Region { get; init; } = "global";

    /// <summary>Hubs to meet first, as ws:// or wss:// URLs; tried for ever.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Like <see cref="Seeds"/>, but nobody named them: the operator is not told that they are not there.</summary>
    public IReadOnlyList<string> Guesses { get; init; } = [];

    /// <summary>How long a signal for a target that is not found is kept. Seed 002: SIGNALING_TIMEOUT, 5,000 ms.</summary>
    public TimeSpan SignalingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Hubs up to which every hub keeps every lease (mode F).</summary>
    public int FullUpTo { get; init; } = 8;

    /// <summary>Hubs that own a lease above that (mode O).</summary>
    public int Owners { get; init; } = 5;

    /// <summary>Hubs that keep who is interested in a room.</summary>
    public int RoomOwners { get; init; } = 2;

    /// <summary>Neighbours wanted in the overlay. HyParView's active view.</summary>
    public int Neighbours { get; init; } = 8;

    /// <summary>Neighbours taken when others ask.</summary>
    public int MaxNeighbours { get; init; } = 10;

    /// <summary>A neighbour silent for this long is pinged.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A neighbour silent for this long is suspected: two pings missed.</summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One dead hub is dialled per this time.</summary>
    public TimeSpan RedialEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a dead hub is remembered and dialled.</summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromDays(7);

    /// <summary>A link that is nobody's neighbour and carries nothing for this long is closed by its dialler.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often fingerprints are compared with a random neighbour.</summary>
    public TimeSpan CompareEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a lease lives without being repeated. Its home repeats it well before.</summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(660);

    /// <summary>How often leases are repeated.</summary>
    public TimeSpan LeaseEvery { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long an answer to a look-up is used.</summary>
    public TimeSpan RouteFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a guest may take to show that it lives when another hub has a guest of its id.</summary>
    public TimeSpan ContestFor { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Hubs known at one time, dead ones too.</summary>
    public int MaxHubs { get; init; } = 16_384;

    /// <summary>News of hubs whose names are remembered, so that they are passed on once; above it the oldest half is forgotten.</summary>
    public int MaxNews { get; init; } = 65_536;

    /// <summary>Leases of all homes, from which on each home has only an even share of them; at most twice as many.</summary>
    public int MaxLeases { get; init; } = 2_000_000;

    /// <summary>Leases kept of one home.</summary>
    public int MaxLeasesPerHome { get; init; } = 200_000;

    /// <summary>Answers to look-ups that are kept.</summary>
    public int MaxRoutes { get; init; } = 65_536;

    /// <summary>Signals parked at one time, and for one target.</summary>
    public int MaxParked { get; init; } = 16_384;

    /// <summary>Bytes of parked signals; those of unproven sources that one hub sent have a quarter of it, and of <see cref="MaxParked"/>.</summary>
    public int MaxParkedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Signals parked for one target.</summary>
    public int MaxParkedPerTarget { get; init; } = 256;

    /// <summary>Frames that wait for a link that is being dialled.</summary>
    public int MaxPending { get; init; } = 4_096;

    /// <summary>Rooms that one hub may subscribe to here.</summary>
    public int MaxRoomsPerHub { get; init; } = 100_000;

    /// <summary>Bytes of what is published under topics and kept here; of one hub a quarter of it.</summary>
    public int MaxTopicBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Members that one hub may name in one room.</summary>
    public int MaxMembersPerHub { get; init; } = 10_000;

    /// <summary>Frames one hub may send a second, averaged, and at once; over it, look-ups and announcements of it are not answered.</summary>
    public RateLimit Questions { get; init; } = new(20_000, 200_000);

    /// <summary>How long a hub that cannot be dialled may take to dial this one, before another hub is asked to carry the link. A dial that takes longer counts as failed so far.</summary>
    public TimeSpan CarryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes a second, averaged, and at once, that this hub carries for one other between hubs that cannot reach each other; over it, the carried link ends.</summary>
    public RateLimit Carries { get; init; } = new(2_000_000, 8_000_000);

    /// <summary>The record to keep, or null if nobody signed it so; a simulation of a thousand hubs checks once and keeps one for all of them.</summary>
    public Func<HubRecord, HubRecord?> Accept { get; init; } = static record => record.IsValid() ? record : null;
}
