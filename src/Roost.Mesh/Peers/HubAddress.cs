namespace Roost.Mesh.Peers;

/// <summary>Where a hub is: its origin, the WebSocket of its door, and the authority that a peer signs.</summary>
/// <param name="Origin">"http://host:port" or "https://host".</param>
/// <param name="Door">ws or wss, path <c>/roost</c>.</param>
/// <param name="Authority">host:port, lower case, the port always written (docs/protocol/door.md).</param>
public sealed record HubAddress(string Origin, Uri Door, string Authority)
{
    /// <summary>Reads http, https, ws or wss addresses; path, query and fragment are ignored.</summary>
    /// <exception cref="ArgumentException">Not such an address.</exception>
    public static HubAddress Parse(string text)
    {
        if (!TryParse(text, out var address))
        {
            throw new ArgumentException($"ROOST-2001 '{text}' is no hub address; write it like http://192.168.1.20:3000 or https://roost.example.org");
        }
        return address;
    }

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(string? text, out HubAddress address)
    {
        address = null!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "ws" or "wss") || uri.Host.Length == 0)
        {
            return false;
        }
        bool secure = uri.Scheme is "https" or "wss";
        string host = uri.IdnHost.ToLowerInvariant();
        host = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host;
        bool defaultPort = uri.Port == (secure ? 443 : 80);
        string origin = $"{(secure ? "https" : "http")}://{host}{(defaultPort ? "" : $":{uri.Port}")}";
        address = new HubAddress(origin, new Uri($"{(secure ? "wss" : "ws")}://{host}:{uri.Port}/roost"), $"{host}:{uri.Port}");
        return true;
    }
}
