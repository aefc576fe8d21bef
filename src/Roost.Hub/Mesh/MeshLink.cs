using System.Diagnostics;
using Roost.Core.Codec;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>One proven link: opens and parses batches in a loop of its own, seals and sends what the driver appended.</summary>
internal sealed class MeshLink
{
    private const int MaxQueuedBytes = 8 * 1024 * 1024;
    private const int FirstBatch = 4 * 1024;
    private const int CarryHeader = 64;
    private static readonly long Soon = Stopwatch.Frequency / 200_000; // 5 µs: about what sealing and sending take.
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(1);

    private readonly LinkId _id;
    private readonly IMeshSocket _socket;
    private readonly LinkCipher _cipher;
    private readonly LinkTraffic _traffic;
    private readonly Lock _gate = new();
    private readonly Queue<ByteWriter> _full = [];
    private readonly Action _sendAll;
    private ByteWriter _filling = new(FirstBatch);
    private ByteWriter? _spare;
    private byte[] _sealed = new byte[FirstBatch];
    private int _queued;
    private long _sentAt;
    private bool _sending;
    private LinkRefusal _closing = LinkRefusal.None;
    private bool _closed;

    /// <summary>Begins a link on a socket that has proven itself.</summary>
    public MeshLink(LinkId id, IMeshSocket socket, LinkCipher cipher, Reach reach, LinkTraffic traffic)
    {
        (_id, _socket, _cipher, _traffic) = (id, socket, cipher, traffic);
        Reach = reach;
        _sendAll = () => _ = SendAllAsync();
    }

    public LinkId Id => _id;

    /// <summary>The class of the other end's address; of a carried link, that of the hub in the middle.</summary>
    public Reach Reach { get; }

    /// <summary>Set by the driver while frames are appended but not on their way.</summary>
    public bool InBatch { get; set; }

    /// <summary>Appends a frame. False: the queue is full.</summary>
    public bool TryAppend(MeshFrame frame)
    {
        lock (_gate)
        {
            if (_queued > MaxQueuedBytes)
            {
                return false;
            }
            int most = frame is MeshFrame.Carry carry ? carry.Body.Length + CarryHeader : MeshTypes.MaxFrame;
            if (_filling.Length > 0 && _filling.Length + most > _socket.MaxBatch)
            {
                _full.Enqueue(_filling);
                _filling = _spare ?? new(FirstBatch);
                _spare = null;
            }
            int before = _filling.Length;
            MeshCodec.Append(frame, _filling);
            _queued += _filling.Length - before;
            return true;
        }
    }

    /// <summary>Sends what was appended.</summary>
    /// <remarks>
    /// Inputs of a socket loop were handled together, and what they appended leaves at once. So does a lone frame from elsewhere. Whoever drives from elsewhere
    /// and has something more at once leaves sealing and sending to the link's own loop, and what is appended until that gets to it leaves in the same batch.
    /// </remarks>
    public void Flush()
    {
        bool isRush;
        lock (_gate)
        {
            if (_sending || _closed || _queued == 0)
            {
                return;
            }
            _sending = true;
            isRush = Stopwatch.GetTimestamp() - _sentAt < Soon;
        }
        if (isRush && _socket.Loop is { } loop && SocketLoop.Current is null)
        {
            loop.Ask(_sendAll);
        }
        else
        {
            _sendAll();
        }
    }

    /// <summary>Sends what was appended, then closes.</summary>
    public void Close(LinkRefusal why)
    {
        lock (_gate)
        {
            if (_closing != LinkRefusal.None)
            {
                return;
            }
            _closing = why;
            if (_sending)
            {
                return;
            }
            _sending = true;
        }
        _sendAll();
    }

    /// <summary>Reads until the link ends. Returns why.</summary>
    public async Task<LinkRefusal> RunAsync(Func<HubInput, byte[]?, ValueTask> post)
    {
        try
        {
            while (true)
            {
                var message = await _socket.ReceiveAsync();
                if (message.Event != SocketEvent.Binary)
                {
                    return _socket.CloseReason;
                }
                _traffic.Received(message.Length);
                // Opened where it lies: the frames' bodies are slices of it, and the driver gives it back when it has handled them.
                var plain = message.Rented.AsMemory(0, Math.Max(0, message.Length - LinkCipher.Overhead));
                var frames = new List<MeshFrame>();
                if (!_cipher.TryOpen(message.Bytes.Span, plain.Span) || !MeshCodec.TryRead(plain, frames))
                {
                    MeshSocket.Return(message);
                    Close(LinkRefusal.BadBatch);
                    return LinkRefusal.BadBatch;
                }
                await post(new HubInput.FromMesh(new MeshInput.Received(_id, frames)), message.Rented);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return LinkRefusal.None; // The stream died; the mesh decides what that means.
        }
    }

    /// <summary>Cuts it. From any thread.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _closed = true;
        }
        _socket.Abort();
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (Next() is { } batch)
            {
                int length = batch.Length, size = length + LinkCipher.Overhead;
                if (_sealed.Length < size)
                {
                    _sealed = new byte[Math.Max(size, _sealed.Length * 2)];
                }
                _cipher.Seal(batch.Written, _sealed.AsSpan(0, size));
                lock (_gate)
                {
                    _spare ??= batch.Clear();
                }
                await _socket.SendAsync(_sealed.AsMemory(0, size));
                _traffic.Sent(size);
                lock (_gate)
                {
                    _queued -= length;
                }
            }
            if (_closing != LinkRefusal.None)
            {
                await _socket.CloseAsync(_closing);
                await Task.Delay(CloseWithin); // Long enough for the other end to hang up first.
                Abort();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            Abort(); // The reader ends and tells the mesh.
        }
    }

    private ByteWriter? Next()
    {
        lock (_gate)
        {
            if (_full.TryDequeue(out var full))
            {
                return full;
            }
            if (_filling.Length > 0 && !_closed)
            {
                var batch = _filling;
                _filling = _spare ?? new(FirstBatch);
                _spare = null;
                return batch;
            }
            _sentAt = Stopwatch.GetTimestamp();
            // A close keeps the flag: nothing is sent after it.
            _sending = _closing != LinkRefusal.None;
            return null;
        }
    }
}
