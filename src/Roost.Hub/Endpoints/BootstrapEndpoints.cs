using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Mesh.Links;

namespace Roost.Hub.Endpoints;

/// <summary>Seed 002's <c>/.well-known/pigeonhub-bootstrap</c>: hubs of this mesh that can be dialled, this one first, under this hub's key. It vouches for nobody on the list.</summary>
public static class BootstrapEndpoints
{
    private const int Most = 50, ExpiresSeconds = 86_400;

    private static ReadOnlySpan<byte> Label => "roost-bootstrap-1"u8;

    /// <summary>Maps <c>/.well-known/pigeonhub-bootstrap</c>.</summary>
    public static IEndpointConventionBuilder MapBootstrapList(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var hub = services.GetRequiredService<HubService>();
        var key = services.GetRequiredService<HubIdentity>().Key;
        var options = services.GetRequiredService<IOptions<HubOptions>>().Value;
        var authorities = services.GetRequiredService<Authorities>();
        return new Cors(options.CorsOrigin).MapGet(endpoints, "/.well-known/pigeonhub-bootstrap", async context =>
        {
            var others = await hub.LookAsync(core => core.Mesh?.Hubs().Where(other => other is { IsUp: true, HasRecord: true, IsDraining: false, Urls.Count: > 0 }).Take(Most - 1).ToList() ?? []);
            string own = Reaches.DoorOf(options.PublicUrl ?? authorities.Urls()[0]);
            var seeds = others.Select(other => (Url: OriginOf(other.Urls[0]), other.Region)).Prepend((Url: OriginOf(own), options.Region)).ToList();
            long now = hub.Clock.Now.UnixMilliseconds;
            await Json.WriteAsync(context, new JsonObject
            {
                ["v"] = 1,
                ["app"] = options.AppId,
                ["region"] = options.Region,
                ["ts"] = now,
                ["expires"] = ExpiresSeconds,
                ["seeds"] = new JsonArray([.. seeds.Select(seed => (JsonNode)new JsonObject { ["t"] = seed.Url[..seed.Url.IndexOf(':', StringComparison.Ordinal)], ["u"] = seed.Url, ["region"] = seed.Region })]),
                ["hub"] = key.PublicKey.ToString(),
                ["signature"] = Hex.ToString(key.Sign(SignedText(options.AppId, now, seeds))),
            });
        });
    }

    /// <summary>The bytes under the signature: the label and the hash of the lines <c>APP_ID</c>, <c>ts</c>, <c>expires</c>, then <c>URL two spaces REGION</c> for each seed.</summary>
    internal static byte[] SignedText(string app, long at, IEnumerable<(string Url, string Region)> seeds)
    {
        var lines = new StringBuilder().Append(app).Append('\n').Append(at).Append('\n').Append(ExpiresSeconds).Append('\n');
        foreach (var (url, region) in seeds)
        {
            lines.Append(url).Append("  ").Append(region).Append('\n');
        }
        return [.. Label, .. Hashes.Sha256(Encoding.UTF8.GetBytes(lines.ToString()))];
    }

    private static string OriginOf(string door) => door.EndsWith("/mesh", StringComparison.Ordinal) ? door[..^"/mesh".Length] : door;
}
