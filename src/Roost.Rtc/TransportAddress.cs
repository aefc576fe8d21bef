using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Roost.Rtc;

/// <summary>An IP address and a port as a value: comparing, hashing and copying one allocates nothing.</summary>
/// <remarks>
/// An IPv4-mapped IPv6 address is kept as IPv4, so that one host has one address whatever socket it was heard on.
/// Scope ids of link-local addresses are not kept: such addresses are no candidates. Immutable; safe to share.
/// </remarks>
/// <param name="Bits">The address: 32 significant bits for IPv4, 128 for IPv6.</param>
/// <param name="IsIPv4">True for IPv4.</param>
/// <param name="Port">The UDP or TCP port, 0 to 65535.</param>
public readonly record struct TransportAddress(UInt128 Bits, bool IsIPv4, ushort Port)
{
    private const ulong MappedPrefix = 0xFFFF;

    /// <summary>Bytes of the address alone: 4 or 16.</summary>
    public int AddressLength => IsIPv4 ? 4 : 16;

    /// <summary>True for 127.0.0.0/8 and ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (uint)Bits >> 24 == 127 : Bits == UInt128.One;

    /// <summary>True for 169.254.0.0/16 and fe80::/10.</summary>
    public bool IsLinkLocal => IsIPv4 ? (uint)Bits >> 16 == 0xA9FE : (uint)(Bits >> 118) == 0x3FA;

    /// <summary>True for 0.0.0.0 and ::.</summary>
    public bool IsUnspecified => Bits == UInt128.Zero;

    /// <summary>The address of an endpoint.</summary>
    public static TransportAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return From(endPoint.Address, endPoint.Port);
    }

    /// <summary>An address and a port (0 to 65535).</summary>
    public static TransportAddress From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return FromBytes(bytes[..length], (ushort)port);
    }

    /// <summary>Reads 4 or 16 address bytes in network order; any other length gives the unspecified IPv4 address.</summary>
    public static TransportAddress FromBytes(ReadOnlySpan<byte> address, ushort port)
    {
        if (address.Length == 16)
        {
            var bits = BinaryPrimitives.ReadUInt128BigEndian(address);
            return bits >> 32 == MappedPrefix ? new((uint)bits, true, port) : new(bits, false, port);
        }
        return address.Length == 4 ? new(BinaryPrimitives.ReadUInt32BigEndian(address), true, port) : new(default, true, port);
    }

    /// <summary>Parses a literal IP address; a host name is refused, since a core cannot resolve it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? literal, int port, out TransportAddress address)
    {
        address = default;
        if (port is < 0 or > 65535 || !IPAddress.TryParse(literal, out var ip))
        {
            return false;
        }
        address = From(ip, port);
        return true;
    }

    /// <summary>Writes the address bytes in network order.</summary>
    /// <returns>How many: 4 or 16.</returns>
    public int WriteAddress(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Bits);
            return 4;
        }
        BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
        return 16;
    }

    /// <summary>The IP address without the port.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..WriteAddress(bytes)]);
    }

    /// <summary>The same as an endpoint.</summary>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    /// <inheritdoc/>
    public override string ToString() => IsIPv4 ? $"{ToIPAddress()}:{Port}" : $"[{ToIPAddress()}]:{Port}";
}
