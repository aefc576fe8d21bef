using System.Text;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Core.Rooms;

/// <summary>Everything that follows from a room's secret: its id, the join key, and the keys of its feeds (docs/protocol/rooms.md).</summary>
/// <remarks>Immutable and thread-safe; dispose of it to free the join key.</remarks>
public sealed class RoomKeys : IDisposable
{
    private readonly byte[] _prk;

    /// <summary>Derives the keys.</summary>
    public RoomKeys(RoomSecret secret, OwnerId owner)
    {
        _prk = Hashes.HkdfExtract("roost/1"u8, secret.ToArray());
        Join = new JoinKey(Hashes.HkdfExpand(_prk, "join"u8, 32), owner);
    }

    /// <summary>The room's id.</summary>
    public RoomId Room => Join.Room;

    /// <summary>Who may host.</summary>
    public OwnerId Owner => Join.Owner;

    /// <summary>What lets a member in.</summary>
    public JoinKey Join { get; }

    /// <summary>The public half of the join key: what a hub checks JOIN with.</summary>
    public PublicKey JoinPublicKey => Join.PublicKey;

    /// <summary>The id of the room with that owner and join key.</summary>
    public static RoomId IdOf(OwnerId owner, PublicKey joinKey)
    {
        var text = new ByteWriter().Label("roost-room-1").Id(owner.Value).Bytes(joinKey.ToArray());
        return new RoomId(Id16.Read(Hashes.Sha256(text.Written)));
    }

    /// <summary>What a JOIN signs.</summary>
    public static byte[] JoinText(ReadOnlySpan<byte> hubNonce, PeerId peer, RoomId room, SessionId session) =>
        new ByteWriter().Label("roost-join-1").Bytes(hubNonce).Id(peer).Id(room.Value).Id(session.Value).ToArray();

    /// <summary>The signature that lets <paramref name="peer"/> join through the hub that gave <paramref name="hubNonce"/>.</summary>
    public byte[] SignJoin(ReadOnlySpan<byte> hubNonce, PeerId peer, SessionId session) =>
        Join.Sign(hubNonce, peer, session);

    /// <summary>The 32-byte key that seals one feed's entries.</summary>
    public byte[] SealKey(PublicKey author, Id16 epoch) =>
        Hashes.HkdfExpand(_prk, new ByteWriter().Label("seal").Id(Room.Value).Bytes(author.ToArray()).Id(epoch).Written, 32);

    /// <summary>The 32-byte key that seals questions to the host.</summary>
    public byte[] QuestionKey() => Hashes.HkdfExpand(_prk, new ByteWriter().Label("ask").Id(Room.Value).Written, 32);

    /// <summary>The 32-byte key that seals what one session of a peer says to others (docs/protocol/signaling.md).</summary>
    public byte[] SignalKey(PeerId peer, SessionId session) =>
        Hashes.HkdfExpand(_prk, new ByteWriter().Label("signal").Id(Room.Value).Id(peer).Id(session.Value).Written, 32);

    /// <summary>A 32-byte key for another use, under a label of its own.</summary>
    public byte[] Derive(string label) => Hashes.HkdfExpand(_prk, Encoding.ASCII.GetBytes(label), 32);

    /// <inheritdoc/>
    public void Dispose() => Join.Dispose();
}
