using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Roost.Rtc.Turn;

namespace Roost.Rtc.Net.Turn;

/// <summary>TCP or TLS to a TURN server (RFC 8656 §2.1): frames in both directions, read and written off the loop.</summary>
internal sealed class TurnStream : IDisposable
{
    private const int MaxFrameBytes = 65_536 + 20;

    /// <summary>Frames that wait to be written; more are dropped, as a full socket drops datagrams.</summary>
    private const int MaxQueued = 1024;

    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<byte[]> _received;
    private readonly Action<string> _lost;
    private readonly TurnTrust? _trust;

    /// <summary>Starts to connect.</summary>
    /// <param name="server">The server.</param>
    /// <param name="trust">Whom to trust over TLS; null for plain TCP.</param>
    /// <param name="received">Gets each frame.</param>
    /// <param name="lost">Told once, and why, when the stream ends by itself.</param>
    internal TurnStream(IPEndPoint server, TurnTrust? trust, Action<byte[]> received, Action<string> lost)
    {
        _trust = trust;
        _received = received;
        _lost = lost;
        _ = RunAsync(server);
    }

    internal void Send(ReadOnlySpan<byte> message)
    {
        // ChannelData is padded to four bytes over streams (RFC 8656 §12.5); STUN is already.
        var frame = new byte[(message.Length + 3) & ~3];
        message.CopyTo(frame);
        _outgoing.Writer.TryWrite(frame);
    }

    public void Dispose()
    {
        _outgoing.Writer.TryComplete();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RunAsync(IPEndPoint server)
    {
        var stop = _stop.Token;
        var why = "the server closed the stream";
        try
        {
            using var client = new TcpClient(server.AddressFamily) { NoDelay = true };
            await client.ConnectAsync(server, stop).ConfigureAwait(false);
            Stream stream = client.GetStream();
            if (_trust is not null)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(_trust.Options, stop).ConfigureAwait(false);
            }
            await using (stream.ConfigureAwait(false))
            {
                var writing = WriteAsync(stream, stop);
                await ReadAsync(stream, stop).ConfigureAwait(false);
                _outgoing.Writer.TryComplete();
                await writing.ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // The world's fault, or our own Dispose.
            why = _trust?.Refusal ?? e.Message;
        }
        if (!stop.IsCancellationRequested)
        {
            _lost(why);
        }
    }

    private async Task WriteAsync(Stream stream, CancellationToken stop)
    {
        await foreach (var frame in _outgoing.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            await stream.WriteAsync(frame, stop).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(Stream stream, CancellationToken stop)
    {
        var buffer = new byte[MaxFrameBytes * 2];
        var used = 0;
        while (true)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(used), stop).ConfigureAwait(false);
            if (count == 0)
            {
                return;
            }
            used += count;
            var at = 0;
            while (ChannelData.FrameLength(buffer.AsSpan(at, used - at)) is var length && length != 0 && length <= used - at)
            {
                if (length < 0 || length > MaxFrameBytes)
                {
                    return; // not a TURN server
                }
                _received(buffer.AsSpan(at, length).ToArray());
                at += length;
            }
            buffer.AsSpan(at, used - at).CopyTo(buffer);
            used -= at;
        }
    }
}
