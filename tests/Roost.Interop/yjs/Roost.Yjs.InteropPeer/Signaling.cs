using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Roost.Yjs.InteropPeer;

/// <summary>y-webrtc's signaling: JSON over a WebSocket, subscribe to topics and publish to them; everybody who subscribed hears it, the sender too.</summary>
internal sealed class Signaling
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Channel<byte[]>, bool>> _topics = new();

    public async Task ServeAsync(WebSocket socket)
    {
        var sending = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
        var writing = Task.Run(async () =>
        {
            await foreach (var text in sending.Reader.ReadAllAsync())
            {
                await socket.SendAsync(text, WebSocketMessageType.Text, true, CancellationToken.None);
            }
        });
        try
        {
            await foreach (var message in ReadAsync(socket))
            {
                Hear(message, sending);
            }
        }
        catch (WebSocketException)
        {
            // Gone.
        }
        foreach (var topic in _topics.Values)
        {
            topic.TryRemove(sending, out _);
        }
        sending.Writer.TryComplete();
        await writing.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>All JSON messages of a socket.</summary>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        using var text = new MemoryStream();
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                yield break;
            }
            text.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                yield return JsonDocument.Parse(Encoding.UTF8.GetString(text.ToArray())).RootElement;
                text.SetLength(0);
            }
        }
    }

    private void Hear(JsonElement message, Channel<byte[]> from)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "subscribe":
                foreach (var topic in message.GetProperty("topics").EnumerateArray())
                {
                    _topics.GetOrAdd(topic.GetString()!, _ => new()).TryAdd(from, true);
                }
                break;
            case "unsubscribe":
                foreach (var topic in message.GetProperty("topics").EnumerateArray())
                {
                    _topics.GetValueOrDefault(topic.GetString()!)?.TryRemove(from, out _);
                }
                break;
            case "publish" when _topics.TryGetValue(message.GetProperty("topic").GetString()!, out var listeners):
                foreach (var listener in listeners.Keys)
                {
                    listener.Writer.TryWrite(Encoding.UTF8.GetBytes(message.GetRawText()));
                }
                break;
            case "ping":
                from.Writer.TryWrite("{\"type\":\"pong\"}"u8.ToArray());
                break;
        }
    }
}
