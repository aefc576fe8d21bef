using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Roost.Hub.Tests.Mesh;

/// <summary>A stretch of wire that can go wrong: bytes pass, vanish in one direction without anybody being told, or end in the middle.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Wire, bool> _wires = [];
    private volatile bool _forthVanishes;
    private volatile bool _backVanishes;

    public TcpProxy()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    private sealed class Wire(Socket near, Socket far)
    {
        public Socket Near => near;

        public Socket Far => far;

        public volatile bool Vanishes;

        public int Left = int.MaxValue;
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where connections go; may be set after the first hub knows this proxy's address.</summary>
    public int Target { get; set; }

    /// <summary>Connections that came through so far.</summary>
    public int Opened { get; private set; }

    /// <summary>From here on, what is sent towards the target, or back, does not arrive, on old connections and new ones.</summary>
    public void Vanish(bool forth, bool back) => (_forthVanishes, _backVanishes) = (forth, back);

    /// <summary>Nothing arrives on the connections that are open, and they stay open. New ones are good.</summary>
    public void Freeze()
    {
        foreach (var wire in _wires.Keys)
        {
            wire.Vanishes = true;
        }
    }

    /// <summary>Open connections are reset after so many more bytes in either direction: in the middle of something, if that is larger.</summary>
    public void CutAfter(int bytes)
    {
        foreach (var wire in _wires.Keys)
        {
            Interlocked.Exchange(ref wire.Left, bytes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        foreach (var wire in _wires.Keys)
        {
            Reset(wire);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_end.Token);
                Opened++;
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, Target, _end.Token);
                var wire = new Wire(near, far);
                _wires[wire] = true;
                _ = PassAsync(wire, near, far, () => _forthVanishes);
                _ = PassAsync(wire, far, near, () => _backVanishes);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(Wire wire, Socket from, Socket to, Func<bool> vanishes)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and int read)
            {
                if (wire.Vanishes || vanishes())
                {
                    continue;
                }
                int left = Interlocked.Add(ref wire.Left, -read);
                await to.SendAsync(buffer.AsMemory(0, left < 0 ? Math.Max(0, read + left) : read), _end.Token);
                if (left < 0)
                {
                    Reset(wire);
                    return;
                }
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            Reset(wire);
        }
    }

    private void Reset(Wire wire)
    {
        _wires.TryRemove(wire, out _);
        foreach (var socket in new[] { wire.Near, wire.Far })
        {
            socket.LingerState = new(true, 0);
            socket.Dispose();
        }
    }
}
