using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Leases;

/// <summary>That a peer of a network is at a hub.</summary>
/// <param name="Key">Which peer of which network.</param>
/// <param name="Home">The hub's short id.</param>
/// <param name="Seq">When it came: by the peer's own clock for a bound id, by its hub's for a guest.</param>
/// <param name="Ttl">Seconds, counted from receipt: no two clocks are compared.</param>
/// <param name="Proof">The peer's AUTH at its home; null for a guest, for whom its hub alone vouches.</param>
public sealed record Lease(PeerKey Key, ulong Home, ulong Seq, ushort Ttl, AuthProof? Proof)
{
    /// <summary>Whether the peer itself signed that it is at this hub.</summary>
    public bool IsBound => Proof is not null;

    /// <summary>Bound beats guest; of two proofs of one key the later, of two guests the earlier; then the larger hub id decides.</summary>
    public bool Beats(Lease other) =>
        IsBound != other.IsBound ? IsBound
        : Seq != other.Seq ? IsBound == (Seq > other.Seq)
        : Home > other.Home;
}

/// <summary>What a peer signed when it entered a hub (docs/protocol/door.md, AUTH): it names the hub's key, so it serves as the peer's signature under its lease.</summary>
/// <param name="HubNonce">The hub's nonce on that connection.</param>
/// <param name="PeerKey">The peer's key.</param>
/// <param name="PeerNonce">The peer's nonce: its first 8 bytes are the lease's seq.</param>
/// <param name="Network">The network's name.</param>
/// <param name="Authority">What the peer dialled.</param>
/// <param name="Signature">The peer's.</param>
public sealed record AuthProof(ReadOnlyMemory<byte> HubNonce, PublicKey PeerKey, ReadOnlyMemory<byte> PeerNonce, string Network, string Authority, ReadOnlyMemory<byte> Signature)
{
    // Milliseconds stay below this until the year 2248; a client that fills its nonce with dice is above it, but for one in two million.
    private const ulong NotAClock = 1UL << 43;

    /// <summary>The seq that the peer gave; null if it gave none, and its hub does.</summary>
    public ulong? Seq => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(PeerNonce.Span) is var seq and < NotAClock ? seq : null;

    /// <summary>Whether it proves a lease at the hub of that key.</summary>
    public bool Proves(Lease lease, PublicKey home) =>
        PeerId.OfKey(PeerKey) == lease.Key.Peer
        && (Seq ?? lease.Seq) == lease.Seq
        && MeshIds.NetOf(Doors.RoostDoor.Dialect, Network) == lease.Key.Network
        && Ed25519.Verify(PeerKey, DoorProof.AuthMessage(home, HubNonce.Span, PeerKey, PeerNonce.Span, Network, Authority), Signature.Span);

    internal void Write(ByteWriter writer) =>
        writer.Bytes(HubNonce.Span).Bytes(PeerKey.ToArray()).Bytes(PeerNonce.Span).Str8(Network).Str8(Authority).Bytes(Signature.Span);

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out AuthProof? proof)
    {
        proof = null;
        if (!reader.TryBytes(32, out var hubNonce) || !reader.TryBytes(PublicKey.Size, out var key) || !reader.TryBytes(32, out var peerNonce)
            || !reader.TryStr8(out string network) || !reader.TryStr8(out string authority) || !reader.TryBytes(Ed25519.SignatureSize, out var signature))
        {
            return false;
        }
        proof = new(hubNonce.ToArray(), PublicKey.FromBytes(key), peerNonce.ToArray(), network, authority, signature.ToArray());
        return true;
    }
}
