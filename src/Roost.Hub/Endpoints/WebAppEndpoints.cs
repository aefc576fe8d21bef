using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Roost.Hub.Web;

namespace Roost.Hub.Endpoints;

/// <summary>The web app that a hub serves.</summary>
public static class WebAppEndpoints
{
    // Scripts and styles only from this origin, no frames, no leak of the link in a Referer; connections may go to other hubs.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; "
        + "manifest-src 'self'; connect-src 'self' http: https: ws: wss:; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Maps <c>/</c> and every asset of the app.</summary>
    public static IEndpointConventionBuilder MapWebApp(this IEndpointRouteBuilder endpoints)
    {
        var assets = endpoints.ServiceProvider.GetRequiredService<WebAssets>();
        return endpoints.MapMethods("/{**path}", ["GET", "HEAD"], context =>
        {
            string path = context.Request.Path.Value ?? "/";
            var asset = path is "/" or "" or "/index.html" ? assets.Page : assets.All.GetValueOrDefault(path);
            return asset is null ? UpgradeEndpoint.SayAsync(context, StatusCodes.Status404NotFound, "Not found.") : ServeAsync(context, asset);
        });
    }

    private static async Task ServeAsync(HttpContext context, WebAsset asset)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // The client library is there for pages of any origin: it holds nothing that is this hub's own.
        headers.AccessControlAllowOrigin = "*";
        headers.ETag = asset.ETag;
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = asset.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(asset.ETag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var body = asset.Bytes;
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase) && asset.Gzip is { } gzip)
        {
            headers.ContentEncoding = "gzip";
            body = gzip;
        }
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
