using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Crypto;

namespace Roost.Core.Feeds;

/// <summary>Bytes of <see cref="FeedFrame"/>s. Reading gives false for anything else and never throws.</summary>
public static partial class FeedCodec
{
    private const byte LiveType = 1;
    private const byte HeadType = 2;
    private const byte WantType = 3;
    private const byte PackType = 4;
    private const byte AckType = 5;
    private const byte RollType = 6;
    private const byte CoverType = 7;

    /// <summary>Reads one frame; entries and signatures are slices of <paramref name="bytes"/>.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out FeedFrame? frame)
    {
        var reader = new ByteReader(bytes.Span);
        frame = null;
        if (!reader.TryU8(out byte type))
        {
            return false;
        }
        frame = type switch
        {
            LiveType => ReadLive(bytes, ref reader),
            HeadType => ReadHead(bytes, ref reader),
            WantType => reader.TryU64(out ulong feed) && reader.TryVarUInt(out ulong after) && reader.TryVarUInt(out ulong budget) && reader.AtEnd
                ? new FeedFrame.Want(feed, after, budget) : null,
            PackType => ReadPack(bytes, ref reader),
            AckType => reader.TryU64(out ulong feed) && reader.TryVarUInt(out ulong n) && reader.AtEnd ? new FeedFrame.Ack(feed, n) : null,
            RollType => ReadRoll(bytes, ref reader),
            CoverType => ReadCover(bytes, ref reader),
            _ => null,
        };
        return frame is not null;
    }

    /// <summary>Writes one frame.</summary>
    public static byte[] Write(FeedFrame frame)
    {
        var writer = new ByteWriter(frame is FeedFrame.Pack ? 4096 : 256);
        switch (frame)
        {
            case FeedFrame.Live live:
                writer.U8(LiveType).U64(live.Feed).VarUInt(live.Entry.N).U8((byte)live.Entry.Kind).Bytes(live.Signature.Span).Bytes(live.Entry.Sealed.Span);
                break;
            case FeedFrame.Head head:
                writer.U8(HeadType).Bytes(head.Author.ToArray()).Id(head.Epoch).VarUInt(head.N).Bytes(head.Chain.Span).Bytes(head.Signature.Span);
                break;
            case FeedFrame.Want want:
                writer.U8(WantType).U64(want.Feed).VarUInt(want.After).VarUInt(want.Budget);
                break;
            case FeedFrame.Pack pack:
                WritePack(writer, pack);
                break;
            case FeedFrame.Ack ack:
                writer.U8(AckType).U64(ack.Feed).VarUInt(ack.N);
                break;
            case FeedFrame.Roll roll:
                WriteRoll(writer, roll);
                break;
            case FeedFrame.Cover cover:
                WriteCover(writer, cover);
                break;
        }
        return writer.ToArray();
    }

    private static void WritePack(ByteWriter writer, FeedFrame.Pack pack)
    {
        writer.U8(PackType).U64(pack.Feed).VarUInt(pack.First).U8(pack.End is null ? (byte)0 : (byte)1);
        if (pack.End is { } end)
        {
            writer.VarUInt(end.Head).Bytes(end.Signature.Span);
        }
        foreach (var entry in pack.Entries)
        {
            writer.U8((byte)entry.Kind).VarUInt((ulong)entry.Sealed.Length).Bytes(entry.Sealed.Span);
        }
    }

    private static FeedFrame.Live? ReadLive(ReadOnlyMemory<byte> bytes, ref ByteReader reader)
    {
        if (!reader.TryU64(out ulong feed) || !reader.TryVarUInt(out ulong n) || n == 0
            || !reader.TryU8(out byte kind) || !TrySlice(bytes, ref reader, Ed25519.SignatureSize, out var signature)
            || !TrySlice(bytes, ref reader, reader.Rest.Length, out var @sealed) || !IsEntrySize(@sealed.Length))
        {
            return null;
        }
        return new FeedFrame.Live(feed, new FeedEntry(n, (EntryKind)kind, @sealed), signature);
    }

    private static FeedFrame.Head? ReadHead(ReadOnlyMemory<byte> bytes, ref ByteReader reader)
    {
        if (!reader.TryBytes(PublicKey.Size, out var author) || !reader.TryId16(out var epoch) || !reader.TryVarUInt(out ulong n)
            || !TrySlice(bytes, ref reader, 32, out var chain) || !TrySlice(bytes, ref reader, Ed25519.SignatureSize, out var signature) || !reader.AtEnd)
        {
            return null;
        }
        return new FeedFrame.Head(PublicKey.FromBytes(author), epoch, n, chain, signature);
    }

    private static FeedFrame.Pack? ReadPack(ReadOnlyMemory<byte> bytes, ref ByteReader reader)
    {
        if (!reader.TryU64(out ulong feed) || !reader.TryVarUInt(out ulong first) || first == 0 || !reader.TryU8(out byte last) || last > 1)
        {
            return null;
        }
        PackEnd? end = null;
        if (last == 1)
        {
            if (!reader.TryVarUInt(out ulong head) || !TrySlice(bytes, ref reader, Ed25519.SignatureSize, out var signature))
            {
                return null;
            }
            end = new PackEnd(head, signature);
        }
        var entries = new List<FeedEntry>();
        while (!reader.AtEnd)
        {
            if (!reader.TryU8(out byte kind) || !reader.TryVarUInt(out ulong length) || length > FeedEntry.MaxBody + Aead.TagSize
                || !TrySlice(bytes, ref reader, (int)length, out var @sealed) || !IsEntrySize(@sealed.Length))
            {
                return null;
            }
            entries.Add(new FeedEntry(first + (ulong)entries.Count, (EntryKind)kind, @sealed));
        }
        return new FeedFrame.Pack(feed, first, end, entries);
    }

    private static bool IsEntrySize(int length) => length is >= Aead.TagSize and <= FeedEntry.MaxBody + Aead.TagSize;

    private static bool TrySlice(ReadOnlyMemory<byte> bytes, ref ByteReader reader, int count, out ReadOnlyMemory<byte> slice)
    {
        int at = bytes.Length - reader.Rest.Length;
        bool good = reader.TryBytes(count, out _);
        slice = good ? bytes.Slice(at, count) : default;
        return good;
    }
}
