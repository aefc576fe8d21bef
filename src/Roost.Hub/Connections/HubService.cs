using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Hub.Driving;
using Roost.Hub.Hosting;
using Roost.Hub.Mesh;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Connections;

/// <summary>One running hub: its core, the driver of it, and the sockets it decides about.</summary>
public sealed partial class HubService : IAsyncDisposable
{
    private readonly HubCore _core;
    private readonly CoreDriver<HubInput, HubEffect> _driver;
    private readonly ConcurrentDictionary<ConnectionId, HubConnection> _connections = [];
    private readonly HubPerformer _performer;
    private readonly ILogger<HubService> _log;
    private readonly HubOptions _options;
    private HubDoor[] _doors = [];
    private long _lastId;

    /// <summary>Makes a hub that has no door yet.</summary>
    public HubService(IOptions<HubOptions> options, HubClock clock, HubMetrics metrics, HubMemory memory, Dice dice, ILogger<HubService> log)
    {
        _options = options.Value;
        _log = log;
        Clock = clock;
        Metrics = metrics;
        _core = new HubCore(_options.EffectiveLimits, dice);
        _performer = new HubPerformer(_connections, metrics, memory);
        _driver = new CoreDriver<HubInput, HubEffect>(_core, new Driven(this), clock);
        _performer.Post = _driver.PostFromPerform;
        foreach (var (peer, until) in memory.Recall(clock.Now))
        {
            _core.Handle(new HubInput.BoundRemembered(peer, until), clock.Now); // Before the first connection; it asks for nothing.
        }
        foreach (var room in _options.Rooms)
        {
            _core.Handle(new HubInput.RoomOpened(room), clock.Now);
        }
    }

    /// <summary>The hub's time.</summary>
    public HubClock Clock { get; }

    internal HubMetrics Metrics { get; }

    /// <summary>Sockets of all kinds at one time: pages and health checks are answered by a full hub too.</summary>
    internal int MostConnections => _options.EffectiveLimits.MaxConnections + 1_000;

    internal MeshLinks? Links { get; private set; }

    /// <summary>Opens connections on the hub's own socket loops; null where there are none.</summary>
    internal LoopDialler? Dialler { get; set; }

    /// <summary>Makes the hub part of a mesh, which begins to dial with <see cref="StartMeshAsync"/>.</summary>
    internal MeshLinks JoinMesh(MeshOptions mesh, Dice dice)
    {
        _core.JoinMesh(mesh);
        Links = new MeshLinks(mesh.Self, dice, mesh.SignalingTimeout, () => Dialler, _log)
        {
            Topics = new TopicDesk((input, rented) => _driver.PostAsync(input, rented)),
            Post = (input, rented) => _driver.PostAsync(input, rented),
            PostFromPerform = _driver.PostFromPerform,
        };
        return _performer.Mesh = Links;
    }

    /// <summary>Takes the hub out of the mesh's directory, or back in: others own the leases, peers are told of other hubs.</summary>
    public ValueTask DrainAsync(bool leaving) => _driver.PostAsync(new HubInput.FromMesh(new MeshInput.Drained(leaving)));

    /// <summary>Takes the round trips of all links to other hubs anew.</summary>
    internal ValueTask PingAllAsync() => _driver.PostAsync(new HubInput.FromMesh(new MeshInput.PingAll()));

    /// <summary>Origins of other hubs that peers may go to.</summary>
    internal IReadOnlyList<string> Alternatives => _core.Mesh?.Alternatives ?? [];

    /// <summary>Begins to dial other hubs: the port is known.</summary>
    public async ValueTask StartMeshAsync()
    {
        if (Links is not null)
        {
            await _driver.PostAsync(new HubInput.FromMesh(new MeshInput.Started()));
        }
    }

    /// <summary>Adds a door; the first that claims an upgrade serves it.</summary>
    public void AddDoor(HubDoor door) => _doors = [.. _doors, door];

    /// <summary>The door that an upgrade is meant for, or null.</summary>
    public HubDoor? DoorFor(UpgradeRequest request) => Array.Find(_doors, door => door.Claims(request));

