using Roost.Core.Codec;
using Roost.Core.Crypto;

namespace Roost.Core.Feeds;

public static partial class FeedCodec
{
    private static void WriteRoll(ByteWriter writer, FeedFrame.Roll roll)
    {
        writer.U8(RollType).Bytes(roll.Author.ToArray()).U8(roll.Answer ? (byte)1 : (byte)0);
        foreach (var line in roll.Lines)
        {
            writer.Id(line.Epoch).VarUInt(line.N).Bytes(line.Chain.Span).Bytes(line.Signature.Span);
        }
    }

    private static FeedFrame.Roll? ReadRoll(ReadOnlyMemory<byte> bytes, ref ByteReader reader)
    {
        if (!reader.TryBytes(PublicKey.Size, out var author) || !reader.TryU8(out byte answer) || answer > 1)
        {
            return null;
        }
        var lines = new List<RollLine>();
        while (!reader.AtEnd)
        {
            if (lines.Count == FeedFrame.Roll.MaxLines || !reader.TryId16(out var epoch) || !reader.TryVarUInt(out ulong n)
                || !TrySlice(bytes, ref reader, 32, out var chain) || !TrySlice(bytes, ref reader, Ed25519.SignatureSize, out var signature))
            {
                return null;
            }
            lines.Add(new RollLine(epoch, n, chain, signature));
        }
        return new FeedFrame.Roll(PublicKey.FromBytes(author), answer == 1, lines);
    }

    private static void WriteCover(ByteWriter writer, FeedFrame.Cover cover)
    {
        writer.U8(CoverType).Bytes(cover.Author.ToArray()).Id(cover.Epoch).VarUInt(cover.N).Bytes(cover.Signature.Span);
        foreach (var feed in cover.Feeds)
        {
            writer.Id(feed.Epoch).VarUInt(feed.N);
        }
    }

    private static FeedFrame.Cover? ReadCover(ReadOnlyMemory<byte> bytes, ref ByteReader reader)
    {
        if (!reader.TryBytes(PublicKey.Size, out var author) || !reader.TryId16(out var epoch) || !reader.TryVarUInt(out ulong n)
            || !TrySlice(bytes, ref reader, Ed25519.SignatureSize, out var signature))
        {
            return null;
        }
        var feeds = new List<CoveredFeed>();
        while (!reader.AtEnd)
        {
            if (feeds.Count == FeedFrame.Cover.MaxFeeds || !reader.TryId16(out var covered) || !reader.TryVarUInt(out ulong upTo))
            {
                return null;
            }
            feeds.Add(new CoveredFeed(covered, upTo));
        }
        return new FeedFrame.Cover(PublicKey.FromBytes(author), epoch, n, feeds, signature);
    }
}
