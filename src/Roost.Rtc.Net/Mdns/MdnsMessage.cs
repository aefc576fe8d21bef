using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Roost.Rtc.Net.Mdns;

/// <summary>A question for a name of ours.</summary>
internal readonly record struct MdnsQuestion(ushort Id, string Name, IPAddress Address, bool WantsUnicast);

/// <summary>The little of multicast DNS (RFC 6762) that ICE needs: a question for a name's addresses, and the answer.</summary>
internal static class MdnsMessage
{
    private const ushort TypeA = 1;
    private const ushort TypeAaaa = 28;
    private const ushort ClassInUnicast = 0x8001; // "QU": answer to the asker alone
    private const int HeaderLength = 12;
    private const int MaxRecords = 32;
    private const int MaxLabels = 16;
    private const ushort TypeAny = 255;
    private const ushort ClassIn = 1;
    private const ushort ClassInFlush = 0x8001; // "cache flush": this is all there is to the name
    private const int TimeToLiveSeconds = 120; // RFC 6762 §10, for names of hosts
    private const int LegacySeconds = 10; // RFC 6762 §6.7

    /// <summary>A question for A and AAAA.</summary>
    internal static byte[] Question(string name)
    {
        var message = new List<byte>(64);
        message.AddRange(new byte[HeaderLength]);
        message[5] = 2;
        foreach (var type in (ReadOnlySpan<ushort>)[TypeA, TypeAaaa])
        {
            AddName(message, name);
            message.AddRange([(byte)(type >> 8), (byte)type, ClassInUnicast >> 8, ClassInUnicast & 0xFF]);
        }
        return [.. message];
    }

    /// <summary>Reads the first question that can be answered. Never throws.</summary>
    /// <param name="message">A datagram that came in.</param>
    /// <param name="addressOf">The address behind a name; null when it is not ours.</param>
    /// <param name="asked">What to answer.</param>
    internal static bool TryReadQuestion(ReadOnlySpan<byte> message, Func<string, IPAddress?> addressOf, out MdnsQuestion asked)
    {
        asked = default;
        if (message.Length < HeaderLength || (message[2] & 0xF8) != 0)
        {
            return false; // an answer, or no query at all
        }
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        var at = HeaderLength;
        for (var i = 0; i < Math.Min((int)questions, MaxRecords); i++)
        {
            if (!TryReadName(message, ref at, out var name) || at + 4 > message.Length)
            {
                return false;
            }
            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var wantsUnicast = (message[at + 2] & 0x80) != 0;
            at += 4;
            if (addressOf(name) is { } address && (type == TypeAny || type == TypeOf(address)))
            {
                asked = new MdnsQuestion(BinaryPrimitives.ReadUInt16BigEndian(message), name, address, wantsUnicast);
                return true;
            }
        }
        return false;
    }

    /// <summary>The answer to a question.</summary>
    /// <param name="asked">The question.</param>
    /// <param name="isLegacy">Whether it came from a port other than 5353: such askers want an answer as of a usual DNS server (RFC 6762 §6.7).</param>
    internal static byte[] Answer(in MdnsQuestion asked, bool isLegacy)
    {
        var message = new List<byte>(96);
        var type = TypeOf(asked.Address);
        message.AddRange(isLegacy ? [(byte)(asked.Id >> 8), (byte)asked.Id] : [0, 0]);
        message.AddRange([0x84, 0, 0, (byte)(isLegacy ? 1 : 0), 0, 1, 0, 0, 0, 0]);
        if (isLegacy)
        {
            AddName(message, asked.Name);
            message.AddRange([(byte)(type >> 8), (byte)type, 0, (byte)ClassIn]);
        }
        var recordClass = isLegacy ? ClassIn : ClassInFlush;
        var bytes = asked.Address.GetAddressBytes();
        AddName(message, asked.Name);
        message.AddRange([(byte)(type >> 8), (byte)type, (byte)(recordClass >> 8), (byte)recordClass, 0, 0, 0, (byte)(isLegacy ? LegacySeconds : TimeToLiveSeconds), 0, (byte)bytes.Length]);
        message.AddRange(bytes);
        return [.. message];
    }

    private static ushort TypeOf(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? TypeA : TypeAaaa;

    private static void AddName(List<byte> message, string name)
    {
        foreach (var label in name.Split('.'))
        {
            var bytes = Encoding.UTF8.GetBytes(label);
            message.Add((byte)bytes.Length);
            message.AddRange(bytes);
        }
        message.Add(0);
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
