using System.Text.Json;
using Microsoft.Extensions.Options;
using Roost.Hub.Endpoints;

namespace Roost.Hub.Hosting;

/// <summary>Refuses options that cannot be meant, at start, all at once.</summary>
public sealed class HubOptionsValidator : IValidateOptions<HubOptions>
{
    private static readonly string[] Regions = ["us-east", "us-west", "eu-west", "asia-pacific", "global"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HubOptions options)
    {
        var wrong = new List<string>();
        if (options.Port is < 0 or > 65_535)
        {
            wrong.Add($"The port {options.Port} is not one of 0 to 65535; 0 picks a free one");
        }
        if (!Regions.Contains(options.Region))
        {
            wrong.Add($"The region \"{options.Region}\" is none of {string.Join(", ", Regions)}.");
        }
        if (options.PublicUrl is { } url && !IsUrl(url, "http", "https", "ws", "wss"))
        {
            wrong.Add($"PUBLIC_URL \"{url}\" is not an http, https, ws or wss URL; write it as https://hub.example.org");
        }
        wrong.AddRange(options.BootstrapPeers.Where(peer => !IsUrl(peer, "ws", "wss")).Select(peer => $"The bootstrap peer \"{peer}\" is not a ws or wss URL; write it as ws://hub.example:3000"));
        wrong.AddRange(Cors.Named(options.CorsOrigin).Where(origin => !IsOrigin(origin)).Select(origin =>
            $"CORS_ORIGIN has \"{origin}\", which is no origin; write * alone, or origins like https://app.example.org,http://localhost:8080"));
        if (System.Text.Encoding.UTF8.GetByteCount(options.AppId) > 255)
        {
            wrong.Add("APP_ID has more than 255 bytes.");
        }
        if (options.WebRoot is { } root && !Directory.Exists(root))
        {
            wrong.Add($"The web app's folder {root} is not there; name one that holds an index.html, or none for the built-in app");
        }
        if (!IsIceServers(options.IceServers))
        {
            wrong.Add("ICE_SERVERS is not a JSON array of objects with \"urls\".");
        }
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    // As a browser says it: scheme, host, and a port if it is not the usual one; nothing behind.
    private static bool IsOrigin(string text) =>
        IsUrl(text, "http", "https") && new Uri(text) is { UserInfo: "", PathAndQuery: "/", Fragment: "" } && text[^1] != '/';

    private static bool IsUrl(string text, params string[] schemes) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0;

    private static bool IsIceServers(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array
                && document.RootElement.EnumerateArray().All(server => server.ValueKind == JsonValueKind.Object && server.TryGetProperty("urls", out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
