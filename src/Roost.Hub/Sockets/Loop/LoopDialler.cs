using System.Collections.Concurrent;
using System.Net;

namespace Roost.Hub.Sockets.Loop;

/// <summary>Opens connections to other hosts that the loops then serve like those that were accepted.</summary>
internal sealed class LoopDialler(SocketLoop[] loops) : IAsyncDisposable
{
    private static readonly TimeSpan PartWithin = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Watched, bool> _open = [];
    private int _next;
    private volatile bool _disposed;

    /// <summary>Connects, with the delay of small segments off. Both pipes must be completed in the end. From any thread.</summary>
    /// <exception cref="IOException">It could not be reached.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or the hub is stopping.</exception>
    public async Task<LoopSocket> DialAsync(IPEndPoint to, CancellationToken cancellationToken)
    {
        var loop = loops[(uint)Interlocked.Increment(ref _next) % (uint)loops.Length];
        var connecting = new Connecting(loop, this);
        _open[connecting] = true;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            connecting.Begin(to);
            await using var late = cancellationToken.Register(() => loop.Ask(connecting.Abandon));
            return await connecting.Connected;
        }
        finally
        {
            _open.TryRemove(connecting, out _);
        }
    }

    /// <summary>A connection is there.</summary>
    public LoopSocket Opened(SocketLoop loop, int descriptor)
    {
        var socket = new LoopSocket(loop, descriptor, ended => _open.TryRemove(ended, out _));
        _open[socket] = true;
        return socket;
    }

    /// <summary>Cuts what is open, and gives those who use it a moment to let go.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        for (long until = Environment.TickCount64 + (long)PartWithin.TotalMilliseconds; !_open.IsEmpty && Environment.TickCount64 < until;)
        {
            foreach (var watched in _open.Keys)
            {
                (watched as LoopSocket)?.Abort();
                (watched as Connecting)?.Cut();
            }
            await Task.Delay(20);
        }
    }
}
