using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Roost.Yjs.InteropPeer;

// `server [PORT]`: documents by room, as y-websocket's clients expect them, on a free port or the given one.
// `client URL`: a C# document that is connected as y-websocket's client is, and dials again when it is cut off.
// `webrtc URL`: a C# member of the y-webrtc room "room" that meets others at that signaling server; `server` has one at /signaling.
// Commands come by stdin, one JSON object a line: {"id":1,"room":"r","op":…}; answers go to stdout. It ends with its stdin.
var rooms = new ConcurrentDictionary<string, Replica>();
var signaling = new Signaling();
var own = new Replica();
Func<JsonElement, Replica> choose;
if (args is ["server", ..])
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls($"http://127.0.0.1:{(args.Length > 1 ? args[1] : "0")}");
    var app = builder.Build();
    app.UseWebSockets();
    app.Run(async context =>
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            // A page of this origin may dial this origin.
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<!doctype html><title>Yjs</title>");
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await (context.Request.Path == "/signaling"
            ? signaling.ServeAsync(socket)
            : new SocketConnection(socket, rooms.GetOrAdd(context.Request.Path.Value!.Trim('/'), _ => new Replica())).RunAsync());
    });
    await app.StartAsync();
    Say(new { ready = true, url = app.Urls.First().Replace("http:", "ws:", StringComparison.Ordinal) });
    choose = command => rooms.GetOrAdd(command.GetProperty("room").GetString()!, _ => new Replica());
}
else if (args is ["client", var url])
{
    _ = Task.Run(() => StayConnectedAsync(new Uri(url)));
    Say(new { ready = true });
    choose = _ => own;
}
else if (args is ["webrtc", var meeting])
{
    _ = Task.Run(() => new WebrtcRoom(own, "room").StayAsync(new Uri(meeting)));
    Say(new { ready = true });
    choose = _ => own;
}
else
{
    Console.Error.WriteLine("Roost.Yjs.InteropPeer server [PORT] | client URL | webrtc URL");
    return 2;
}

while (await Console.In.ReadLineAsync() is { } line)
{
    var command = JsonDocument.Parse(line).RootElement;
    Say(new { id = command.GetProperty("id").GetInt32(), result = Commands.Run(choose(command), command) });
}
return 0;

async Task StayConnectedAsync(Uri address)
{
    while (true)
    {
        using var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(address, CancellationToken.None);
            await new SocketConnection(socket, own).RunAsync();
        }
        catch (WebSocketException)
        {
            // Not there, or not yet.
        }
        await Task.Delay(100);
    }
}

static void Say(object answer)
{
    Console.WriteLine(JsonSerializer.Serialize(answer));
    Console.Out.Flush();
}
