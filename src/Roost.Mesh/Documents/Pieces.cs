using Roost.Core.Codec;
using Roost.Core.Feeds;

namespace Roost.Mesh.Documents;

/// <summary>Cuts what is larger than an entry into consecutive entries of one feed, each behind the number of those that follow, and joins them again.</summary>
internal sealed class Pieces(int maxBytes)
{
    private const int MaxPiece = FeedEntry.MaxBody - 8;

    private readonly ByteWriter _joined = new(64);
    private EntryKind _kind;
    private ulong _left;

    /// <summary>Bodies of entries that hold <paramref name="payload"/>; at least one.</summary>
    public static IEnumerable<byte[]> Cut(ReadOnlyMemory<byte> payload)
    {
        int count = Math.Max(1, (payload.Length + MaxPiece - 1) / MaxPiece);
        for (int i = 0; i < count; i++)
        {
            var piece = payload[(i * MaxPiece)..Math.Min(payload.Length, (i + 1) * MaxPiece)];
            yield return new ByteWriter(piece.Length + 8).VarUInt((ulong)(count - 1 - i)).Bytes(piece.Span).ToArray();
        }
    }

    /// <summary>Takes the next entry of the feed; gives the payload when it is whole. What does not fit together is dropped.</summary>
    public byte[]? Add(EntryKind kind, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        bool good = reader.TryVarUInt(out ulong left);
        bool continues = _left > 0 && kind == _kind && left == _left - 1;
        if (!continues)
        {
            _joined.Clear();
        }
        _left = 0;
        if (!good || _joined.Length + reader.Rest.Length > maxBytes)
        {
            _joined.Clear();
            return null;
        }
        _joined.Bytes(reader.Rest);
        (_kind, _left) = (kind, left);
        if (left > 0)
        {
            return null;
        }
        var payload = _joined.ToArray();
        _joined.Clear();
        return payload;
    }
}
