using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Roost.Rtc.Stun;

/// <summary>
/// A STUN message read in place (RFC 8489 §5): a view over the datagram, nothing is copied.
/// </summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
/// |0 0|     STUN Message Type     |         Message Length        |
/// |                         Magic Cookie 0x2112A442               |
/// |                     Transaction ID (96 bits)                  |
/// </code>
/// </remarks>
internal readonly ref struct StunMessage
{
    internal const uint MagicCookie = 0x2112A442;
    internal const int HeaderLength = 20;

    /// <summary>The largest message taken; ICE and TURN control messages stay far below. Bounds the stack copy of integrity checks.</summary>
    internal const int MaxLength = 2048;

    internal const uint FingerprintXor = 0x5354554E;
    private const int Sha1Length = 20;

    private readonly ReadOnlySpan<byte> _bytes;

    private StunMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    internal ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    internal StunTransactionId TransactionId =>
        new(BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(_bytes[12..]));

    internal ReadOnlySpan<byte> TransactionIdBytes => _bytes.Slice(8, 12);

    /// <summary>Whether a datagram starts like STUN; RFC 7983 demultiplexing, before anything is parsed.</summary>
    internal static bool LooksLikeStun(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && datagram[0] < 4 && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie;

    /// <summary>Checks the header and that every attribute lies inside the message.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (!LooksLikeStun(datagram) || datagram.Length > MaxLength
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderLength || datagram.Length % 4 != 0)
        {
            return false;
        }
        for (var at = HeaderLength; at < datagram.Length;)
        {
            // Length is a multiple of four, so a type and a length always fit here.
            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            at += 4 + Padded(length);
            if (at > datagram.Length)
            {
                return false;
            }
        }
        message = new StunMessage(datagram);
        return true;
    }

    /// <summary>The first attribute of a type, looking only at what MESSAGE-INTEGRITY covers (RFC 8489 §14.5).</summary>
    internal bool TryFind(ushort type, out ReadOnlySpan<byte> value)
    {
        for (var at = HeaderLength; at < _bytes.Length;)
        {
            var found = BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[(at + 2)..]);
            if (found == type)
            {
                value = _bytes.Slice(at + 4, length);
                return true;
            }
            if (found == StunAttribute.MessageIntegrity && type != StunAttribute.Fingerprint)
            {
                break;
            }
            at += 4 + Padded(length);
        }
        value = default;
        return false;
    }

    internal bool TryFindUInt32(ushort type, out uint value)
    {
        value = 0;
        if (!TryFind(type, out var bytes) || bytes.Length != 4)
        {
            return false;
        }
        value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return true;
    }

    internal bool TryFindUInt64(ushort type, out ulong value)
    {
        value = 0;
        if (!TryFind(type, out var bytes) || bytes.Length != 8)
        {
            return false;
        }
        value = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return true;
    }

    /// <summary>Reads an XOR-…-ADDRESS (RFC 8489 §14.2), or plain MAPPED-ADDRESS for servers that send only that.</summary>
    internal bool TryFindAddress(ushort type, out TransportAddress address)
    {
        address = default;
        if (!TryFind(type, out var value) || value.Length is not (8 or 20) || value[1] != (value.Length == 8 ? 1 : 2))
        {
            return false;
        }
        var port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        Span<byte> bytes = stackalloc byte[16];
        value[4..].CopyTo(bytes);
        bytes = bytes[..(value.Length - 4)];
        if (type != StunAttribute.MappedAddress)
        {
            port ^= (ushort)(MagicCookie >> 16);
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= _bytes[4 + i];
            }
        }
        address = TransportAddress.FromBytes(bytes, port);
        return true;
    }

    /// <summary>The code of an ERROR-CODE attribute (RFC 8489 §14.8); 0 when there is none.</summary>
    internal int ErrorCode =>
        TryFind(StunAttribute.ErrorCode, out var value) && value.Length >= 4 ? (value[2] & 7) * 100 + value[3] : 0;

    /// <summary>The first attribute that must be understood and is not; 0 when all are.</summary>
    internal ushort FirstUnknownRequired
    {
        get
        {
            for (var at = HeaderLength; at < _bytes.Length;)
            {
                var type = BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);
                if (StunAttribute.IsUnknownAndRequired(type))
                {
                    return type;
                }
                at += 4 + Padded(BinaryPrimitives.ReadUInt16BigEndian(_bytes[(at + 2)..]));
            }
            return 0;
        }
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there and right for this key (RFC 8489 §14.5), compared in constant time.</summary>
    internal bool HasIntegrity(ReadOnlySpan<byte> key)
    {
        for (var at = HeaderLength; at < _bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[(at + 2)..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]) == StunAttribute.MessageIntegrity)
            {
                if (length != Sha1Length)
                {
                    return false;
                }
                Span<byte> covered = stackalloc byte[MaxLength];
                Span<byte> expected = stackalloc byte[Sha1Length];
                _bytes[..at].CopyTo(covered);
                // The length field counts up to and including this attribute, whatever follows it.
                BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(at + 4 + Sha1Length - HeaderLength));
                HMACSHA1.HashData(key, covered[..at], expected);
                return CryptographicOperations.FixedTimeEquals(expected, _bytes.Slice(at + 4, Sha1Length));
            }
            at += 4 + Padded(length);
        }
        return false;
    }

    /// <summary>Whether FINGERPRINT is the last attribute and right (RFC 8489 §14.7).</summary>
    internal bool HasFingerprint
    {
        get
        {
            var at = _bytes.Length - 8;
            return at >= HeaderLength
                && BinaryPrimitives.ReadUInt32BigEndian(_bytes[at..]) == ((uint)StunAttribute.Fingerprint << 16 | 4)
                && BinaryPrimitives.ReadUInt32BigEndian(_bytes[(at + 4)..]) == (Crc32.Compute(_bytes[..at]) ^ FingerprintXor);
        }
    }

    private static int Padded(int length) => (length + 3) & ~3;
}
