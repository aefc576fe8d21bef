using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Roost.Hub.Connections;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Hosting;

/// <summary>How an operator on the same machine talks to a running hub: <c>control.sock</c> in its data directory, readable by its user alone. One line in, one line of JSON out.</summary>
public sealed partial class ControlSocket : IAsyncDisposable
{
    private const int MaxLine = 1_024;
    private static readonly TimeSpan LineWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PongsWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(5);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly HubService _hub;
    private readonly CancellationTokenSource _end = new();

    private ControlSocket(Socket listener, string path, HubService hub)
    {
        _listener = listener;
        _path = path;
        _hub = hub;
        _ = AcceptAsync();
    }

    /// <summary>The socket's name in a data directory.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "control.sock");

    /// <summary>Listens; null where the file system has no sockets, which is logged: the hub runs without.</summary>
    public static ControlSocket? Open(string directory, HubService hub, ILogger<ControlSocket> log)
    {
        string path = PathIn(directory);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path); // Left by a process that was killed: the data directory's key belongs to one hub at a time.
            listener.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            listener.Listen(8);
            return new(listener, path, hub);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            listener.Dispose();
            Log.NoSocket(log, path, e.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (IOException)
        {
            // The directory is gone already.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptAsync(_end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The hub goes down.
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        using var socket = client;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        deadline.CancelAfter(LineWithin);
        try
        {
            var buffer = new byte[MaxLine];
            int length = 0;
            while (length < MaxLine && buffer.AsSpan(0, length).IndexOf((byte)'\n') < 0)
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(length), deadline.Token);
                if (read == 0)
                {
                    return;
                }
                length += read;
            }
            string line = Encoding.UTF8.GetString(buffer, 0, length).Trim();
            var answer = await DoAsync(line);
            await socket.SendAsync(Encoding.UTF8.GetBytes(answer.ToJsonString() + "\n"), deadline.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Whoever asked went away.
        }
    }

    private async Task<JsonObject> DoAsync(string command)
    {
        switch (command)
        {
            case "mesh":
                return await _hub.LookAsync(core => core.Mesh is { } mesh ? Describe(core, mesh) : Problem("this hub is in no mesh"));
            case "mesh ping":
                return await PingAsync();
            case "mesh drain":
                await _hub.DrainAsync(true);
                return new() { ["ok"] = true };
            case "mesh undrain":
                await _hub.DrainAsync(false);
                return new() { ["ok"] = true };
            default:
                return Problem("unknown command");
        }
    }

    /// <summary>Asks for a sign of life on every link, and waits a while for the answers.</summary>
    private async Task<JsonObject> PingAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(PongsWithin);
        await _hub.PingAllAsync();
        while (await _hub.LookAsync(static core => core.Mesh?.Hubs().Any(hub => hub is { IsLinked: true, RoundTrip.Ticks: 0 }) == true) && !patience.IsCancellationRequested)
        {
            await Task.Delay(LookAgainAfter, CancellationToken.None);
        }
        return await DoAsync("mesh");
    }

    private static JsonObject Describe(HubCore core, MeshCore mesh) => new()
    {
        ["v"] = 1,
        ["hub"] = mesh.Self.ToShortString(),
        ["mode"] = mesh.IsFull ? "full" : "one-hop",
        ["draining"] = mesh.IsDraining,
        ["peers"] = mesh.Peers,
        ["own"] = core.OwnPeers,
        ["guests"] = core.Guests,
        ["leases"] = mesh.Leases,
        ["parked"] = mesh.Parked,
        ["signalsOut"] = mesh.Counters.SignalsOut,
        ["signalsIn"] = mesh.Counters.SignalsIn,
        ["hubs"] = new JsonArray([.. mesh.Hubs().Where(hub => hub.HasRecord).Select(hub => (JsonNode)new JsonObject
        {
            ["hub"] = hub.Id.ToShortString(),
            ["state"] = !hub.IsUp ? "dead" : hub.IsSuspect ? "suspect" : hub.IsDraining ? "draining" : "alive",
            ["linked"] = hub.IsLinked,
            ["neighbour"] = hub.IsNeighbour,
            ["carried"] = hub.IsCarried,
            ["region"] = hub.Region,
            ["roundTripMs"] = hub.RoundTrip.TotalMilliseconds,
            ["urls"] = new JsonArray([.. hub.Urls.Select(url => (JsonNode)url)]),
        })]),
    };

    private static JsonObject Problem(string text) => new() { ["error"] = text };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "No control socket at {Path}: {Why}; roost mesh cannot reach this hub")]
        public static partial void NoSocket(ILogger log, string path, string why);
    }
}
