using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Roost.Hub.Tests;

/// <summary>A bare client at the Pigeon door, so that tests can say what no unmodified client would.</summary>
internal sealed class PigeonClient : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[2 * 1024 * 1024];

    public ClientWebSocket Socket { get; } = new();

    public string Id { get; private init; } = "";

    public static string IdOf(char digit) => new(digit, 40);

    public static async Task<PigeonClient> ConnectAsync(int port, string id, string path = "/", bool connected = true)
    {
        var client = new PigeonClient { Id = id };
        await client.Socket.ConnectAsync(new($"ws://127.0.0.1:{port}{path}?peerId={id}"), Timeout());
        if (connected)
        {
            Assert.Equal("connected", (string?)(await client.HearAsync())!["type"]);
        }
        return client;
    }

    public static async Task<PigeonClient> AnnounceAsync(int port, char digit, string network = "global")
    {
        var client = await ConnectAsync(port, IdOf(digit));
        await client.SayAsync($$$"""{"type":"announce","data":{"peerId":"{{{client.Id}}}"},"maxPeers":3,"networkName":"{{{network}}}"}""");
        return client;
    }

    public Task SayAsync(string text) => SayAsync(Encoding.UTF8.GetBytes(text));

    public async Task SayAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text) => await Socket.SendAsync(bytes, type, true, Timeout());

    /// <summary>The next message as text, or null when the hub closed.</summary>
    public async Task<string?> HearTextAsync()
    {
        int length = 0;
        while (true)
        {
            var part = await Socket.ReceiveAsync(_buffer.AsMemory(length), Timeout());
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            length += part.Count;
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }

    public async Task<JsonObject?> HearAsync() => await HearTextAsync() is { } text ? JsonNode.Parse(text)!.AsObject() : null;

    /// <summary>The next message of this type; others are skipped.</summary>
    public async Task<JsonObject> HearAsync(string type)
    {
        while (true)
        {
            var message = await HearAsync() ?? throw new InvalidOperationException($"closed before \"{type}\": {Socket.CloseStatus} {Socket.CloseStatusDescription}");
            if ((string?)message["type"] == type)
            {
                return message;
            }
        }
    }

    public async Task<(int Code, string? Reason)> ClosedAsync()
    {
        while (await HearTextAsync() is not null)
        {
        }
        return ((int)Socket.CloseStatus!, Socket.CloseStatusDescription);
    }

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return default;
    }

    private static CancellationToken Timeout() => new CancellationTokenSource(TestPeer.Patience).Token;
}
