using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Hub.Hosting;
using Roost.Hub.Web;

namespace Roost.Hub.Endpoints;

/// <summary>
/// What this hub says it serves, under its key: whoever compares it with a release or a checkout sees a changed page (docs/protocol/identity.md).
/// It cannot protect a visitor of a hub that lies, since the page comes from there; it makes the lie provable.
/// </summary>
public static class AssetListEndpoints
{
    private static ReadOnlySpan<byte> Label => "roost-assets-1"u8;

    /// <summary>Maps <c>/.well-known/roost-assets.json</c>.</summary>
    public static IEndpointConventionBuilder MapAssetList(this IEndpointRouteBuilder endpoints)
    {
        var assets = endpoints.ServiceProvider.GetRequiredService<WebAssets>();
        var identity = endpoints.ServiceProvider.GetRequiredService<HubIdentity>();
        var made = new Lazy<string>(() => Make(assets, identity.Key).ToJsonString());
        return endpoints.MapGet("/.well-known/roost-assets.json", context =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            return Json.WriteAsync(context, JsonNode.Parse(made.Value)!);
        });
    }

    /// <summary>The bytes under the signature: the label and the hash of one line a file, <c>SHA256 two spaces PATH newline</c>, in the order of the paths' UTF-8 bytes.</summary>
    internal static byte[] SignedText(IEnumerable<(string Path, string Hash)> files)
    {
        var lines = new StringBuilder();
        foreach (var (path, hash) in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            lines.Append(hash).Append("  ").Append(path).Append('\n');
        }
        return [.. Label, .. Hashes.Sha256(Encoding.UTF8.GetBytes(lines.ToString()))];
    }

    private static JsonObject Make(WebAssets assets, SigningKey key)
    {
        var files = assets.All.Values.Select(asset => (asset.Path, Hash: Hex.ToString(asset.Hash))).OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        var listed = new JsonObject();
        foreach (var (path, hash) in files)
        {
            listed[path] = hash;
        }
        return new JsonObject
        {
            ["v"] = 1,
            ["hub"] = key.PublicKey.ToString(),
            ["files"] = listed,
            ["signature"] = Hex.ToString(key.Sign(SignedText(files))),
        };
    }
}
