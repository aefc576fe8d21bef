namespace Roost.Mesh.Hubs;

/// <summary>Everything a hub has a limit for. A test overfills each.</summary>
public sealed record HubLimits
{
    /// <summary>Connections at one time.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Connections from one address (an IPv6 /64 is one). High, because all clients of a reverse proxy share its address.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 8_192;

    /// <summary>Rooms that one connection is in.</summary>
    public int MaxRoomsPerConnection { get; init; } = 64;

    /// <summary>Room memberships that all connections of one address have together.</summary>
    public int MaxRoomsPerAddress { get; init; } = 8_192;

    /// <summary>Members of one room.</summary>
    public int MaxMembersPerRoom { get; init; } = 10_000;

    /// <summary>Rooms of the hub.</summary>
    public int MaxRooms { get; init; } = 100_000;

    /// <summary>Guests of one network, at all hubs, that one hub introduces.</summary>
    public int MaxGuestsPerNetwork { get; init; } = 50_000;

    /// <summary>Guests at other hubs, in all networks, that one hub introduces; of one hub a quarter of it.</summary>
    public int MaxGuestsElsewhere { get; init; } = 200_000;

    /// <summary>Bytes of the card with which a guest announces itself; it is sent to others, so it is small.</summary>
    public int MaxCardBytes { get; init; } = 8 * 1024;

    /// <summary>Frames waiting for one reader. Then CAST and SEND are dropped and a SIGNAL closes it.</summary>
    public int MaxQueuedFrames { get; init; } = 256;

    /// <summary>Bytes waiting for one reader, whatever the frames.</summary>
    public int MaxQueuedBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Rooms and sources for which one slow reader's lost frames are counted apart.</summary>
    public int MaxGapsPerConnection { get; init; } = 1_024;

    /// <summary>Ids that are refused to guests because a key proved them; the oldest are forgotten first.</summary>
    public int MaxBoundIds { get; init; } = 100_000;

    /// <summary>How long an id that a key proved is refused to guests (docs/protocol/identity.md).</summary>
    public TimeSpan BoundFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a connection may take to say who it is (docs/protocol/door.md).</summary>
    public TimeSpan EnterWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection silent for this long is asked for a sign of life. Below the 30 s after which cheap NATs and proxies forget.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long after that it may stay silent before it is dropped.</summary>
    public TimeSpan PongWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the socket that uses an id may take to show that it lives when another wants the id. Three seconds with the tick.</summary>
    public TimeSpan ContestFor { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>Frames a connection may send a second, averaged, and at once.</summary>
    public RateLimit Frames { get; init; } = new(1_000, 4_000);

    /// <summary>Bytes a connection may send a second, averaged, and at once. A host that answers late joiners sends megabytes.</summary>
    public RateLimit Bytes { get; init; } = new(16 * 1024 * 1024, 64 * 1024 * 1024);

    /// <summary>Proofs (JOIN) a connection may have checked a second, and at once: each costs the hub a signature.</summary>
    public RateLimit Proofs { get; init; } = new(20, 128);

    /// <summary>Own peers asked a second to go to another hub while the operator takes this one out: others must take them in.</summary>
    public int AskedToGoPerSecond { get; init; } = 500;

    /// <summary>Whom guests are told of.</summary>
    public DiscoveryMode Discovery { get; init; } = DiscoveryMode.Auto;

    /// <summary>Peers of a network up to which <see cref="DiscoveryMode.Auto"/> tells everybody of everybody.</summary>
    public int AutoFullUpTo { get; init; } = 6;

    /// <summary>Serve only rooms that were registered (<see cref="HubInput.RoomOpened"/>): the private hub of one session.</summary>
    public bool PrivateRooms { get; init; }
}

/// <summary>A token bucket's shape.</summary>
/// <param name="PerSecond">Refill.</param>
/// <param name="Burst">Size.</param>
public readonly record struct RateLimit(double PerSecond, double Burst);
