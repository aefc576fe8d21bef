using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Roost.Hub.Connections;

namespace Roost.Hub.Sockets.Loop;

/// <summary>Kestrel's transport for a hub on Linux without TLS: the hub's WebSockets never reach Kestrel, all else does.</summary>
internal sealed partial class LoopTransport(HubService hub, ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IAsyncDisposable
{
    private const int Backlog = 512; // Kestrel's own.
    private readonly ILogger _log = loggers.CreateLogger<LoopTransport>();
    private readonly List<LoopListener> _listeners = [];
    private SocketLoop[]? _loops;

    /// <summary>Whether it works here.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && BitConverter.IsLittleEndian;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    [SuppressMessage("Reliability", "CA2000", Justification = "The listener and Kestrel own them.")]
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            socket.NoDelay = true; // What it accepts inherits it.
            socket.Listen(Backlog);
            socket.Blocking = false;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw exception.SocketErrorCode == SocketError.AddressAlreadyInUse ? new AddressInUseException(exception.Message, exception) : exception;
        }
        _loops ??= MakeLoops();
        var kestrels = new SocketConnectionContextFactory(new() { UnsafePreferInlineScheduling = true }, loggers.CreateLogger<SocketConnectionContextFactory>());
        var listener = new LoopListener(socket, _loops, hub, hub.MostConnections, kestrels, exception => Log.Failed(_log, exception));
        _listeners.Add(listener);
        return new(listener);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }
        if (hub.Dialler is { } dialler)
        {
            hub.Dialler = null;
            await dialler.DisposeAsync();
        }
        foreach (var loop in _loops ?? [])
        {
            loop.Dispose();
        }
        _loops = null;
    }

    // One core in two carries messages; the rest is for signatures, pages and the kernel.
    private SocketLoop[] MakeLoops()
    {
        var loops = new SocketLoop[Math.Clamp(Environment.ProcessorCount / 2, 1, 4)];
        for (int i = 0; i < loops.Length; i++)
        {
            loops[i] = new SocketLoop(exception => Log.Failed(_log, exception));
        }
        hub.Dialler = new LoopDialler(loops);
        return loops;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "ROOST-1900 The hub made a mistake while serving a socket, which is closed")]
        public static partial void Failed(ILogger log, Exception exception);
    }
}
