using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Roost.Hub.Connections;
using Roost.Hub.Sockets;

namespace Roost.Hub.Endpoints;

/// <summary>The ordinary road to a door: an ASP.NET request that asks for a WebSocket, over HTTP/1.1 or HTTP/2.</summary>
internal static class UpgradeEndpoint
{
    public static bool IsUpgrade(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" }
        || (context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
            && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase));

    public static UpgradeRequest Describe(HttpContext context, HubService hub) => new(
        context.Request.PathBase.Add(context.Request.Path).Value ?? "/",
        context.Request.QueryString.Value?.TrimStart('?') ?? "",
        context.Request.Headers.SecWebSocketProtocol.ToString(),
        hub.ClientOf(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"].ToString()));

    public static async Task ServeAsync(HttpContext context, HubService hub, HubDoor door, UpgradeRequest request)
    {
        string key = context.Request.Headers.SecWebSocketKey.ToString();
        bool http2 = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
        if (context.Request.Headers.SecWebSocketVersion != "13" || (!http2 && key.Length != 24))
        {
            context.Response.Headers.SecWebSocketVersion = "13";
            await SayAsync(context, StatusCodes.Status426UpgradeRequired, "This is a WebSocket of version 13.");
            return;
        }
        if (door.Subprotocol is { } wanted)
        {
            if (!request.Offers(wanted))
            {
                await SayAsync(context, StatusCodes.Status400BadRequest, $"This WebSocket speaks the subprotocol \"{wanted}\".");
                return;
            }
            context.Response.Headers.SecWebSocketProtocol = wanted;
        }
        Stream stream;
        if (http2)
        {
            stream = await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
        }
        else
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.Connection = "Upgrade";
            context.Response.Headers.SecWebSocketAccept = Handshake.AcceptKey(key);
            stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        }
        await hub.ServeAsync(door, request, new StreamPipes(stream), context.Abort);
    }

    public static async Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
