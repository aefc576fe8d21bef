using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Roost.Hub.Connections;

namespace Roost.Hub.Sockets.Loop;

/// <summary>One listening socket: keeps the WebSockets that a hub door claims, and hands all other connections to Kestrel.</summary>
internal sealed class LoopListener : IConnectionListener
{
    private static readonly TimeSpan PartWithin = TimeSpan.FromSeconds(2);

    private readonly Socket _listening;
    private readonly Acceptor _acceptor;
    private readonly SocketConnectionContextFactory _kestrels;
    private readonly Action<Exception> _failed;
    private readonly Channel<Socket> _others = Channel.CreateUnbounded<Socket>();
    private readonly ConcurrentDictionary<Greeter, bool> _greeters = [];
    private readonly ConcurrentDictionary<LoopSocket, bool> _sockets = [];
    private volatile bool _unbound;

    /// <summary>Begins to accept.</summary>
    public LoopListener(Socket listening, SocketLoop[] loops, HubService hub, int most, SocketConnectionContextFactory kestrels, Action<Exception> failed)
    {
        _listening = listening;
        _kestrels = kestrels;
        _failed = failed;
        Hub = hub;
        EndPoint = listening.LocalEndPoint!;
        _acceptor = new Acceptor(this, loops, (int)listening.Handle, most);
    }

    public EndPoint EndPoint { get; }

    public HubService Hub { get; }

    /// <summary>Connections that have not been handed over.</summary>
    public int Count => _greeters.Count + _sockets.Count;

    /// <summary>The next connection that no door claims; null once it no longer listens.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _others.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_others.Reader.TryRead(out var socket))
            {
                return _kestrels.Create(socket);
            }
        }
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (!_unbound)
        {
            _unbound = true;
            _acceptor.Stop();
            _listening.Dispose();
            _others.Writer.TryComplete();
            foreach (var greeter in _greeters.Keys)
            {
                greeter.Cut();
            }
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives those who were told to go a moment to do so, then cuts them.</summary>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        await GoneAsync();
        foreach (var socket in _sockets.Keys)
        {
            socket.Abort();
        }
        await GoneAsync();
        while (_others.Reader.TryRead(out var socket))
        {
            socket.Dispose();
        }
    }

    public void Came(Greeter greeter) => _greeters[greeter] = true;

    public void Left(Greeter greeter) => _greeters.TryRemove(greeter, out _);

    public void Opened(Greeter greeter, LoopSocket socket)
    {
        _sockets[socket] = true;
        Left(greeter);
    }

    public void Ended(LoopSocket socket) => _sockets.TryRemove(socket, out _);

    public void HandOver(Greeter greeter, int descriptor)
    {
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        if (!_others.Writer.TryWrite(socket))
        {
            socket.Dispose();
        }
        Left(greeter);
    }

    public async void Serve(HubDoor door, UpgradeRequest request, LoopSocket socket)
    {
        try
        {
            await Hub.ServeAsync(door, request, socket, socket.Abort);
        }
        catch (Exception exception)
        {
            _failed(exception);
            socket.Abort();
            socket.Reader.Complete();
            socket.Writer.Complete();
        }
    }

    private async Task GoneAsync()
    {
        for (long until = Environment.TickCount64 + (long)PartWithin.TotalMilliseconds; Count > 0 && Environment.TickCount64 < until;)
        {
            await Task.Delay(20);
        }
    }
}
