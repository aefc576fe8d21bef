using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Roost.Rtc.Net;
using Roost.Rtc.Sdp;

namespace Roost.Yjs.InteropPeer;

/// <summary>A C# member of a y-webrtc room: announces itself, offers to who announces itself, and answers simple-peer's signals.</summary>
internal sealed class WebrtcRoom(Replica replica, string topic)
{
    private readonly string _self = Guid.NewGuid().ToString();
    private readonly ConcurrentDictionary<string, WebrtcConnection> _peers = new();
    private readonly SemaphoreSlim _sending = new(1);
    private ClientWebSocket _socket = new();

    public async Task StayAsync(Uri signaling)
    {
        while (true)
        {
            try
            {
                _socket = new ClientWebSocket();
                await _socket.ConnectAsync(signaling, CancellationToken.None);
                await SayAsync(new { type = "subscribe", topics = new[] { topic } });
                await PublishAsync(new { type = "announce", from = _self });
                await foreach (var message in Signaling.ReadAsync(_socket))
                {
                    if (message.GetProperty("type").ValueEquals("publish") && message.GetProperty("topic").ValueEquals(topic))
                    {
                        await HearAsync(message.GetProperty("data"));
                    }
                }
            }
            catch (WebSocketException)
            {
                // Not there, or not yet.
            }
            await Task.Delay(100);
        }
    }

    private async Task HearAsync(JsonElement data)
    {
        string from = data.GetProperty("from").GetString()!;
        if (from == _self || (data.TryGetProperty("to", out var to) && !to.ValueEquals(_self)))
        {
            return;
        }
        if (data.GetProperty("type").ValueEquals("announce"))
        {
            if (!_peers.ContainsKey(from))
            {
                var offering = Add(from);
                offering.Serve(offering.Peer.CreateDataChannel(from[..8]));
                await DescribeAsync(offering);
            }
            return;
        }
        await SignalAsync(from, data.GetProperty("signal"), data.GetProperty("token"));
    }

    private async Task SignalAsync(string from, JsonElement signal, JsonElement token)
    {
        var known = _peers.GetValueOrDefault(from);
        switch (signal.TryGetProperty("type", out var type) ? type.GetString() : "candidate")
        {
            case "offer":
                if (known is { Token: > 0 } && token.ValueKind == JsonValueKind.Number && known.Token > token.GetDouble())
                {
                    return; // Both offered, and ours is the newer one.
                }
                if (known is not null)
                {
                    await known.EndAsync();
                }
                var answering = Add(from);
                answering.Peer.ChannelArrived += (_, channel) => answering.Serve(channel);
                await answering.Peer.SetRemoteDescriptionAsync(SessionDescription.Parse("offer", signal.GetProperty("sdp").GetString()!));
                await DescribeAsync(answering);
                answering.Token = 0;
                break;
            case "answer" when known is not null:
                known.Token = 0;
                await known.Peer.SetRemoteDescriptionAsync(SessionDescription.Parse("answer", signal.GetProperty("sdp").GetString()!));
                break;
            case "candidate":
                known?.Peer.AddIceCandidate(signal.GetProperty("candidate").GetProperty("candidate").GetString());
                break;
        }
    }

    private WebrtcConnection Add(string from)
    {
        var connection = new WebrtcConnection(replica, from);
        _peers[from] = connection;
        _ = ForgetAsync(from, connection);
        return connection;
    }

    /// <summary>Whoever went may be back already, and its announcement was ignored while we believed it here: so we announce ourselves, as y-webrtc does.</summary>
    private async Task ForgetAsync(string from, WebrtcConnection connection)
    {
        await connection.Peer.Closed;
        if (_peers.TryRemove(KeyValuePair.Create(from, connection)) && _socket.State == WebSocketState.Open)
        {
            await PublishAsync(new { type = "announce", from = _self });
        }
    }

    private async Task DescribeAsync(WebrtcConnection connection)
    {
        await connection.Peer.SetLocalDescriptionAsync();
        await connection.Peer.Gathered;
        var description = await connection.Peer.GetLocalDescriptionAsync();
        connection.Token = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + Random.Shared.NextDouble();
        await PublishAsync(new { to = connection.Name, from = _self, type = "signal", token = connection.Token, signal = new { type = description.TypeName, sdp = description.Sdp } });
    }

    private Task PublishAsync(object data) => SayAsync(new { type = "publish", topic, data });

    private async Task SayAsync(object message)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }
}
