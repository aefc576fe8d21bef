using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Core.Feeds;

/// <summary>A frame about feeds, carried as payload of CAST and SEND or over a data channel (docs/protocol/feeds.md).</summary>
public abstract record FeedFrame
{
    /// <summary>The most bytes of entries that one answer to <see cref="Want"/> holds.</summary>
    public const int MaxAnswer = 1 << 20;

    private FeedFrame()
    {
    }

    /// <summary>One new entry, signed.</summary>
    public sealed record Live(ulong Feed, FeedEntry Entry, ReadOnlyMemory<byte> Signature) : FeedFrame;

    /// <summary>Where a feed stands.</summary>
    public sealed record Head(PublicKey Author, Id16 Epoch, ulong N, ReadOnlyMemory<byte> Chain, ReadOnlyMemory<byte> Signature) : FeedFrame;

    /// <summary>Asks for entries above <paramref name="After"/>, at most <paramref name="Budget"/> bytes; Feed 0 asks for what there is.</summary>
    public sealed record Want(ulong Feed, ulong After, ulong Budget) : FeedFrame;

    /// <summary>Consecutive entries from <paramref name="First"/>; <paramref name="End"/> closes an answer.</summary>
    public sealed record Pack(ulong Feed, ulong First, PackEnd? End, IReadOnlyList<FeedEntry> Entries) : FeedFrame;

    /// <summary>All entries up to <paramref name="N"/> have been read.</summary>
    public sealed record Ack(ulong Feed, ulong N) : FeedFrame;
}

/// <summary>What closes an answer: the number of the newest entry there is, and the signature of the last entry in the answer.</summary>
public sealed record PackEnd(ulong Head, ReadOnlyMemory<byte> Signature);
