using System.Net;
using System.Net.Sockets;

namespace Roost.Hub.Stun;

/// <summary>The hub's own STUN server, on the UDP port of the same number as its TCP port.</summary>
internal sealed class StunResponder : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Task _answering;

    private StunResponder(Socket socket)
    {
        _socket = socket;
        _answering = AnswerAsync();
    }

    /// <summary>Starts it; null where the port is taken or UDP is not allowed.</summary>
    public static StunResponder? TryStart(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }
            socket.Bind(new IPEndPoint(address, port));
            return new(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _answering;
    }

    private async Task AnswerAsync()
    {
        await Task.Yield();
        var buffer = new byte[2048];
        var answer = new byte[StunBinding.MaxAnswer];
        var anyone = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, anyone);
                int size = StunBinding.Answer(buffer.AsSpan(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint, answer);
                if (size > 0)
                {
                    await _socket.SendToAsync(answer.AsMemory(0, size), received.RemoteEndPoint);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return;
            }
            catch (SocketException)
            {
                // One asker that cannot be reached; the next is not its fault.
            }
        }
    }
}
