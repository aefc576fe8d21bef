using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

/// <summary>What a hub wants done, in the words of no door in particular: each door writes it in its own language.</summary>
/// <remarks>Bodies are borrowed from the input and end with the drain.</remarks>
public abstract record HubEffect
{
    private HubEffect() { }

    /// <summary>Let it in: WELCOME, or a dialect's <c>connected</c>.</summary>
    public sealed record Admit(ConnectionId To, PeerId Peer) : HubEffect;

    /// <summary>Tell it why not; closes it where <see cref="Refusals"/> says so. <paramref name="About"/> is what was refused, where a door's words name it.</summary>
    public sealed record Refuse(ConnectionId To, Refusal Why, uint Re, string? Detail = null, HubInput? About = null) : HubEffect;

    /// <summary>Ask the socket for a sign of life.</summary>
    public sealed record Probe(ConnectionId To) : HubEffect;

    /// <summary>Drop a socket that gives none.</summary>
    public sealed record Abort(ConnectionId To) : HubEffect;

    /// <summary>Who is in the room it joined; <paramref name="More"/> while further parts follow.</summary>
    public sealed record Members(ConnectionId To, RoomId Room, bool More, IReadOnlyList<Member> List) : HubEffect;

    /// <summary>Someone joined the room.</summary>
    public sealed record MemberJoined(Recipients To, RoomId Room, Member Member) : HubEffect;

    /// <summary>Someone left the room.</summary>
    public sealed record MemberLeft(Recipients To, RoomId Room, PeerId Peer, LeftReason Reason) : HubEffect;

    /// <summary>Deliver to one peer of a network.</summary>
    public sealed record Signal(ConnectionId To, PeerId ToPeer, PeerId From, string Network, byte Tag, ReadOnlyMemory<byte> Body) : HubEffect;

    /// <summary>Deliver to the members of a room.</summary>
    public sealed record Cast(Recipients To, RoomId Room, PeerId From, ReadOnlyMemory<byte> Body) : HubEffect;

    /// <summary>Deliver to one member of a room.</summary>
    public sealed record Send(ConnectionId To, PeerId ToPeer, RoomId Room, PeerId From, ReadOnlyMemory<byte> Body) : HubEffect;

    /// <summary>So many frames of that source were dropped.</summary>
    public sealed record Gap(ConnectionId To, RoomId Room, PeerId From, uint Dropped) : HubEffect;

    /// <summary>Tell a guest of another, whose own card is <paramref name="Card"/>.</summary>
    public sealed record Introduce(ConnectionId To, PeerId ToPeer, PeerId Peer, string Network, ReadOnlyMemory<byte> Card) : HubEffect;

    /// <summary>Tell guests that one of their network is no longer here.</summary>
    public sealed record Departed(Recipients To, PeerId Peer, string Network) : HubEffect;

    /// <summary>Pass a guest's own goodbye to its network.</summary>
    public sealed record Goodbye(Recipients To, PeerId From, string Network, ReadOnlyMemory<byte> Body) : HubEffect;

    /// <summary>Do something in the mesh.</summary>
    public sealed record ToMesh(Federation.MeshEffect Effect) : HubEffect;

    /// <summary>Keep for the next start: guests may not use this id until then.</summary>
    public sealed record RememberBound(PeerId Peer, Instant Until) : HubEffect;
}
