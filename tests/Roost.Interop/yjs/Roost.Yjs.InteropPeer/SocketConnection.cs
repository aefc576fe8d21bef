using System.Net.WebSockets;
using System.Threading.Channels;

namespace Roost.Yjs.InteropPeer;

/// <summary>One WebSocket that speaks y-websocket's protocol, the same on both sides.</summary>
internal sealed class SocketConnection(WebSocket socket, Replica replica) : Connection
{
    private readonly Channel<byte[]> _out = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
    private readonly CancellationTokenSource _cut = new();

    public override void Send(byte[] message) => _out.Writer.TryWrite(message);

    public override void Cut() => _cut.Cancel();

    /// <summary>Speaks until the other goes, says what is no message, or the connection is cut.</summary>
    public async Task RunAsync()
    {
        replica.Open(this);
        try
        {
            var writing = WriteAsync();
            await ReadAsync();
            _out.Writer.TryComplete();
            await writing;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // Gone.
        }
        finally
        {
            _out.Writer.TryComplete();
            replica.Close(this);
            socket.Abort();
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), _cut.Token);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return;
            }
            message.Write(buffer, 0, read.Count);
            if (read.EndOfMessage)
            {
                if (!replica.Hear(this, message.ToArray()))
                {
                    await RefuseAsync();
                    return;
                }
                message.SetLength(0);
            }
        }
    }

    /// <summary>Says why, and waits until that was read: who aborts at once may take the reason back.</summary>
    private async Task RefuseAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        await socket.CloseOutputAsync(WebSocketCloseStatus.InvalidPayloadData, "no message", patience.Token);
        var rest = new byte[1024];
        while (socket.State == WebSocketState.CloseSent)
        {
            await socket.ReceiveAsync(rest.AsMemory(), patience.Token);
        }
    }

    private async Task WriteAsync()
    {
        await foreach (var message in _out.Reader.ReadAllAsync(_cut.Token))
        {
            if (socket.State == WebSocketState.Open)
            {
                await socket.SendAsync(message, WebSocketMessageType.Binary, true, _cut.Token);
            }
        }
    }
}
