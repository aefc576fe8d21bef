using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Roost.Rtc.Sctp;

/// <summary>Chunk types (RFC 9260 §3.2, RFC 3758, RFC 6525, RFC 8260, RFC 4820).</summary>
internal static class ChunkType
{
    internal const byte Data = 0;
    internal const byte Init = 1;
    internal const byte InitAck = 2;
    internal const byte Sack = 3;
    internal const byte Heartbeat = 4;
    internal const byte HeartbeatAck = 5;
    internal const byte Abort = 6;
    internal const byte Shutdown = 7;
    internal const byte ShutdownAck = 8;
    internal const byte Error = 9;
    internal const byte CookieEcho = 10;
    internal const byte CookieAck = 11;
    internal const byte ShutdownComplete = 14;
    internal const byte IData = 64;
    internal const byte ReConfig = 130;
    internal const byte ForwardTsn = 192;
    internal const byte IForwardTsn = 194;
}

/// <summary>Flags of DATA and I-DATA (RFC 9260 §3.3.1).</summary>
internal static class DataFlags
{
    internal const byte End = 1;
    internal const byte Beginning = 2;
    internal const byte Unordered = 4;
    internal const byte Immediate = 8;
}

/// <summary>Parameter types of INIT and RE-CONFIG.</summary>
internal static class ParameterType
{
    internal const ushort HeartbeatInfo = 1;
    internal const ushort StateCookie = 7;
    internal const ushort OutgoingResetRequest = 13;
    internal const ushort IncomingResetRequest = 14;
    internal const ushort TsnResetRequest = 15;
    internal const ushort ReConfigResponse = 16;
    internal const ushort AddOutgoingStreams = 17;
    internal const ushort AddIncomingStreams = 18;
    internal const ushort ZeroChecksumAcceptable = 0x8001;
    internal const ushort SupportedExtensions = 0x8008;
    internal const ushort ForwardTsnSupported = 0xC000;
}

/// <summary>Big-endian reading and writing of SCTP's packets.</summary>
/// <remarks>
/// <code>
/// | Source Port (16) | Destination Port (16) |     chunk: | Type (8) | Flags (8) | Length (16) | value, padded to 4 |
/// |           Verification Tag (32)          |
/// |     CRC32c, little-endian by habit (32)  |
/// </code>
/// </remarks>
internal static class SctpWire
{
    internal const int HeaderLength = 12;
    internal const int ChunkHeaderLength = 4;
    internal const int DataHeaderLength = 16;
    internal const int IDataHeaderLength = 20;

    internal static int Padded(int length) => (length + 3) & ~3;

    internal static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    internal static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    internal static void U16(Span<byte> bytes, int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)value);

    internal static void U32(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], value);

    internal static void WriteChunkHeader(Span<byte> bytes, byte type, byte flags, int length)
    {
        bytes[0] = type;
        bytes[1] = flags;
        U16(bytes, 2, length);
    }

    internal static void WriteHeader(Span<byte> packet, ushort sourcePort, ushort destinationPort, uint tag)
    {
        U16(packet, 0, sourcePort);
        U16(packet, 2, destinationPort);
        U32(packet, 4, tag);
        U32(packet, 8, 0);
    }

    /// <summary>CRC32c over a packet whose checksum field counts as zero (RFC 9260 §6.8).</summary>
    internal static uint Checksum(ReadOnlySpan<byte> packet)
    {
        var crc = ~0u;
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(packet));
        crc = BitOperations.Crc32C(crc, 0u);
        var rest = packet[HeaderLength..];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(rest))
        {
            crc = BitOperations.Crc32C(crc, word);
        }
        foreach (var b in rest[(rest.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return ~crc;
    }

    internal static void WriteChecksum(Span<byte> packet) =>
        BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], Checksum(packet));

    internal static uint ReadChecksum(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32LittleEndian(packet[8..]);

    /// <summary>Serial number arithmetic (RFC 1982) on TSNs: whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    internal static bool After(uint left, uint right) => (int)(left - right) > 0;
}

/// <summary>Walks type-length-value entries, chunks or parameters, without ever leaving the bytes.</summary>
internal ref struct TlvReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>True when the bytes ended in the middle of an entry.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>The next entry whole, header included, without padding.</summary>
    internal bool TryNext(out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (_rest.Length < SctpWire.ChunkHeaderLength)
        {
            IsBroken |= _rest.Length != 0;
            return false;
        }
        var length = SctpWire.U16(_rest, 2);
        if (length < SctpWire.ChunkHeaderLength || length > _rest.Length)
        {
            IsBroken = true;
            return false;
        }
        entry = _rest[..length];
        _rest = _rest[Math.Min(SctpWire.Padded(length), _rest.Length)..];
        return true;
    }
}
