using Roost.Core.Identity;
using Roost.Mesh.Leases;
using Roost.Mesh.Membership;
using Roost.Mesh.Topics;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Federation;

/// <summary>Names a network between hubs: the first 8 bytes of H(dialect ‖ 0 ‖ network).</summary>
public readonly record struct NetId(ulong Value)
{
    /// <summary>Another in each process: a hub that invents networks cannot make many of them share one place in a table.</summary>
    public override int GetHashCode() => HashCode.Combine((int)Value, (int)(Value >> 32));
}

/// <summary>Names a room of a network.</summary>
public readonly record struct RoomKey(NetId Network, RoomId Room);

/// <summary>Names a peer of a network.</summary>
public readonly record struct PeerKey(NetId Network, PeerId Peer)
{
    /// <summary>Whether both are the same.</summary>
    public bool Equals(PeerKey other) => Peer.Equals(other.Peer) && Network.Value == other.Network.Value;

    /// <summary>Another in each process.</summary>
    public override int GetHashCode() => HashCode.Combine(Peer, (int)Network.Value, (int)(Network.Value >> 32));
}

/// <summary>What a <see cref="MeshFrame.Carry"/> is on its way to.</summary>
[Flags]
public enum CarryWay : byte
{
    /// <summary>From whoever opened the stream, to the hub in the middle.</summary>
    None = 0,

    /// <summary>From the hub in the middle to the other end.</summary>
    Arrived = 1,

    /// <summary>Towards whoever opened the stream.</summary>
    Back = 2,

    /// <summary>It opens the stream.</summary>
    First = 4,

    /// <summary>It ends the stream; the body is one byte, a <see cref="Links.LinkRefusal"/>.</summary>
    Last = 8,
}

/// <summary>What hubs say to each other on a proven link (docs/protocol/mesh.md). Bodies are slices of the batch they came in.</summary>
public abstract record MeshFrame
{
    private MeshFrame() { }

    /// <summary>A sign of life is wanted.</summary>
    public sealed record Ping(uint Echo) : MeshFrame;

    /// <summary>A sign of life.</summary>
    public sealed record Pong(uint Echo) : MeshFrame;

    /// <summary>Is that hub alive, as seen from you?</summary>
    public sealed record Probe(uint Question, HubId Hub) : MeshFrame;

    /// <summary>It is, or I cannot say.</summary>
    public sealed record Probed(uint Question, bool Alive) : MeshFrame;

    /// <summary>That hub cannot reach you; dial it.</summary>
    public sealed record Wanted(HubId By) : MeshFrame;

    /// <summary>Nothing more comes on this link; close it when you have sent what you had.</summary>
    public sealed record Done : MeshFrame;

    /// <summary>News, passed on by a tree: records, and suspicions.</summary>
    public sealed record News(IReadOnlyList<HubRecord> Records, IReadOnlyList<HubView> Suspects) : MeshFrame;

    /// <summary>News that the sender has and did not send.</summary>
    public sealed record Have(IReadOnlyList<ulong> Ids) : MeshFrame;

    /// <summary>Send me these, and what is new from here on.</summary>
    public sealed record Graft(IReadOnlyList<ulong> Ids) : MeshFrame;

    /// <summary>I had that already: send me only its name from here on.</summary>
    public sealed record Prune : MeshFrame;

    /// <summary>Will you be my neighbour? <paramref name="Urgent"/>: I have none.</summary>
    public sealed record Neighbour(bool Urgent) : MeshFrame;

    /// <summary>The answer; also unasked, to end it.</summary>
    public sealed record Neighbourly(bool Yes) : MeshFrame;

    /// <summary>A fingerprint of all that is known of hubs.</summary>
    public sealed record Summary(ulong Fingerprint) : MeshFrame;

    /// <summary>Fingerprints of the 256 ranges of hub ids, those that are not empty.</summary>
    public sealed record Ranges(IReadOnlyList<(byte Range, ulong Fingerprint)> List) : MeshFrame;

    /// <summary>All that is known of the hubs in these ranges.</summary>
    public sealed record Views(IReadOnlyList<byte> Of, IReadOnlyList<HubView> List) : MeshFrame;

    /// <summary>Send the records of these.</summary>
    public sealed record Want(IReadOnlyList<HubId> Hubs) : MeshFrame;

    /// <summary>Leases of peers whose home the sender is.</summary>
    public sealed record Put(IReadOnlyList<Lease> Leases) : MeshFrame;

    /// <summary>The peer has left its home, the sender.</summary>
    public sealed record Drop(PeerKey Key, ulong Seq) : MeshFrame;

    /// <summary>Where is that peer?</summary>
    public sealed record Find(uint Question, PeerKey Key) : MeshFrame;

