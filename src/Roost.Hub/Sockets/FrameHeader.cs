using System.Buffers.Binary;

namespace Roost.Hub.Sockets;

/// <summary>The header of a server's frame: never masked, always final (RFC 6455 section 5.2).</summary>
internal static class FrameHeader
{
    public const int MaxSize = 10;
    public const byte Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    public static int Write(Span<byte> destination, byte opcode, int length)
    {
        destination[0] = (byte)(0x80 | opcode);
        if (length < 126)
        {
            destination[1] = (byte)length;
            return 2;
        }
        if (length <= ushort.MaxValue)
        {
            destination[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            return 4;
        }
        destination[1] = 127;
        BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)length);
        return 10;
    }
}
