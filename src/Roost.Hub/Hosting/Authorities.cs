using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Roost.Hub.Driving;

namespace Roost.Hub.Hosting;

/// <summary>
/// Which <c>host:port</c> are this hub's (docs/protocol/door.md, "Authority"): what it knows about itself, never what a request says.
/// </summary>
public sealed class Authorities(IOptions<HubOptions> options, HubClock clock)
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);

    private volatile HashSet<string> _known = [];
    private long _lookedAt = long.MinValue;
    private volatile IReadOnlyList<int> _ports = [];

    /// <summary>The port it listens on, once it does; the first where there are several.</summary>
    public int Port => _ports.Count > 0 ? _ports[0] : 0;

    internal void Listening(IReadOnlyList<int> ports)
    {
        _ports = ports;
        Look();
    }

    /// <summary>Whether a dialled authority is this hub's. Interfaces come and go, so an unknown one is looked for again, at most every ten seconds.</summary>
    public bool AnswersTo(string authority)
    {
        if (_known.Contains(authority))
        {
            return true;
        }
        if (clock.Now.Ticks - Interlocked.Read(ref _lookedAt) < LookAgainAfter.Ticks)
        {
            return false;
        }
        Look();
        return _known.Contains(authority);
    }

    /// <summary>All of them, for a person.</summary>
    public override string ToString() => string.Join(", ", _known.Order());

    /// <summary>Addresses under which others may reach it: the public URL first, then those of its interfaces, then localhost.</summary>
    public IReadOnlyList<string> Urls()
    {
        var value = options.Value;
        string scheme = value.Certificate is null ? "http" : "https";
        var urls = new List<string>();
        if (value.PublicUrl is { } url)
        {
            urls.Add(WebUrl(new Uri(url)));
        }
        urls.AddRange(Hosts().Where(host => host != "localhost" && IPAddress.TryParse(host.Trim('[', ']'), out var ip) && !IPAddress.IsLoopback(ip))
            .Select(host => $"{scheme}://{host}:{Port}"));
        urls.Add($"{scheme}://localhost:{Port}");
        return urls;
    }

    private static string WebUrl(Uri url) => $"{(url.Scheme is "ws" or "http" ? "http" : "https")}://{url.Authority}";

    private void Look()
    {
        Interlocked.Exchange(ref _lookedAt, clock.Now.Ticks);
        var known = Hosts().Concat(options.Value.Names).SelectMany(host => _ports.Select(port => $"{host.ToLowerInvariant()}:{port}")).ToHashSet();
        if (options.Value.PublicUrl is { } url)
        {
            var parsed = new Uri(url);
            known.Add($"{parsed.IdnHost.ToLowerInvariant()}:{parsed.Port switch { -1 => parsed.Scheme == "wss" ? 443 : 80, int port => port }}");
        }
        _known = known;
    }

    private List<string> Hosts()
    {
        var hosts = new List<string> { "localhost", "127.0.0.1", "[::1]" };
        if (IPAddress.TryParse(options.Value.Host, out var only) && IPAddress.IsLoopback(only))
        {
            return hosts;
        }
        string name = Dns.GetHostName().ToLowerInvariant();
        hosts.AddRange([name, $"{name}.local"]);
        foreach (var address in InterfaceAddresses())
        {
            hosts.Insert(0, address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString());
        }
        return hosts;
    }

    private static List<IPAddress> InterfaceAddresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(face => face.OperationalStatus == OperationalStatus.Up && face.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(face => face.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
                .Where(address => !address.IsIPv6LinkLocal) // A browser cannot dial one: it has no way to write the zone.
                .OrderByDescending(address => address.AddressFamily)];
        }
        catch (NetworkInformationException)
        {
            return []; // Some sandboxes do not let a process ask.
        }
    }
}
