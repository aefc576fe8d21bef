using System.Buffers.Binary;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Core.Feeds;

/// <summary>Names a feed: one author's log in one room, in one epoch (docs/protocol/feeds.md).</summary>
/// <param name="Room">The room.</param>
/// <param name="Author">Whose log it is.</param>
/// <param name="Epoch">Unix milliseconds u48 ‖ 10 random bytes.</param>
public sealed record FeedId(RoomId Room, PublicKey Author, Id16 Epoch)
{
    private byte[]? _chainStart;

    /// <summary>chain₀: what the chain of entries starts from, 32 bytes.</summary>
    public ReadOnlySpan<byte> ChainStart => _chainStart ??=
        Hashes.Sha256(new ByteWriter().Label("roost-log-1").Id(Room.Value).Bytes(Author.ToArray()).Id(Epoch).Written);

    /// <summary>feed8: the feed's name inside its room.</summary>
    public ulong Short => BinaryPrimitives.ReadUInt64BigEndian(ChainStart);

    /// <summary>A new epoch that starts at <paramref name="now"/>.</summary>
    public static Id16 NewEpoch(Instant now, Dice dice)
    {
        Span<byte> bytes = stackalloc byte[Id16.Size];
        dice.Fill(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)now.UnixMilliseconds << 16 | BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]));
        return Id16.Read(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(FeedId? other) => other is not null && Room == other.Room && Author == other.Author && Epoch == other.Epoch;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Room, Author, Epoch);
}
