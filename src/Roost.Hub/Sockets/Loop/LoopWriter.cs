using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Roost.Hub.Sockets.Loop;

/// <summary>What a <see cref="LoopSocket"/> sends: straight to the kernel as far as it takes it, the rest when it can.</summary>
/// <remarks>One writer. Nothing may be written between a flush and its end; a flush ends when all bytes are with the kernel.</remarks>
internal sealed unsafe class LoopWriter(LoopSocket socket) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int FirstRent = 2 * 1024;

    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private byte[]? _buffer;
    private int _count, _sent;
    private bool _pending;
    private bool _broken;
    private bool _completed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _count;

    public override void Advance(int bytes) => _count += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(sizeHint);
        return _buffer.AsMemory(_count);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Room(sizeHint);
        return _buffer.AsSpan(_count);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        lock (socket.Gate)
        {
            if (_pending)
            {
                throw new InvalidOperationException("One flush at a time.");
            }
            if (TrySend())
            {
                return new(new FlushResult(false, _broken));
            }
            _source.Reset();
            _pending = true;
            return new(this, _source.Version);
        }
    }

    /// <summary>The kernel may take more. On the loop's thread.</summary>
    public void MaySend()
    {
        lock (socket.Gate)
        {
            if (!_pending || !TrySend())
            {
                return;
            }
            _pending = false;
        }
        _source.SetResult(new FlushResult(false, _broken));
    }

    public override void CancelPendingFlush()
    {
        // Nobody cancels one: a reader too slow is cut.
    }

    public override void Complete(Exception? exception = null)
    {
        bool pending;
        lock (socket.Gate)
        {
            if (_completed)
            {
                return;
            }
            _completed = true;
            if (!_pending)
            {
                TrySend(); // What was written and not flushed, as far as it goes.
            }
            _broken = true;
            Release();
            pending = _pending;
            _pending = false;
        }
        if (pending)
        {
            _source.SetResult(new FlushResult(false, true));
        }
        socket.Done(reader: false);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool TrySend()
    {
        _broken |= socket.Closed;
        while (_sent < _count && !_broken)
        {
            nint sent;
            fixed (byte* buffer = _buffer)
            {
                sent = Libc.Send(socket.Descriptor, buffer + _sent, (nuint)(_count - _sent), Libc.DontWait | Libc.NoSignal);
            }
            if (sent >= 0)
            {
                _sent += (int)sent;
            }
            else if (Libc.LastError == Libc.Again)
            {
                return false; // An event tells when it takes more.
            }
            else if (Libc.LastError != Libc.Interrupted)
            {
                _broken = true;
            }
        }
        Release();
        return true;
    }

    private void Room(int sizeHint)
    {
        if (_pending || _completed)
        {
            throw new InvalidOperationException("Nothing is written during a flush or after the end.");
        }
        int wanted = _count + Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, FirstRent));
        }
        else if (wanted > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, 2 * _buffer.Length));
            _buffer.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    private void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        (_buffer, _count, _sent) = (null, 0, 0);
    }
}
