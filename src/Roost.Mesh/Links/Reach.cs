using System.Net;
using System.Net.Sockets;

namespace Roost.Mesh.Links;

/// <summary>From how far an address can be reached. What a hub tells about others may only lead to its own class, or to public addresses.</summary>
public enum Reach
{
    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>This cable.</summary>
    LinkLocal,

    /// <summary>This site: RFC 1918, RFC 6598, unique local.</summary>
    Private,

    /// <summary>Everywhere, as far as can be told; a host name counts as this until it is resolved.</summary>
    Public,
}

/// <summary>Which class an address or a URL is of.</summary>
public static class Reaches
{
    /// <summary>The class of an address.</summary>
    public static Reach Of(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(ip))
        {
            return Reach.Loopback;
        }
        var b = ip.GetAddressBytes();
        if (b.Length == 4)
        {
            return b[0] == 127 || b[0] == 0 ? Reach.Loopback
                : b[0] == 169 && b[1] == 254 ? Reach.LinkLocal
                : b[0] == 10 || (b[0] == 172 && b[1] >> 4 == 1) || (b[0] == 192 && b[1] == 168) || (b[0] == 100 && b[1] >> 6 == 1) || b[0] >= 224 ? Reach.Private
                : Reach.Public;
        }
        return ip.Equals(IPAddress.IPv6Any) ? Reach.Loopback
            : ip.IsIPv6LinkLocal ? Reach.LinkLocal
            : ip.IsIPv6UniqueLocal || ip.IsIPv6SiteLocal || ip.IsIPv6Multicast || (b[0] == 0 && b[1] == 0x64) ? Reach.Private
            : Reach.Public;
    }

    /// <summary>Reads a hub's URL. False: not a ws or wss URL of a <c>/mesh</c> door without credentials, query or fragment.</summary>
    public static bool TryOf(string url, out Reach reach)
    {
        reach = Reach.Public;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("ws" or "wss") || uri.Host.Length == 0
            || uri.AbsolutePath != "/mesh" || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return false;
        }
        string host = uri.IdnHost.Trim('[', ']');
        reach = IPAddress.TryParse(host, out var ip) ? Of(ip)
            : host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal) ? Reach.Loopback
            : host.EndsWith(".local", StringComparison.Ordinal) ? Reach.Private
            : Reach.Public;
        return true;
    }

    /// <summary>The <c>/mesh</c> door of a hub of which only the origin was given.</summary>
    public static string DoorOf(string url)
    {
        var uri = new Uri(url);
        string scheme = uri.Scheme is "https" or "wss" ? "wss" : "ws";
        return $"{scheme}://{uri.Authority}{(uri.AbsolutePath == "/" ? "/mesh" : uri.AbsolutePath)}";
    }
}
