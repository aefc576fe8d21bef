using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Feeds;

namespace Roost.Mesh.Documents;

/// <summary>What the pieces of a checkpoint hold: the whole document, and the feeds it makes dispensable (docs/protocol/documents.md).</summary>
/// <param name="Covered">Feeds that are in it, each up to an entry.</param>
/// <param name="StateVector">What the document holds, as Yjs writes it.</param>
/// <param name="Update">The document as an update of version 2.</param>
internal sealed record CheckpointPayload(IReadOnlyList<CoveredFeed> Covered, ReadOnlyMemory<byte> StateVector, ReadOnlyMemory<byte> Update)
{
    private const int MaxCovered = 100_000;

    public byte[] ToArray()
    {
        var writer = new ByteWriter(Update.Length + StateVector.Length + Covered.Count * 20 + 16).VarUInt((ulong)Covered.Count);
        foreach (var (epoch, n) in Covered)
        {
            writer.Id(epoch).VarUInt(n);
        }
        return writer.VarUInt((ulong)StateVector.Length).Bytes(StateVector.Span).Bytes(Update.Span).ToArray();
    }

    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CheckpointPayload? payload)
    {
        payload = null;
        var reader = new ByteReader(bytes.Span);
        if (!reader.TryVarUInt(out ulong count) || count > MaxCovered)
        {
            return false;
        }
        var covered = new List<CoveredFeed>();
        for (ulong i = 0; i < count; i++)
        {
            if (!reader.TryId16(out var epoch) || !reader.TryVarUInt(out ulong n))
            {
                return false;
            }
            covered.Add(new CoveredFeed(epoch, n));
        }
        if (!reader.TryVarUInt(out ulong length) || length > (ulong)reader.Rest.Length || !reader.TryBytes((int)length, out var vector))
        {
            return false;
        }
        payload = new CheckpointPayload(covered, vector.ToArray(), bytes[^reader.Rest.Length..]);
        return true;
    }
}
