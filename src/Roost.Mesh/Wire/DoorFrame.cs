using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Mesh.Wire;

/// <summary>A message of the <c>/roost</c> door (docs/protocol/door.md). Payloads are slices of the message they were read from.</summary>
public abstract record DoorFrame
{
    private DoorFrame() { }

    /// <summary>The hub's first word.</summary>
    /// <param name="Version">1.</param>
    /// <param name="HubKey">Whose proof WELCOME will carry.</param>
    /// <param name="HubNonce">32 random bytes, new for every connection.</param>
    public sealed record Hello(byte Version, PublicKey HubKey, ReadOnlyMemory<byte> HubNonce) : DoorFrame;

    /// <summary>The peer proves its key and says which network it is for and whom it dialled.</summary>
    public sealed record Auth(PublicKey PeerKey, ReadOnlyMemory<byte> PeerNonce, string Network, string Authority, ReadOnlyMemory<byte> Signature) : DoorFrame;

    /// <summary>The hub proves its key; <paramref name="Json"/> says what it offers.</summary>
    public sealed record Welcome(ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> Json) : DoorFrame;

    /// <summary>Asks to be in a room, with the proof that the room's secret is known.</summary>
    public sealed record Join(RoomId Room, OwnerId Owner, PublicKey JoinKey, SessionId Session, byte Flags, ReadOnlyMemory<byte> Signature) : DoorFrame;

    /// <summary>Leaves a room.</summary>
    public sealed record Leave(RoomId Room) : DoorFrame;

    /// <summary>Who is in the room; <paramref name="More"/> while further frames follow.</summary>
    public sealed record Members(RoomId Room, bool More, IReadOnlyList<Member> List) : DoorFrame;

    /// <summary>A member came.</summary>
    public sealed record Joined(RoomId Room, Member Member) : DoorFrame;

    /// <summary>A member went.</summary>
    public sealed record Left(RoomId Room, PeerId Peer, LeftReason Reason) : DoorFrame;

    /// <summary>To one peer of the network. <paramref name="From"/> is stamped by the hub and absent on the way to it.</summary>
    public sealed record Signal(PeerId From, PeerId To, ReadOnlyMemory<byte> Payload) : DoorFrame;

    /// <summary>To all others in a room. <paramref name="From"/> as in <see cref="Signal"/>.</summary>
    public sealed record Cast(PeerId From, RoomId Room, ReadOnlyMemory<byte> Payload) : DoorFrame;

    /// <summary>To one member of a room. <paramref name="From"/> as in <see cref="Signal"/>.</summary>
    public sealed record Send(PeerId From, RoomId Room, PeerId To, ReadOnlyMemory<byte> Payload) : DoorFrame;

    /// <summary>So many of <paramref name="From"/>'s frames in the room did not fit this reader's queue.</summary>
    public sealed record Gap(RoomId Room, PeerId From, uint Dropped) : DoorFrame;

    /// <summary>Asks for a <see cref="Pong"/> with the same bytes.</summary>
    public sealed record Ping(ReadOnlyMemory<byte> Echo) : DoorFrame;

    /// <summary>Answers a <see cref="Ping"/>.</summary>
    public sealed record Pong(ReadOnlyMemory<byte> Echo) : DoorFrame;

    /// <summary>The hub refused frame number <paramref name="Re"/> (0xFFFFFFFF: none in particular).</summary>
    public sealed record Error(ushort Code, uint Re, string Text) : DoorFrame;

    /// <summary>The peer goes to another hub: nothing more comes from it here, and it waits for the hub to send what it has and to close.</summary>
    public sealed record Goodbye : DoorFrame;

    /// <summary>A type that this version does not know; ignored, and answered with <c>unknown-type</c> by a hub.</summary>
    public sealed record Unknown(byte Type) : DoorFrame;
}

/// <summary>One line of MEMBERS.</summary>
/// <param name="Peer">Who.</param>
/// <param name="Session">Which run of it.</param>
/// <param name="IsHost">Whether its key hashes to the room's owner.</param>
public readonly record struct Member(PeerId Peer, SessionId Session, bool IsHost);

/// <summary>Why a member went, as LEFT says it.</summary>
public enum LeftReason : byte
{
    /// <summary>It said so.</summary>
    Left = 0,

    /// <summary>Its connection is gone.</summary>
    ConnectionLost = 1,

    /// <summary>A newer connection proved the same key.</summary>
    Replaced = 2,

    /// <summary>The operator removed it.</summary>
    Removed = 3,
}

/// <summary>Who wrote a frame: delivered frames carry the sender, a peer's own do not.</summary>
public enum DoorSide
{
    /// <summary>Written by a peer, read by a hub.</summary>
    Peer,

    /// <summary>Written by a hub, read by a peer.</summary>
    Hub,
}
