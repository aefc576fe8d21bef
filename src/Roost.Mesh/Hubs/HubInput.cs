using Roost.Core.Identity;

namespace Roost.Mesh.Hubs;

/// <summary>What can happen to a hub, in the words of no door in particular: every dialect comes down to these.</summary>
/// <remarks>Bodies are borrowed until the drain after <c>Handle</c> ends; a core that keeps one copies it.</remarks>
public abstract record HubInput(ConnectionId Connection)
{
    /// <summary>Whether it came from the other end, and not from this hub's own queues and sockets.</summary>
    public bool IsSignOfLife => this is not (Dropped or Overflowed or Misbehaved or Closed);

    /// <summary>A socket was accepted; nothing is known about its owner yet.</summary>
    public sealed record Opened(ConnectionId Connection, string Dialect, ClientAddress Address) : HubInput(Connection);

    /// <summary>It said who it is. A bound id has been proved before this input is made; a guest's is only claimed.</summary>
    public sealed record Entered(ConnectionId Connection, PeerId Peer, bool Bound, NetworkName Network, Leases.AuthProof? Proof = null) : HubInput(Connection);

    /// <summary>A guest wants to be found in a network (and leaves the one it was in).</summary>
    public sealed record Announced(ConnectionId Connection, uint Re, NetworkName Network, ReadOnlyMemory<byte> Card, int MaxLinks) : HubInput(Connection);

    /// <summary>A guest says goodbye to its network; its socket stays.</summary>
    public sealed record Goodbye(ConnectionId Connection, ReadOnlyMemory<byte> Body) : HubInput(Connection);

    /// <summary>Wants to be in a room; the proof has been checked before this input is made.</summary>
    public sealed record Joined(ConnectionId Connection, uint Re, RoomId Room, SessionId Session, bool IsHost, bool HostsOnly) : HubInput(Connection);

    /// <summary>Leaves a room.</summary>
    public sealed record Left(ConnectionId Connection, RoomId Room) : HubInput(Connection);

    /// <summary>
    /// To one peer of the sender's network. <paramref name="Tag"/> is the dialect's own and passes unread;
    /// <paramref name="Settles"/> says that it answers an introduction.
    /// </summary>
    public sealed record Signal(ConnectionId Connection, uint Re, PeerId To, byte Tag, ReadOnlyMemory<byte> Body, bool Settles = false) : HubInput(Connection);

    /// <summary>To all others in a room.</summary>
    public sealed record Cast(ConnectionId Connection, uint Re, RoomId Room, ReadOnlyMemory<byte> Body) : HubInput(Connection);

    /// <summary>To one member of a room.</summary>
    public sealed record Send(ConnectionId Connection, uint Re, RoomId Room, PeerId To, ReadOnlyMemory<byte> Body) : HubInput(Connection);

    /// <summary>Something came from it that needs no decision: a pong, a frame that the door answered itself.</summary>
    public sealed record Heard(ConnectionId Connection) : HubInput(Connection);

    /// <summary>A CAST or SEND did not fit its queue and was dropped.</summary>
    public sealed record Dropped(ConnectionId Connection, RoomId Room, PeerId From) : HubInput(Connection);

    /// <summary>A frame that must not be lost did not fit its queue.</summary>
    public sealed record Overflowed(ConnectionId Connection) : HubInput(Connection);

    /// <summary>Its queue, which had been full, is empty.</summary>
    public sealed record Writable(ConnectionId Connection) : HubInput(Connection);

    /// <summary>Its door refused what it said so badly that it was closed.</summary>
    public sealed record Misbehaved(ConnectionId Connection, Refusal Why, uint Re, string? Detail = null) : HubInput(Connection);

    /// <summary>The socket is gone.</summary>
    public sealed record Closed(ConnectionId Connection) : HubInput(Connection);

    /// <summary>A private hub shall serve this room (<see cref="HubLimits.PrivateRooms"/>).</summary>
    public sealed record RoomOpened(RoomId Room) : HubInput(default(ConnectionId));

    /// <summary>A private hub shall no longer serve this room; who is in it stays until they leave.</summary>
    public sealed record RoomClosed(RoomId Room) : HubInput(default(ConnectionId));

    /// <summary>What a store remembers: these ids were proved by a key and are refused to guests until then.</summary>
    public sealed record BoundRemembered(PeerId Peer, Core.Cores.Instant Until) : HubInput(default(ConnectionId));

    /// <summary>Something happened in the mesh.</summary>
    public sealed record FromMesh(Federation.MeshInput Input) : HubInput(default(ConnectionId));

    /// <summary>The operator removes a peer from the hub.</summary>
    public sealed record Kicked(PeerId Peer) : HubInput(default(ConnectionId));

    /// <summary>The hub is going down: everyone is told and closed, nobody is let in.</summary>
    public sealed record ShuttingDown() : HubInput(default(ConnectionId));
}