    /// <summary>Serves one WebSocket, whose handshake has been answered, until it ends.</summary>
    /// <param name="door">Which door it came to.</param>
    /// <param name="request">What it asked for.</param>
    /// <param name="pipes">Its bytes.</param>
    /// <param name="abort">Cuts it.</param>
    public async Task ServeAsync(HubDoor door, UpgradeRequest request, IDuplexPipe pipes, Action abort)
    {
        if (door.Serve is { } serve)
        {
            await serve(request, pipes, abort);
            return;
        }
        var id = new ConnectionId(Interlocked.Increment(ref _lastId));
        var limits = _options.EffectiveLimits;
        var socket = new RoostSocket(pipes, door.MaxMessage, limits.MaxQueuedFrames, limits.MaxQueuedBytes, abort);
        var connection = new HubConnection(id, socket, door.Begin(id, request, Clock.Now), this);
        socket.Writable = () => _ = _driver.PostAsync(new HubInput.Writable(id)).AsTask();
        _connections[id] = connection;
        Metrics.Opened();
        Log.Opened(_log, id.Value, door.Dialect);
        try
        {
            await connection.RunAsync(new HubInput.Opened(id, door.Dialect, ClientAddresses.Of(request.Remote)));
        }
        finally
        {
            _connections.TryRemove(id, out _);
            Metrics.Closed();
            Log.Closed(_log, id.Value, door.Dialect);
        }
    }

    /// <summary>Serves a room of a private hub (<see cref="HubOptions.PrivateRooms"/>).</summary>
    public ValueTask OpenRoomAsync(RoomId room) => _driver.PostAsync(new HubInput.RoomOpened(room));

    /// <summary>Stops serving a room of a private hub.</summary>
    public ValueTask CloseRoomAsync(RoomId room) => _driver.PostAsync(new HubInput.RoomClosed(room));

    /// <summary>Removes a peer from the hub.</summary>
    public ValueTask KickAsync(PeerId peer) => _driver.PostAsync(new HubInput.Kicked(peer));

    /// <summary>Looks at the core's state, in turn with what happens to it.</summary>
    public Task<T> LookAsync<T>(Func<HubCore, T> look) => _driver.AskAsync(() => look(_core));

    /// <summary>Tells everybody that the hub goes down, and closes their connections.</summary>
    public async Task ShutDownAsync()
    {
        await _driver.PostAsync(new HubInput.ShuttingDown());
        await _driver.AskAsync(() => true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        if (Links is not null)
        {
            await Links.DisposeAsync();
        }
        foreach (var connection in _connections.Values)
        {
            connection.Gone();
            connection.Socket.Abort();
        }
    }

    internal ValueTask PostAsync(HubInput input, byte[]? rented = null) => _driver.PostAsync(input, rented);

    internal IPAddress? ClientOf(IPAddress? remote, string forwardedFor) => ClientAddresses.Behind(remote, forwardedFor, _options.TrustedProxies);

    private sealed class Driven(HubService hub) : IDriven<HubInput, HubEffect>
    {
        public void Perform(HubEffect effect, Instant now) => hub._performer.Perform(effect, now);

        public void EndBatch() => hub._performer.Flush();

        public void Faulted(HubInput? input, Exception exception)
        {
            hub.Metrics.Fault();
            Log.Faulted(hub._log, exception, input?.GetType().Name ?? "a tick");
            if (input is not null && hub._connections.TryGetValue(input.Connection, out var connection))
            {
                connection.Gone();
                connection.Socket.Abort();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {Id} opened at the {Dialect} door")]
        public static partial void Opened(ILogger log, long id, string dialect);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {Id} of the {Dialect} door ended")]
        public static partial void Closed(ILogger log, long id, string dialect);

        [LoggerMessage(Level = LogLevel.Error, Message = "ROOST-1900 The hub made a mistake while handling {Input}; the connection it came from is closed")]
        public static partial void Faulted(ILogger log, Exception exception, string input);
    }
}
