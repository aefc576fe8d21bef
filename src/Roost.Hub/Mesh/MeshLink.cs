using System.Buffers;
using System.Net.WebSockets;
using Roost.Core.Codec;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>One proven link: opens and parses batches in a loop of its own, seals and sends what the driver appended.</summary>
internal sealed class MeshLink(LinkId id, MeshSocket socket, LinkCipher cipher) : IDisposable
{
    private const int MaxQueuedBytes = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Queue<ByteWriter> _full = [];
    private ByteWriter _filling = new(4 * 1024);
    private ByteWriter? _spare;
    private byte[] _sealed = new byte[4 * 1024];
    private int _queued;
    private bool _sending;
    private LinkRefusal _closing = LinkRefusal.None;
    private bool _closed;

    public LinkId Id => id;

    /// <summary>Sealed bytes sent and received, for the operator.</summary>
    public long BytesSent { get; private set; }

    /// <inheritdoc cref="BytesSent"/>
    public long BytesReceived { get; private set; }

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
            if (_filling.Length > 0 && _filling.Length + MeshTypes.MaxFrame > MeshTypes.MaxBatch)
            {
                _full.Enqueue(_filling);
                _filling = _spare ?? new(4 * 1024);
                _spare = null;
            }
            int before = _filling.Length;
            MeshCodec.Append(frame, _filling);
            _queued += _filling.Length - before;
            return true;
        }
    }

    /// <summary>Sends what was appended.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_sending || _closed || _queued == 0)
            {
                return;
            }
            _sending = true;
        }
        _ = SendAllAsync();
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
        _ = SendAllAsync();
    }

    /// <summary>Reads until the link ends. Returns why.</summary>
    public async Task<LinkRefusal> RunAsync(Func<HubInput, byte[]?, ValueTask> post)
    {
        try
        {
            while (true)
            {
                var message = await socket.ReceiveAsync(_end.Token);
                if (message.IsEmpty)
                {
                    return socket.CloseReason;
                }
                BytesReceived += message.Length;
                var batch = ArrayPool<byte>.Shared.Rent(message.Length);
                var plain = batch.AsMemory(0, Math.Max(0, message.Length - LinkCipher.Overhead));
                var frames = new List<MeshFrame>();
                if (!cipher.TryOpen(message.Span, plain.Span) || !MeshCodec.TryRead(plain, frames))
                {
                    ArrayPool<byte>.Shared.Return(batch);
                    Close(LinkRefusal.BadBatch);
                    return LinkRefusal.BadBatch;
                }
                await post(new HubInput.FromMesh(new MeshInput.Received(id, frames)), batch);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return LinkRefusal.None; // The stream died; the mesh decides what that means.
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
        }
        _end.Cancel();
        socket.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (Next() is { } batch)
            {
                int size = batch.Length + LinkCipher.Overhead;
                if (_sealed.Length < size)
                {
                    _sealed = new byte[Math.Max(size, _sealed.Length * 2)];
                }
                cipher.Seal(batch.Written, _sealed.AsSpan(0, size));
                int length = batch.Length;
                lock (_gate)
                {
                    _spare ??= batch.Clear();
                }
                await socket.SendAsync(_sealed.AsMemory(0, size), _end.Token);
                BytesSent += size;
                lock (_gate)
                {
                    _queued -= length;
                }
            }
            if (_closing != LinkRefusal.None)
            {
                await socket.CloseAsync(_closing);
                _end.CancelAfter(TimeSpan.FromSeconds(1)); // Long enough for the other end's answer.
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            await _end.CancelAsync(); // The reader ends and tells the mesh.
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
                _filling = _spare ?? new(4 * 1024);
                _spare = null;
                return batch;
            }
            // A close keeps the flag: nothing is sent after it.
            _sending = _closing != LinkRefusal.None;
            return null;
        }
    }
}
