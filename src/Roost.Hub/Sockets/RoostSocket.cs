using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Roost.Hub.Sockets;

/// <summary>One WebSocket on a pair of pipes: Kestrel's own on the fast path, an upgraded stream's elsewhere.</summary>
/// <remarks>One reader; writing is safe from any thread and never waits. What does not fit the transport goes to a bounded queue.</remarks>
internal sealed class RoostSocket(IDuplexPipe pipes, int maxMessage, int maxQueuedFrames, int maxQueuedBytes, Action abort)
{
    private const long FlushAt = 32 * 1024;
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    private readonly FrameAssembler _assembler = new(maxMessage);
    private readonly Lock _gate = new();
    private Queue<byte[]>? _queue;
    private int _queuedBytes;
    private bool _wasFull;
    private bool _flushing;
    private bool _dirty;
    private bool _closed;
    private bool _finished;

    // The reader's: what has been received and not been taken.
    private ReadOnlySequence<byte> _received;
    private bool _holds;
    private bool _inputEnded;

    /// <summary>Raised once the queue, which had refused a frame, is empty again.</summary>
    public Action? Writable { get; set; }

    /// <summary>The next message of what has been received; pings are answered and closes echoed here. False: more must be received.</summary>
    public bool TryReceive(out SocketMessage message)
    {
        if (!_holds)
        {
            message = new(SocketEvent.Ended, null, 0);
            return _inputEnded;
        }
        if (_assembler.TryTake(ref _received, out message))
        {
            if (_received.IsEmpty)
            {
                LetGo(_received.End); // Handling the message may take long, and the memory is wanted for other sockets.
            }
            switch (message.Event)
            {
                case SocketEvent.Ping:
                    SendControl(FrameHeader.Pong, message.Bytes.Span);
                    break;
                case SocketEvent.Close:
                    Answer(message.Bytes.Span);
                    break;
            }
            return true;
        }
        LetGo(_received.Start);
        message = new(SocketEvent.Ended, null, 0);
        return _inputEnded;
    }

    /// <summary>Receives more, to be given to <see cref="Received"/>. Only after <see cref="TryReceive"/> gave false.</summary>
    public ValueTask<ReadResult> ReceiveAsync() => pipes.Input.ReadAsync();

    /// <summary>Takes what came.</summary>
    public void Received(ReadResult result)
    {
        _received = result.Buffer;
        _inputEnded = result.IsCompleted || result.IsCanceled;
        _holds = true;
    }

    /// <summary>Writes a message, unflushed. False: the queue is full and the message was dropped.</summary>
    public bool TrySend(ReadOnlySpan<byte> message, bool text)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return true; // Nobody is left to miss it.
            }
            byte opcode = text ? FrameHeader.Text : FrameHeader.Binary;
            if (!_flushing)
            {
                Write(opcode, message);
                if (pipes.Output.UnflushedBytes >= FlushAt)
                {
                    FlushLocked();
                }
                return true;
            }
            int size = message.Length + FrameHeader.MaxSize;
            if (_queue?.Count >= maxQueuedFrames || _queuedBytes + size > maxQueuedBytes)
            {
                _wasFull = true;
                return false;
            }
            var frame = new byte[size];
            int header = FrameHeader.Write(frame, opcode, message.Length);
            message.CopyTo(frame.AsSpan(header));
            Array.Resize(ref frame, header + message.Length);
            (_queue ??= []).Enqueue(frame);
            _queuedBytes += frame.Length;
            return true;
        }
    }

    /// <summary>Sends what has been written.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            FlushLocked();
        }
    }

    /// <summary>Asks the other end for a sign of life.</summary>
    public void Ping() => SendControl(FrameHeader.Ping, []);

    /// <summary>Says goodbye; the stream is cut if the other end does not follow within two seconds.</summary>
    public void Close(ushort code, string reason)
    {
        Span<byte> body = stackalloc byte[125];
        BinaryPrimitives.WriteUInt16BigEndian(body, code);
        int length = 2 + Encoding.ASCII.GetBytes(reason.AsSpan(0, Math.Min(reason.Length, 123)), body[2..]);
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }
            if (_flushing)
            {
                // It does not read, so it would not read this either.
                _closed = true;
                abort();
                return;
            }
            Write(FrameHeader.Close, body[..length]);
            FlushLocked();
            _closed = true;
        }
        _ = CutLaterAsync();
    }

    /// <summary>Cuts the stream without a word.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _closed = true;
        }
        abort();
    }

    /// <summary>Reads away what still comes until the stream ends.</summary>
    public async ValueTask DrainAsync()
    {
        LetGo(_received.End);
        bool ended = _inputEnded;
        while (!ended)
        {
            var result = await pipes.Input.ReadAsync();
            ended = result.IsCompleted || result.IsCanceled;
            pipes.Input.AdvanceTo(result.Buffer.End);
        }
    }

    /// <summary>Ends both pipes. The reader calls it last.</summary>
    public async ValueTask FinishAsync()
    {
        _assembler.Reset();
        LetGo(_received.End);
        lock (_gate)
        {
            _closed = _finished = true;
        }
        await pipes.Output.CompleteAsync();
        await pipes.Input.CompleteAsync();
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

    private async Task CutLaterAsync()
    {
        await Task.Delay(CloseWithin);
        lock (_gate)
        {
            if (!_finished)
            {
                abort();
            }
        }
    }

    private void Answer(ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (!_closed && !_flushing)
            {
                // Only the code is echoed: the reason is the other end's own words.
                Write(FrameHeader.Close, body.Length >= 2 ? body[..2] : []);
                FlushLocked();
            }
            _closed = true;
        }
    }

    private void SendControl(byte opcode, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (!_closed && !_flushing)
            {
                Write(opcode, body);
                FlushLocked();
            }
        }
    }

    private void Write(byte opcode, ReadOnlySpan<byte> body)
    {
        var writer = pipes.Output;
        writer.Advance(FrameHeader.Write(writer.GetSpan(FrameHeader.MaxSize), opcode, body.Length));
        writer.Write(body);
        _dirty = true;
    }

    private void FlushLocked()
    {
        if (!_dirty || _flushing)
        {
            return;
        }
        _dirty = false;
        var flush = pipes.Output.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            _closed |= flush.Result.IsCompleted;
            return;
        }
        _flushing = true;
        _ = AwaitFlushAsync(flush);
    }

    private async Task AwaitFlushAsync(ValueTask<FlushResult> flush)
    {
        bool done;
        try
        {
            done = (await flush).IsCompleted;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            done = true; // The stream died; the reader will notice and say so.
        }
        bool writable = false;
        lock (_gate)
        {
            _flushing = false;
            _closed |= done;
            if (_closed)
            {
                _queue = null;
                return;
            }
            while (!_flushing && _queue is not null && _queue.TryDequeue(out var frame))
            {
                _queuedBytes -= frame.Length;
                pipes.Output.Write(frame);
                _dirty = true;
                if (_queue.Count == 0 || pipes.Output.UnflushedBytes >= FlushAt)
                {
                    FlushLocked();
                }
            }
            if (_queue is { Count: 0 } && !_flushing)
            {
                _queue = null;
                writable = _wasFull;
                _wasFull = false;
            }
        }
        if (writable)
        {
            Writable?.Invoke();
        }
    }
}
