using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Roost.Rtc.Net.Mdns;

/// <summary>The little of multicast DNS (RFC 6762) that ICE needs: a question for a name's addresses, and the answer.</summary>
internal static class MdnsMessage
{
    private const ushort TypeA = 1;
    private const ushort TypeAaaa = 28;
    private const ushort ClassInUnicast = 0x8001; // "QU": answer to the asker alone
    private const int HeaderLength = 12;
    private const int MaxRecords = 32;
    private const int MaxLabels = 16;

    /// <summary>A question for A and AAAA.</summary>
    internal static byte[] Question(string name)
    {
        var message = new List<byte>(64);
        message.AddRange(new byte[HeaderLength]);
        message[5] = 2;
        foreach (var type in (ReadOnlySpan<ushort>)[TypeA, TypeAaaa])
        {
            foreach (var label in name.Split('.'))
            {
                var bytes = Encoding.UTF8.GetBytes(label);
                message.Add((byte)bytes.Length);
                message.AddRange(bytes);
            }
            message.AddRange([0, (byte)(type >> 8), (byte)type, ClassInUnicast >> 8, ClassInUnicast & 0xFF]);
        }
        return [.. message];
    }

    /// <summary>Finds an address of a name in an answer. Never throws.</summary>
    internal static bool TryReadAnswer(ReadOnlySpan<byte> message, string name, out IPAddress? address)
    {
        address = null;
        if (message.Length < HeaderLength || (message[2] & 0x80) == 0)
        {
            return false;
        }
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        var at = HeaderLength;
        for (var i = 0; i < questions; i++)
        {
            if (i == MaxRecords || !TryReadName(message, ref at, out _) || (at += 4) > message.Length)
            {
                return false;
            }
        }
        for (var i = 0; i < Math.Min(records, MaxRecords); i++)
        {
            if (!TryReadName(message, ref at, out var owner) || at + 10 > message.Length)
            {
                return false;
            }
            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + length > message.Length)
            {
                return false;
            }
            if (((type == TypeA && length == 4) || (type == TypeAaaa && length == 16)) && string.Equals(owner, name, StringComparison.OrdinalIgnoreCase))
            {
                address = new IPAddress(message.Slice(at, length));
                return true;
            }
            at += length;
        }
        return false;
    }

    private static bool TryReadName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        var labels = new List<string>();
        name = "";
        var position = at;
        var jumped = false;
        // A pointer may only lead back, and there are at most so many labels: no loop lasts.
        for (var i = 0; i < MaxLabels; i++)
        {
            if (position >= message.Length)
            {
                return false;
            }
            var length = message[position];
            if (length == 0)
            {
                at = jumped ? at : position + 1;
                name = string.Join('.', labels);
                return true;
            }
            if ((length & 0xC0) == 0xC0)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }
                at = jumped ? at : position + 2;
                jumped = true;
                position = (length & 0x3F) << 8 | message[position + 1];
                continue;
            }
            if (length > 63 || position + 1 + length > message.Length)
            {
                return false;
            }
            labels.Add(Encoding.UTF8.GetString(message.Slice(position + 1, length)));
            position += 1 + length;
        }
        return false;
    }
}
