using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Roost.Rtc.DataChannels;

/// <summary>The data channel establishment protocol (RFC 8832): OPEN and ACK.</summary>
/// <remarks>
/// <code>
/// | Type 3 | Channel Type | Priority (16) | Reliability Parameter (32) | Label Length (16) | Protocol Length (16) | Label | Protocol
/// </code>
/// </remarks>
internal static class DcepOpen
{
    internal const byte OpenType = 3;
    internal const byte AckType = 2;
    private const int HeaderLength = 12;
    private const byte Unordered = 0x80;
    private const byte Reliable = 0;
    private const byte Retransmit = 1;
    private const byte Timed = 2;

    internal static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out DataChannelInit? init)
    {
        init = null;
        if (message.Length < HeaderLength || message[0] != OpenType)
        {
            return false;
        }
        var kind = message[1] & ~Unordered;
        var parameter = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        var label = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        var protocol = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (kind > Timed || HeaderLength + label + protocol > message.Length)
        {
            return false;
        }
        init = new DataChannelInit
        {
            Label = Encoding.UTF8.GetString(message.Slice(HeaderLength, label)),
            Protocol = Encoding.UTF8.GetString(message.Slice(HeaderLength + label, protocol)),
            Ordered = (message[1] & Unordered) == 0,
            MaxRetransmits = kind == Retransmit ? (int)Math.Min(parameter, ushort.MaxValue) : null,
            MaxPacketLifeTime = kind == Timed ? TimeSpan.FromMilliseconds(Math.Min(parameter, ushort.MaxValue)) : null,
            Priority = BinaryPrimitives.ReadUInt16BigEndian(message[2..]) is var priority && priority > 0 ? priority : (ushort)256,
        };
        return true;
    }

    internal static byte[] Write(DataChannelInit init)
    {
        var label = Encoding.UTF8.GetBytes(init.Label);
        var protocol = Encoding.UTF8.GetBytes(init.Protocol);
        var message = new byte[HeaderLength + label.Length + protocol.Length];
        var (kind, parameter) = init.MaxRetransmits is { } tries ? (Retransmit, (uint)tries)
            : init.MaxPacketLifeTime is { } life ? (Timed, (uint)life.TotalMilliseconds)
            : (Reliable, 0u);
        message[0] = OpenType;
        message[1] = (byte)(kind | (init.Ordered ? 0 : Unordered));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), init.Priority);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), parameter);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)label.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)protocol.Length);
        label.CopyTo(message, HeaderLength);
        protocol.CopyTo(message, HeaderLength + label.Length);
        return message;
    }
}
