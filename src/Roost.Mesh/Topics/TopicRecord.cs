using System.Diagnostics.CodeAnalysis;
using System.Text;
using Roost.Core.Codec;

namespace Roost.Mesh.Topics;

/// <summary>What somebody published under a topic, with nobody's signature: whoever may call a hub may replace it (seed 002, <c>/api/publish</c>).</summary>
/// <param name="Topic">1 to 255 bytes of UTF-8.</param>
/// <param name="Home">The hub where it was published, by short id.</param>
/// <param name="Seq">When, by that hub's clock, in milliseconds; later than what it replaced there.</param>
/// <param name="Ttl">Seconds that it still lives, counted from receipt.</param>
/// <param name="Data">JSON, at most <see cref="MaxData"/> bytes; not changed any more.</param>
public sealed record TopicRecord(string Topic, ulong Home, ulong Seq, ushort Ttl, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes of the longest topic.</summary>
    public const int MaxTopic = 255;

    /// <summary>Bytes of the largest record.</summary>
    public const int MaxData = 16 * 1024;

    /// <summary>The later one stays; of two at one moment the larger hub id decides.</summary>
    public bool Beats(TopicRecord other) => Seq != other.Seq ? Seq > other.Seq : Home > other.Home;

    /// <summary>Whether it keeps to the limits.</summary>
    public bool IsValid => Ttl > 0 && Data.Length is > 0 and <= MaxData && IsTopic(Topic);

    /// <summary>Whether something can be published under it.</summary>
    public static bool IsTopic(string topic) => topic.Length > 0 && Encoding.UTF8.GetByteCount(topic) <= MaxTopic;

    internal void Write(ByteWriter writer) => writer.Str8(Topic).U64(Home).U64(Seq).U16(Ttl).U16((ushort)Data.Length).Bytes(Data.Span);

    internal static bool TryRead(ref ByteReader reader, [MaybeNullWhen(false)] out TopicRecord record)
    {
        record = null;
        if (!reader.TryStr8(out string topic) || !reader.TryU64(out ulong home) || !reader.TryU64(out ulong seq) || !reader.TryU16(out ushort ttl)
            || !reader.TryU16(out ushort length) || !reader.TryBytes(length, out var data))
        {
            return false;
        }
        record = new(topic, home, seq, ttl, data.ToArray());
        return true;
    }
}
