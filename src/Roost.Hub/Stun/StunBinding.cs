using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Roost.Hub.Stun;

/// <summary>What a STUN server says to a Binding request (RFC 8489): the address it came from. Stateless.</summary>
public static class StunBinding
{
    private const uint Cookie = 0x2112A442;
    private const int HeaderSize = 20;
    private const ushort Request = 0x0001, Success = 0x0101, Failure = 0x0111;
    private const ushort ErrorCode = 0x0009, UnknownAttributes = 0x000A, XorMappedAddress = 0x0020;
    private const int MaxUnknown = 8;

    // Comprehension-required attributes that a server without credentials may meet and leave alone: USERNAME, MESSAGE-INTEGRITY and
    // its SHA-256 form, REALM, NONCE, PRIORITY, USE-CANDIDATE. Browsers send none of them to a server.
    private static readonly ushort[] Tolerated = [0x0006, 0x0008, 0x001C, 0x0014, 0x0015, 0x0024, 0x0025];

    /// <summary>Most bytes of an answer.</summary>
    public const int MaxAnswer = 64;

    /// <summary>Answers one datagram. Returns the bytes written, 0 for no answer: never throws, never more than twice what came plus a header.</summary>
    public static int Answer(ReadOnlySpan<byte> datagram, IPEndPoint from, Span<byte> answer)
    {
        if (datagram.Length < HeaderSize
            || BinaryPrimitives.ReadUInt16BigEndian(datagram) != Request
            || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != Cookie
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) is var length && (length % 4 != 0 || length != datagram.Length - HeaderSize))
        {
            return 0;
        }
        Span<ushort> unknown = stackalloc ushort[MaxUnknown];
        if (!TryUnknown(datagram[HeaderSize..], unknown, out int count))
        {
            return 0;
        }
        datagram[..HeaderSize].CopyTo(answer); // Cookie and transaction id stay.
        int size = count > 0 ? Refuse(unknown[..count], answer[HeaderSize..]) : Map(from, datagram.Slice(4, 16), answer[HeaderSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(answer, count > 0 ? Failure : Success);
        BinaryPrimitives.WriteUInt16BigEndian(answer[2..], (ushort)size);
        return HeaderSize + size;
    }

    private static bool TryUnknown(ReadOnlySpan<byte> attributes, Span<ushort> unknown, out int count)
    {
        count = 0;
        while (attributes.Length >= 4)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(attributes);
            int size = 4 + ((BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]) + 3) & ~3);
            if (size > attributes.Length)
            {
                return false;
            }
            if (type < 0x8000 && !Tolerated.Contains(type) && count < unknown.Length)
            {
                unknown[count++] = type;
            }
            attributes = attributes[size..];
        }
        return attributes.IsEmpty;
    }

    // XOR-MAPPED-ADDRESS, section 14.2: the key is the cookie, and for IPv6 the transaction id behind it.
    private static int Map(IPEndPoint from, ReadOnlySpan<byte> key, Span<byte> attribute)
    {
        var address = from.Address.IsIPv4MappedToIPv6 ? from.Address.MapToIPv4() : from.Address;
        bool six = address.AddressFamily == AddressFamily.InterNetworkV6;
        int length = six ? 16 : 4;
        BinaryPrimitives.WriteUInt16BigEndian(attribute, XorMappedAddress);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)(4 + length));
        attribute[4] = 0;
        attribute[5] = six ? (byte)2 : (byte)1;
        BinaryPrimitives.WriteUInt16BigEndian(attribute[6..], (ushort)(from.Port ^ (Cookie >> 16)));
        address.TryWriteBytes(attribute[8..], out _);
        for (int i = 0; i < length; i++)
        {
            attribute[8 + i] ^= key[i];
        }
        return 8 + length;
    }

    private static int Refuse(ReadOnlySpan<ushort> unknown, Span<byte> attributes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(attributes, ErrorCode);
        BinaryPrimitives.WriteUInt16BigEndian(attributes[2..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(attributes[4..], 4 << 8 | 20);
        BinaryPrimitives.WriteUInt16BigEndian(attributes[8..], UnknownAttributes);
        BinaryPrimitives.WriteUInt16BigEndian(attributes[10..], (ushort)(2 * unknown.Length));
        int at = 12;
        foreach (ushort type in unknown)
        {
            BinaryPrimitives.WriteUInt16BigEndian(attributes[at..], type);
            at += 2;
        }
        attributes[at..((at + 3) & ~3)].Clear();
        return (at + 3) & ~3;
    }
}
