using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Mesh.Hubs;

/// <summary>What the core knows of one socket.</summary>
internal sealed class Connection(ConnectionId id, string dialect, ClientAddress address, Instant now)
{
    public ConnectionId Id { get; } = id;

    public string Dialect { get; } = dialect;

    public ClientAddress Address { get; } = address;

    public Instant OpenedAt { get; } = now;

    public Instant LastHeard { get; set; } = now;

    /// <summary>When it was asked for a sign of life that has not come.</summary>
    public Instant? ProbedAt { get; set; }

    /// <summary>It was asked to go to another hub.</summary>
    public bool AskedToGo { get; set; }

    public PeerId Peer { get; set; }

    public bool Bound { get; set; }

    /// <summary>Null until it said who it is and was let in.</summary>
    public Network? Network { get; set; }

    /// <summary>Whether it asked to be found by others of its network.</summary>
    public bool Announced { get; set; }

    /// <summary>What it announced about itself; a copy of its own.</summary>
    public ReadOnlyMemory<byte> Card { get; set; }

    public Instant AnnouncedAt { get; set; }

    /// <summary>Links it said it takes.</summary>
    public int MaxLinks { get; set; }

    /// <summary>What it signed when it entered; null for a guest.</summary>
    public Leases.AuthProof? Proof { get; set; }

    public List<Room> Rooms { get; } = [];

    /// <summary>Frames lost to its full queue, per room and source; null while none.</summary>
    public Dictionary<(RoomId Room, PeerId From), uint>? Gaps { get; set; }
}

/// <summary>One network of one dialect: who is in it, and its rooms.</summary>
internal sealed class Network(NetworkName name)
{
    public NetworkName Name { get; } = name;

    /// <summary>Its name between hubs.</summary>
    public Federation.NetId Id { get; } = Federation.MeshIds.NetOf(name.Dialect, name.Name);

    public Dictionary<PeerId, Connection> Peers { get; } = [];

    public Dictionary<RoomId, Room> Rooms { get; } = [];

    /// <summary>Who introduced its guests when last looked at; null: this hub.</summary>
    public HubId? IntroducedBy { get; set; }

    /// <summary>Guests that asked to be found.</summary>
    public int Announced { get; set; }

    public bool IsEmpty => Peers.Count == 0;
}
