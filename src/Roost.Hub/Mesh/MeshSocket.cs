using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>A WebSocket of a hub link: whole binary messages in and out.</summary>
internal sealed class MeshSocket(WebSocket socket) : IDisposable
{
    private byte[] _buffer = new byte[8 * 1024];

    /// <summary>Dials a hub's door. No proxy, no redirect; only addresses that may be dialled (docs/protocol/mesh.md, "Learned addresses").</summary>
    /// <exception cref="WebSocketException">It could not be reached, or is no such door.</exception>
    public static async Task<(MeshSocket Socket, Reach Reach)> DialAsync(Uri url, Reach? allowed, CancellationToken cancellationToken)
    {
        var reached = Reach.Public;
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        handler.ConnectCallback = async (context, cancellation) =>
        {
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
            var dialled = addresses.Where(address => allowed is null || Reaches.Of(address) is var reach && (reach == allowed || reach == Reach.Public)).ToArray();
            if (dialled.Length == 0)
            {
                throw new IOException("No address of it may be dialled from what was learned there.");
            }
            reached = Reaches.Of(dialled[0]);
            var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await tcp.ConnectAsync(dialled, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(tcp, ownsSocket: true);
            }
            catch
            {
                tcp.Dispose();
                throw;
            }
        };
        var client = new ClientWebSocket();
        try
        {
            client.Options.AddSubProtocol(MeshTypes.Subprotocol);
            client.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan; // The mesh has its own signs of life.
            using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
            await client.ConnectAsync(url, invoker, cancellationToken);
            if (client.SubProtocol != MeshTypes.Subprotocol)
            {
                throw new WebSocketException("The other end does not speak the hub protocol.");
            }
            return (new MeshSocket(client), reached);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The next message; empty when the stream has ended. Valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length >= MeshTypes.MaxMessage)
                {
                    return default; // Larger than any message may be: the link ends as if the stream had.
                }
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 4, MeshTypes.MaxMessage));
            }
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType != WebSocketMessageType.Binary)
            {
                return default;
            }
            length += part.Count;
            if (part.EndOfMessage)
            {
                return _buffer.AsMemory(0, length);
            }
        }
    }

    /// <summary>What the other end closed with.</summary>
    public LinkRefusal CloseReason =>
        socket.CloseStatus is { } status && (int)status - 4400 is > 0 and < 256 and int code && Enum.IsDefined((LinkRefusal)code) ? (LinkRefusal)code : LinkRefusal.None;

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    /// <summary>Says why, as far as the other end listens.</summary>
    public async Task CloseAsync(LinkRefusal why)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)(4400 + (int)why), why.ToString(), patience.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // It is gone already, which is what was wanted.
        }
    }

    /// <summary>Waits a moment for the other end to hang up, so that it reads what it was told last.</summary>
    public async Task AwaitEndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            while (!(await ReceiveAsync(patience.Token)).IsEmpty)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // It did, in its own way.
        }
    }

    public void Dispose() => socket.Dispose();
}
