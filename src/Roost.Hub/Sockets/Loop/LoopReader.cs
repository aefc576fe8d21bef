using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Roost.Hub.Sockets.Loop;

/// <summary>What a <see cref="LoopSocket"/> receives.</summary>
/// <remarks>
/// Received on the loop's thread into the loop's own buffer, and handed to the reader there and then; only what the reader leaves
/// unread is copied aside. A socket that is silent, or whose reader keeps up, has no buffer.
/// </remarks>
internal sealed unsafe class LoopReader(LoopSocket socket) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int ReadsInARow = 4;
    private const int SmallestBuffer = 1024;

    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private byte[]? _memory;
    private Owner _owner;
    private int _start, _end;
    private bool _waiting; // A read is pending.
    private bool _held; // The reader looks at the memory.
    private bool _examined; // The reader wants more than is here.
    private bool _readable; // The kernel may have more.
    private bool _hangsUp; // The end is near: a short read does not mean that all is read.
    private bool _filling;
    private bool _ended;
    private bool _completed;

    private enum Owner
    {
        Loop,
        Pool,
        Nobody,
    }

    /// <summary>The kernel says that there is something. On the loop's thread.</summary>
    public void Arrived(bool ends)
    {
        lock (socket.Gate)
        {
            _readable = true;
            _hangsUp |= ends;
        }
        Fill();
    }

    /// <summary>Receives while the reader waits and there is something. On the loop's thread.</summary>
    public void Fill()
    {
        _filling = true;
        bool more = true;
        for (int i = 0; i < ReadsInARow && more; i++)
        {
            lock (socket.Gate)
            {
                if (!TryReceive())
                {
                    _filling = false;
                    return;
                }
                _waiting = false;
            }
            _source.SetResult(Result(canceled: false)); // The reader runs here.
            lock (socket.Gate)
            {
                Settle();
                more = _readable && _waiting;
            }
        }
        _filling = false;
        if (more)
        {
            socket.Loop.ReadAgain(this);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        bool kick;
        ValueTask<ReadResult> result;
        lock (socket.Gate)
        {
            if (TryGet(out var ready))
            {
                return new(ready);
            }
            _source.Reset();
            _waiting = true;
            kick = _readable && !(_filling && SocketLoop.Current == socket.Loop);
            result = new(this, _source.Version);
        }
        if (kick)
        {
            socket.Loop.ReadAgain(this);
        }
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (socket.Gate)
        {
            return TryGet(out result);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (socket.Gate)
        {
            _held = false;
            if (_memory is null)
            {
                _examined = true;
                return; // Nothing had been there.
            }
            _start = IndexOf(consumed);
            _examined = IndexOf(examined) >= _end;
            if (_start == _end)
            {
                Release();
            }
        }
    }

    public override void CancelPendingRead()
    {
        lock (socket.Gate)
        {
            if (!_waiting)
            {
                return;
            }
            _waiting = false;
            _held = true;
        }
        _source.SetResult(Result(canceled: true));
    }

    public override void Complete(Exception? exception = null)
    {
        lock (socket.Gate)
        {
            if (_completed)
            {
                return;
            }
            _completed = true;
            Release();
        }
        socket.Done(reader: true);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool TryGet(out ReadResult result)
    {
        if (_completed || _waiting || _held)
        {
            throw new InvalidOperationException("One read at a time, and none after the end.");
        }
        bool something = (_end > _start && !_examined) || _ended || socket.Closed;
        result = something ? Result(canceled: false) : default;
        _held = something;
        return something;
    }

    private bool TryReceive()
    {
        if (!_waiting || socket.Closed)
        {
            return false; // Whoever reads next asks again.
        }
        if (_start == _end)
        {
            (_memory, _owner, _start, _end) = (socket.Loop.Scratch, Owner.Loop, 0, 0);
        }
        else
        {
            MakeRoom();
        }
        int room = _memory!.Length - _end;
        nint received;
        do
        {
            fixed (byte* memory = _memory)
            {
                received = Libc.Receive(socket.Descriptor, memory + _end, (nuint)room, Libc.DontWait);
            }
        }
        while (received < 0 && Libc.LastError == Libc.Interrupted);
        if (received < 0 && Libc.LastError == Libc.Again)
        {
            _readable = false;
            if (_start == _end)
            {
                Release();
            }
            return false;
        }
        _ended = received <= 0; // A connection that was reset has ended too.
        _end += (int)Math.Max(received, 0);
        // What is less than there was room for was all there was (man 7 epoll); later bytes come with an event of their own.
        _readable = received == room || _hangsUp;
        _held = true;
        _examined = false;
        return true;
    }

    private void MakeRoom()
    {
        int left = _end - _start;
        if (_owner == Owner.Pool && _memory!.Length - _end >= Math.Min(left, SmallestBuffer))
        {
            return;
        }
        MoveTo(ArrayPool<byte>.Shared.Rent(Math.Max(2 * left, SmallestBuffer)));
    }

    // The loop's buffer is used for the next socket as soon as this one's reader has returned.
    private void Settle()
    {
        if (_memory is null || _owner != Owner.Loop)
        {
            return;
        }
        if (_held)
        {
            socket.Loop.LeaveScratch();
            _owner = Owner.Nobody;
        }
        else if (_start < _end)
        {
            MoveTo(ArrayPool<byte>.Shared.Rent(_end - _start));
        }
        else
        {
            Release();
        }
    }

    private void MoveTo(byte[] memory)
    {
        int left = _end - _start;
        _memory.AsSpan(_start, left).CopyTo(memory);
        Release();
        (_memory, _owner, _start, _end) = (memory, Owner.Pool, 0, left);
    }

    private void Release()
    {
        if (_owner == Owner.Pool && _memory is not null)
        {
            ArrayPool<byte>.Shared.Return(_memory);
        }
        (_memory, _owner, _start, _end) = (null, Owner.Loop, 0, 0);
    }

    private ReadResult Result(bool canceled) =>
        new(_memory is null ? default : new ReadOnlySequence<byte>(_memory, _start, _end - _start), canceled, _ended || socket.Closed);

    // Of a sequence over one array: the index, with a bit that marks what it is.
    private static int IndexOf(SequencePosition position) => position.GetInteger() & int.MaxValue;
}
