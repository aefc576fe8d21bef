using System.Text.Json;
using Roost.Rtc.Net;

namespace Roost.Peer.Direct;

/// <summary>The STUN and TURN servers that a hub names in WELCOME (docs/protocol/door.md).</summary>
internal static class WelcomeServers
{
    private const int MaxServers = 8;

    /// <summary>Reads <c>iceServers</c> in W3C's form; what is no such thing is left out.</summary>
    public static IReadOnlyList<IceServer> Read(ReadOnlyMemory<byte> welcome)
    {
        try
        {
            using var said = JsonDocument.Parse(welcome);
            if (said.RootElement.ValueKind != JsonValueKind.Object || !said.RootElement.TryGetProperty("iceServers", out var servers) || servers.ValueKind != JsonValueKind.Array)
            {
                return [];
            }
            return [.. servers.EnumerateArray().SelectMany(Read).Take(MaxServers)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static IEnumerable<IceServer> Read(JsonElement server)
    {
        if (server.ValueKind != JsonValueKind.Object || !server.TryGetProperty("urls", out var urls))
        {
            yield break;
        }
        foreach (var url in urls.ValueKind == JsonValueKind.Array ? urls.EnumerateArray().ToList() : [urls])
        {
            if (url.ValueKind == JsonValueKind.String)
            {
                yield return new IceServer(url.GetString()!, Text(server, "username"), Text(server, "credential"));
            }
        }
    }

    private static string? Text(JsonElement server, string name) =>
        server.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
