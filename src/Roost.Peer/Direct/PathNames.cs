using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Roost.Mesh.Signaling;
using Roost.Rtc.Ice;

namespace Roost.Peer.Direct;

/// <summary>What a path of ICE is called.</summary>
internal static class PathNames
{
    public static PeerPath Of(IcePath path) =>
        path.IsRelayed ? PeerPath.Relayed
        : path.RemoteType == IceCandidateType.Host || IsNear(path.Remote.ToIPAddress()) ? PeerPath.Local
        : PeerPath.Direct;

    /// <summary>Whether an address is of a private network (RFC 1918, RFC 4193) or of this machine: one that was found by checks alone tells no more.</summary>
    private static bool IsNear(IPAddress address)
    {
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal)
        {
            return true;
        }
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            var bytes = address.GetAddressBytes();
            if (bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254))
            {
                return true;
            }
        }
        return NetworkInterface.GetAllNetworkInterfaces().Any(i => i.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(address)));
    }
}
