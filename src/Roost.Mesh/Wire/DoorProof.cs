using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;

namespace Roost.Mesh.Wire;

/// <summary>What is signed at the <c>/roost</c> door (docs/protocol/door.md, "Proof" and "JOIN"), for both ends.</summary>
public static class DoorProof
{
    /// <summary>What AUTH's signature covers.</summary>
    public static byte[] AuthMessage(PublicKey hub, ReadOnlySpan<byte> hubNonce, PublicKey peer, ReadOnlySpan<byte> peerNonce, string network, string authority) =>
        Transcript("roost-peer-1", hub, hubNonce, peer, peerNonce, network, authority).ToArray();

    /// <summary>What WELCOME's signature covers.</summary>
    public static byte[] WelcomeMessage(PublicKey hub, ReadOnlySpan<byte> hubNonce, PublicKey peer, ReadOnlySpan<byte> peerNonce, string network, string authority, ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[32];
        Hashes.Sha256(json, hash);
        return Transcript("roost-welcome-1", hub, hubNonce, peer, peerNonce, network, authority).Bytes(hash).ToArray();
    }

    /// <summary>What JOIN's signature, made with the room's join key, covers.</summary>
    public static byte[] JoinMessage(ReadOnlySpan<byte> hubNonce, PeerId peer, RoomId room, SessionId session) => RoomKeys.JoinText(hubNonce, peer, room, session);

    /// <summary>The room that an owner and a join key name (docs/protocol/rooms.md).</summary>
    public static RoomId RoomOf(OwnerId owner, PublicKey joinKey) => RoomKeys.IdOf(owner, joinKey);

    /// <summary>Whether a JOIN proves, without any state, that its sender knows the room's secret.</summary>
    public static bool IsValid(DoorFrame.Join join, ReadOnlySpan<byte> hubNonce, PeerId peer) =>
        RoomOf(join.Owner, join.JoinKey) == join.Room
        && Ed25519.Verify(join.JoinKey, JoinMessage(hubNonce, peer, join.Room, join.Session), join.Signature.Span);

    private static ByteWriter Transcript(string label, PublicKey hub, ReadOnlySpan<byte> hubNonce, PublicKey peer, ReadOnlySpan<byte> peerNonce, string network, string authority) =>
        new ByteWriter(512).Label(label).Bytes(hub.ToArray()).Bytes(hubNonce).Bytes(peer.ToArray()).Bytes(peerNonce).Str8(network).Str8(authority);
}
