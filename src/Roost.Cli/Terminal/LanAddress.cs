using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Roost.Cli.Terminal;

/// <summary>The address under which a phone on the same network reaches this machine.</summary>
internal static class LanAddress
{
    /// <summary>An IPv4 address of the interface with a gateway, else of any that is up; null when there is only loopback.</summary>
    public static IPAddress? Find() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(n => n.OperationalStatus == OperationalStatus.Up && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .Select(n => n.GetIPProperties())
        .OrderByDescending(p => HasGateway(p))
        .SelectMany(p => p.UnicastAddresses)
        .Select(a => a.Address)
        .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a) && a.GetAddressBytes() is not [169, 254, ..]);

    private static bool HasGateway(IPInterfaceProperties properties)
    {
        try
        {
            return properties.GatewayAddresses.Any(g => !g.Address.Equals(IPAddress.Any) && !g.Address.Equals(IPAddress.IPv6Any));
        }
        catch (PlatformNotSupportedException)
        {
            return false;
        }
    }
}
