using System.Buffers.Binary;
using System.Security.Cryptography;
using Roost.Core.Codec;
using Roost.Core.Crypto;

namespace Roost.Core.Feeds;

/// <summary>The hash chain over a feed's sealed entries: position and running hash. Not thread-safe.</summary>
public sealed class FeedChain
{
    private readonly byte[] _hash = new byte[32];

    /// <summary>Starts before entry 1.</summary>
    public FeedChain(FeedId feed)
    {
        Feed = feed;
        feed.ChainStart.CopyTo(_hash);
    }

    private FeedChain(FeedChain other)
    {
        Feed = other.Feed;
        N = other.N;
        other._hash.CopyTo(_hash, 0);
    }

    /// <summary>Whose chain it is.</summary>
    public FeedId Feed { get; }

    /// <summary>The number of the last entry taken in; 0 at the start.</summary>
    public ulong N { get; private set; }

    /// <summary>chainₙ, 32 bytes; valid until the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The text that the author signs at a chain value: it names the feed and the position, so that HEAD can claim neither falsely.</summary>
    public static byte[] SignedText(FeedId feed, ulong n, ReadOnlySpan<byte> chain)
        => new ByteWriter(96).Label("roost-chain-1").Bytes(feed.ChainStart).U64(n).Bytes(chain).ToArray();

    /// <summary>An independent copy, to try entries on that are not verified yet.</summary>
    public FeedChain Fork() => new(this);

    /// <summary>Takes in the next entry.</summary>
    public void Add(EntryKind kind, ReadOnlySpan<byte> @sealed)
    {
        N++;
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteUInt64BigEndian(head, N);
        head[8] = (byte)kind;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hash);
        hash.AppendData(head);
        hash.AppendData(@sealed);
        hash.GetHashAndReset(_hash);
    }

    /// <summary>The author's signature over where the chain stands.</summary>
    public byte[] Sign(SigningKey author) => author.Sign(SignedText(Feed, N, _hash));

    /// <summary>Whether <paramref name="signature"/> is the author's over where the chain stands.</summary>
    public bool Verify(ReadOnlySpan<byte> signature) => Ed25519.Verify(Feed.Author, SignedText(Feed, N, _hash), signature);
}
