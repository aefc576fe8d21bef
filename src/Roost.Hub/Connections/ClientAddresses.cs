using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Connections;

/// <summary>Whose address a connection counts for.</summary>
internal static class ClientAddresses
{
    /// <summary>The key that limits count by: an IPv4 address, or the /64 of an IPv6 one, since a site usually has a whole /64.</summary>
    public static ClientAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }
        var bytes = (address.IsIPv4MappedToIPv6 ? address : address.MapToIPv6()).GetAddressBytes();
        if (!address.IsIPv4MappedToIPv6 && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            bytes.AsSpan(8).Clear();
        }
        return new(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>The client behind trusted proxies: the right-most address of X-Forwarded-For that is not itself one of them.</summary>
    public static IPAddress? Behind(IPAddress? remote, string forwardedFor, IReadOnlyList<IPNetwork> trusted)
    {
        var client = remote;
        var hops = forwardedFor.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (int i = hops.Length - 1; i >= 0 && client is not null && IsTrusted(client, trusted); i--)
        {
            if (!IPAddress.TryParse(hops[i], out var next))
            {
                break;
            }
            client = next;
        }
        return client;
    }

    private static bool IsTrusted(IPAddress address, IReadOnlyList<IPNetwork> trusted)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in trusted)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }
        return false;
    }
}
