using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roost.Load;

/// <summary>The lightest WebSocket client that is still honest: masked frames, pings answered, every delivered frame counted.</summary>
internal sealed class Client(Action<int> delivered) : IDisposable
{
    private const uint Mask = 0x5A3C96E1;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _input = new byte[4 * 1024];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<byte[], byte[]?>? _onEarly;
    private int _have;

    /// <summary>Connects; <paramref name="early"/> sees each of the first frames whole and may answer, until it gives null.</summary>
    public async Task ConnectAsync(int port, string target, string? subprotocol, Func<byte[], byte[]?> early)
    {
        await _socket.ConnectAsync(IPAddress.Loopback, port);
        string head = $"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (subprotocol is null ? "\r\n" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n");
        await _socket.SendAsync(Encoding.ASCII.GetBytes(head));
        int end;
        while ((end = _input.AsSpan(0, _have).IndexOf("\r\n\r\n"u8)) < 0)
        {
            _have += await _socket.ReceiveAsync(_input.AsMemory(_have));
        }
        if (!_input.AsSpan(0, end).StartsWith("HTTP/1.1 101"u8))
        {
            throw new InvalidOperationException(Encoding.ASCII.GetString(_input, 0, end));
        }
        _have -= end + 4;
        _input.AsSpan(end + 4, _have).CopyTo(_input);
        _onEarly = early;
        _ = ReadAsync();
        await _settled.Task;
    }

    /// <summary>A frame ready to be sent any number of times.</summary>
    public static byte[] Frame(byte opcode, ReadOnlySpan<byte> payload)
    {
        int header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + 4 + payload.Length];
        frame[0] = (byte)(0x80 | opcode);
        frame[1] = (byte)(0x80 | (payload.Length < 126 ? payload.Length : 126));
        if (header == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(header), Mask);
        for (int i = 0; i < payload.Length; i++)
        {
            frame[header + 4 + i] = (byte)(payload[i] ^ (Mask >> (8 * (i & 3))));
        }
        return frame;
    }

    public async ValueTask SendAsync(byte[] frame)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(frame);
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                int at = 0;
                while (TryFrame(at, out int start, out int length))
                {
                    await TakeAsync(_input[at], _input.AsMemory(start, length));
                    at = start + length;
                }
                _have -= at;
                _input.AsSpan(at, _have).CopyTo(_input);
                int read = await _socket.ReceiveAsync(_input.AsMemory(_have));
                if (read == 0)
                {
                    _settled.TrySetException(new IOException("closed"));
                    return;
                }
                _have += read;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _settled.TrySetException(exception);
        }
    }

    private bool TryFrame(int at, out int start, out int length)
    {
        start = length = 0;
        if (_have - at < 4)
        {
            return false;
        }
        length = _input[at + 1];
        start = at + 2;
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(at + 2));
            start = at + 4;
        }
        return start + length <= _have;
    }

    private async ValueTask TakeAsync(byte head, ReadOnlyMemory<byte> payload)
    {
        switch (head & 0x0F)
        {
            case 9:
                await SendAsync(Frame(10, payload.Span));
                break;
            case 8:
                throw new ObjectDisposedException($"closed: {Encoding.UTF8.GetString(payload.Span[2..])}");
            case 1 or 2 when _onEarly is not null:
                if (_onEarly(payload.ToArray()) is { } answer)
                {
                    await SendAsync(Frame(2, answer));
                }
                else
                {
                    _onEarly = null;
                    _settled.TrySetResult();
                }
                break;
            case 1 or 2:
                delivered(payload.Length);
                break;
        }
    }
}
