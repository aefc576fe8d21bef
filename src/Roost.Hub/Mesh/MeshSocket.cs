using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>A WebSocket of a hub link on a pair of pipes: whole binary messages in and out.</summary>
/// <remarks>One reader and one sender at a time.</remarks>
/// <param name="pipes">Bytes, behind the handshake of RFC 6455.</param>
/// <param name="dialled">Whether this end is the client: it masks what it sends.</param>
/// <param name="abort">Cuts the stream; whoever reads or sends notices.</param>
internal sealed class MeshSocket(IDuplexPipe pipes, bool dialled, Action abort) : IMeshSocket
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly FrameAssembler _assembler = new(MeshTypes.MaxMessage, fromClient: !dialled);
    private readonly byte[] _keys = new byte[64 * Masking.KeySize];
    private readonly Lock _gate = new();
    private int _nextKey = 64 * Masking.KeySize;
    private ReadOnlySequence<byte> _received;
    private bool _holds;
    private bool _inputEnded;
    private SocketMessage _ping;
    private bool _closed;

    public SocketLoop? Loop { get; } = (pipes as LoopSocket)?.Loop;

    public int MaxBatch => MeshTypes.MaxBatch;

    public LinkRefusal CloseReason { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SocketMessage> ReceiveAsync()
    {
        while (true)
        {
            while (TryTake(out var message))
            {
                switch (message.Event)
                {
                    case SocketEvent.Ping:
                        Return(Exchange(message));
                        break;
                    case SocketEvent.Pong:
                        Return(message);
                        break;
                    case SocketEvent.Binary when message.Length > 0:
                        return message;
                    default:
                        CloseReason = message.Event == SocketEvent.Close ? ReasonIn(message.Bytes.Span) : LinkRefusal.None;
                        Return(message);
                        return new(SocketEvent.Ended, null, 0);
                }
            }
            if (_inputEnded)
            {
                return new(SocketEvent.Ended, null, 0);
            }
            var result = await pipes.Input.ReadAsync();
            _received = result.Buffer;
            _inputEnded = result.IsCompleted || result.IsCanceled;
            _holds = true;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        // A ping is answered with the next message: there is one sender, and hubs do not ping each other so.
        var ping = Exchange(default);
        ValueTask<FlushResult> flush;
        lock (_gate)
        {
            if (_closed)
            {
                throw new IOException("The link is closed.");
            }
            if (ping.Event == SocketEvent.Ping)
            {
                Write(FrameHeader.Pong, ping.Bytes.Span);
            }
            Write(FrameHeader.Binary, message.Span);
            flush = pipes.Output.FlushAsync();
        }
        Return(ping);
        if ((await flush).IsCompleted)
        {
            throw new IOException("The other end reads no more.");
        }
    }

    public async Task CloseAsync(LinkRefusal why)
    {
        try
        {
            await SayCloseAsync(why).AsTask().WaitAsync(Patience);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or TimeoutException)
        {
            // It is gone already, which is what was wanted.
        }
    }

    public async Task AwaitEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var late = patience.Token.Register(Abort);
        try
        {
            SocketMessage message;
            do
            {
                message = await ReceiveAsync();
                Return(message);
            }
            while (message.Event == SocketEvent.Binary);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It did, in its own way.
        }
    }

    public void Abort() => abort();

    /// <summary>Gives back the buffer of a message.</summary>
    public static void Return(SocketMessage message)
    {
        if (message.Rented is not null)
        {
            ArrayPool<byte>.Shared.Return(message.Rented);
        }
    }

    /// <summary>Ends both pipes. The reader calls it last.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
        }
        _assembler.Reset();
        Return(Exchange(default));
        LetGo(_received.End);
        try
        {
            await pipes.Output.CompleteAsync();
            await pipes.Input.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The last bytes found nobody.
        }
        abort();
    }

    private async ValueTask SayCloseAsync(LinkRefusal why)
    {
        ValueTask<FlushResult> flush;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }
            _closed = true;
            Span<byte> body = stackalloc byte[125];
            BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)(4400 + (int)why));
            Write(FrameHeader.Close, body[..(2 + Encoding.ASCII.GetBytes(why.ToString(), body[2..]))]);
            flush = pipes.Output.FlushAsync();
        }
        await flush;
    }

    private bool TryTake(out SocketMessage message)
    {
        message = default;
        if (!_holds)
        {
            return false;
        }
        if (!_assembler.TryTake(ref _received, out message))
        {
            LetGo(_received.Start);
            return false;
        }
        if (_received.IsEmpty)
        {
            LetGo(_received.End); // Handling the message may take long, and the memory is wanted for other sockets.
        }
        return true;
    }

    private void LetGo(SequencePosition consumed)
    {
        if (_holds)
        {
            pipes.Input.AdvanceTo(consumed, _received.End);
            _holds = false;
            _received = default;
        }
    }

    private SocketMessage Exchange(SocketMessage ping)
    {
        lock (_gate)
        {
            (var before, _ping) = (_ping, ping);
            return before;
        }
    }

    private void Write(byte opcode, ReadOnlySpan<byte> body)
    {
        var output = pipes.Output.GetSpan(FrameHeader.MaxSize + Masking.KeySize + body.Length);
        int header = FrameHeader.Write(output, opcode, body.Length);
        if (dialled)
        {
            output[1] |= 0x80;
            uint key = NextKey();
            BitConverter.TryWriteBytes(output[header..], key);
            header += Masking.KeySize;
            body.CopyTo(output[header..]);
            Masking.Apply(output.Slice(header, body.Length), key);
        }
        else
        {
            body.CopyTo(output[header..]);
        }
        pipes.Output.Advance(header + body.Length);
    }

    private uint NextKey()
    {
        if (_nextKey == _keys.Length)
        {
            RandomNumberGenerator.Fill(_keys);
            _nextKey = 0;
        }
        return BitConverter.ToUInt32(_keys, (_nextKey += Masking.KeySize) - Masking.KeySize);
    }

    private static LinkRefusal ReasonIn(ReadOnlySpan<byte> close) =>
        close.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(close) - 4400 is > 0 and < 256 and int code && Enum.IsDefined((LinkRefusal)code) ? (LinkRefusal)code : LinkRefusal.None;
}