    /// <summary>The answer to a FIND, or to a PUT that an older lease stands against (<paramref name="Question"/> 0).</summary>
    public sealed record Found(uint Question, PeerKey Key, Lease? Lease) : MeshFrame;

    /// <summary>Another hub has a guest of this id: does yours live?</summary>
    public sealed record Contest(PeerKey Key) : MeshFrame;

    /// <summary>It does, or it is gone.</summary>
    public sealed record Contested(PeerKey Key, bool Lives) : MeshFrame;

    /// <summary>From one peer to another. <paramref name="Re"/> comes back in a NACK.</summary>
    public sealed record Signal(NetId Network, byte Hops, PeerId From, PeerId To, byte Tag, bool Settles, uint Re, ReadOnlyMemory<byte> Body) : MeshFrame;

    /// <summary>Not delivered, and given back; <paramref name="MovedTo"/> is the short id of the hub it is at now, 0 if unknown.</summary>
    public sealed record Nack(ulong MovedTo, Signal Returned) : MeshFrame;

    /// <summary>The sender has members in these rooms.</summary>
    public sealed record Subscribe(IReadOnlyList<RoomKey> Rooms) : MeshFrame;

    /// <summary>The sender has no member in that room any more.</summary>
    public sealed record Unsubscribe(RoomKey Room) : MeshFrame;

    /// <summary>Hubs that have members in the room, by short id.</summary>
    public sealed record Interested(RoomKey Room, IReadOnlyList<ulong> Hubs) : MeshFrame;

    /// <summary>Members of a room at the sender. <paramref name="Ask"/>: send me yours.</summary>
    public sealed record Roster(RoomKey Room, bool Ask, bool First, IReadOnlyList<Member> Members) : MeshFrame;

    /// <summary>A member joined at the sender.</summary>
    public sealed record Joined(RoomKey Room, Member Member) : MeshFrame;

    /// <summary>A member of the sender left.</summary>
    public sealed record Left(RoomKey Room, PeerId Peer, LeftReason Reason) : MeshFrame;

    /// <summary>To all members of a room at the receiver.</summary>
    public sealed record Cast(RoomKey Room, PeerId From, ReadOnlyMemory<byte> Body) : MeshFrame;

    /// <summary>To one member of a room at the receiver.</summary>
    public sealed record Send(RoomKey Room, PeerId From, PeerId To, ReadOnlyMemory<byte> Body) : MeshFrame;

    /// <summary>Frames of a member of the sender were lost on the way.</summary>
    public sealed record Gap(RoomKey Room, PeerId From, uint Dropped) : MeshFrame;

    /// <summary>A guest at the sender wants to be found; to the hub that introduces its network.</summary>
    public sealed record Guest(NetId Network, PeerId Peer, ushort MaxLinks, ReadOnlyMemory<byte> Card) : MeshFrame;

    /// <summary>A guest at the sender is gone. <paramref name="Tell"/>: it said no goodbye, so those who know of it are told.</summary>
    public sealed record GuestGone(NetId Network, PeerId Peer, bool Tell) : MeshFrame;

    /// <summary>A guest at the sender answered an introduction.</summary>
    public sealed record Answered(NetId Network, PeerId From, PeerId To) : MeshFrame;

    /// <summary>Tell your guest <paramref name="To"/> of another.</summary>
    public sealed record Introduce(NetId Network, PeerId To, PeerId About, ReadOnlyMemory<byte> Card) : MeshFrame;

    /// <summary>Tell your guest <paramref name="To"/> that another is no longer there.</summary>
    public sealed record Departed(NetId Network, PeerId To, PeerId About) : MeshFrame;

    /// <summary>A guest's own goodbye, for all of its network at the receiver.</summary>
    public sealed record Goodbye(NetId Network, PeerId From, ReadOnlyMemory<byte> Body) : MeshFrame;

    /// <summary>
    /// One message of a link between two hubs that cannot reach each other, through a third. <paramref name="Hub"/> is where it shall go, or, once
    /// <see cref="CarryWay.Arrived"/>, whom it is from.
    /// </summary>
    public sealed record Carry(HubId Hub, uint Stream, CarryWay Way, ReadOnlyMemory<byte> Body) : MeshFrame;

    /// <summary>Something that was published at the sender.</summary>
    public sealed record Topic(TopicRecord Record) : MeshFrame;

    /// <summary>What do you keep under that topic?</summary>
    public sealed record Seek(uint Question, string Name) : MeshFrame;

    /// <summary>The answer.</summary>
    public sealed record Sought(uint Question, TopicRecord? Record) : MeshFrame;

    /// <summary>A type of a later version; ignored.</summary>
    public sealed record Unknown(byte Type) : MeshFrame;
}
