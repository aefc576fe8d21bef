using Roost.Core.Codec;
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

    /// <summary>Where all feeds of a document stand that the sender holds; all of one author, the room's write key (docs/protocol/documents.md).</summary>
    /// <param name="Author">Who signed them.</param>
    /// <param name="Answer">Whether the sender asks for the receiver's roll in return.</param>
    /// <param name="Lines">One a feed, at most <see cref="MaxLines"/>.</param>
    public sealed record Roll(PublicKey Author, bool Answer, IReadOnlyList<RollLine> Lines) : FeedFrame
    {
        /// <summary>Lines that fit one frame.</summary>
        public const int MaxLines = 500;
    }

    /// <summary>Feeds that a checkpoint makes dispensable, said under the room's write key to whoever cannot read the checkpoint itself.</summary>
    /// <param name="Author">The write key.</param>
    /// <param name="Epoch">The feed that holds the checkpoint.</param>
    /// <param name="N">Its last entry of the checkpoint: who has not got it drops nothing.</param>
    /// <param name="Feeds">What may go, each up to the entry that the checkpoint holds.</param>
    /// <param name="Signature">Over all of this.</param>
    public sealed record Cover(PublicKey Author, Id16 Epoch, ulong N, IReadOnlyList<CoveredFeed> Feeds, ReadOnlyMemory<byte> Signature) : FeedFrame
    {
        /// <summary>Feeds that fit one frame.</summary>
        public const int MaxFeeds = 2_000;

        /// <summary>What the write key signs.</summary>
        public byte[] SignedText(RoomId room)
        {
            var text = new ByteWriter().Label("roost-cover-1").Id(room.Value).Id(Epoch).VarUInt(N);
            foreach (var feed in Feeds)
            {
                text.Id(feed.Epoch).VarUInt(feed.N);
            }
            return text.ToArray();
        }
    }
}

/// <summary>Where one feed stands: what HEAD says, without the author.</summary>
public readonly record struct RollLine(Id16 Epoch, ulong N, ReadOnlyMemory<byte> Chain, ReadOnlyMemory<byte> Signature);

/// <summary>A feed that a checkpoint holds up to entry <paramref name="N"/>.</summary>
public readonly record struct CoveredFeed(Id16 Epoch, ulong N);

/// <summary>What closes an answer: the number of the newest entry there is, and the signature of the last entry in the answer.</summary>
public sealed record PackEnd(ulong Head, ReadOnlyMemory<byte> Signature);
