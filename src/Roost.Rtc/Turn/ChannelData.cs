using System.Buffers.Binary;

namespace Roost.Rtc.Turn;

/// <summary>ChannelData framing (RFC 8656 §12.4): four bytes instead of a whole indication.</summary>
internal static class ChannelData
{
    internal const int HeaderLength = 4;
    internal const ushort FirstChannel = 0x4000;
    internal const ushort LastChannel = 0x4FFF;

    internal static bool TryRead(ReadOnlySpan<byte> bytes, out ushort channel, out ReadOnlySpan<byte> payload)
    {
        channel = 0;
        payload = default;
        if (bytes.Length < HeaderLength || bytes[0] is < 0x40 or > 0x4F)
        {
            return false;
        }
        channel = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (HeaderLength + length > bytes.Length)
        {
            return false;
        }
        payload = bytes.Slice(HeaderLength, length);
        return true;
    }

    internal static int Write(Span<byte> destination, ushort channel, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, channel);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
        payload.CopyTo(destination[HeaderLength..]);
        return HeaderLength + payload.Length;
    }

    /// <summary>Length of the first frame in a stream from a TURN server, padding included; 0 when more bytes are needed, −1 when it is no frame.</summary>
    internal static int FrameLength(ReadOnlySpan<byte> stream)
    {
        if (stream.Length < HeaderLength)
        {
            return 0;
        }
        var length = BinaryPrimitives.ReadUInt16BigEndian(stream[2..]);
        return stream[0] switch
        {
            < 4 => 20 + length,
            >= 0x40 and <= 0x4F => (HeaderLength + length + 3) & ~3,
            _ => -1,
        };
    }
}
