using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Roost.Hub.Connections;
using Roost.Hub.Driving;
using Roost.Hub.Hosting;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests.Mesh;

/// <summary>Hubs on free loopback ports, each linked to the first.</summary>
internal sealed class MeshOfHubs : IAsyncDisposable
{
    public List<TestHub> Hubs { get; } = [];

    public TestHub this[int at] => Hubs[at];

    public static async Task<MeshOfHubs> StartAsync(int count, Action<HubOptions>? configure = null)
    {
        var mesh = new MeshOfHubs();
        for (int i = 0; i < count; i++)
        {
            await mesh.AddAsync(configure);
        }
        await mesh.SettledAsync(count);
        return mesh;
    }

    public async Task<TestHub> AddAsync(Action<HubOptions>? configure = null)
    {
        var hub = await TestHub.StartAsync(options =>
        {
            options.BootstrapPeers = Hubs.Count == 0 ? [] : [$"ws://localhost:{Hubs[0].Host.Port}"];
            configure?.Invoke(options);
        });
        Hubs.Add(hub);
        return hub;
    }

    /// <summary>Until every hub knows of this many, itself included.</summary>
    public async Task SettledAsync(int count)
    {
        foreach (var hub in Hubs)
        {
            await UntilAsync(async () => await HubsKnownTo(hub) == count - 1, $"a hub knows {count - 1} others");
        }
    }

    public static Task<int> HubsKnownTo(TestHub hub) =>
        hub.Host.Services.GetRequiredService<HubService>().LookAsync(core => core.Mesh!.Hubs().Count(other => other.IsUp && other.HasRecord));

    /// <summary>Until what comes next is later by every hub's clock than all before: leases compare milliseconds, and two in the same one are settled by the hubs' ids.</summary>
    public Task LaterAsync()
    {
        var clocks = Hubs.Select(hub => hub.Host.Services.GetRequiredService<HubClock>()).ToList();
        long latest = clocks.Max(clock => clock.Now.UnixMilliseconds);
        return UntilAsync(() => Task.FromResult(clocks.All(clock => clock.Now.UnixMilliseconds > latest)), "the clocks go on");
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 10)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
            {
                Assert.Fail($"Not in time: {what}.");
            }
            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async Task KillAsync(int at)
    {
        await Hubs[at].DisposeAsync();
        Hubs.RemoveAt(at);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in Hubs)
        {
            await hub.DisposeAsync();
        }
    }
}

/// <summary>An unmodified client's socket, as far as these tests need one.</summary>
internal sealed class Guest(string id) : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public string Id => id;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<Guest> AnnouncedAsync(TestHub hub, char digit, string network = "global")
    {
        var guest = new Guest(new string(digit, 40));
        await guest._socket.ConnectAsync(new($"ws://127.0.0.1:{hub.Host.Port}/?peerId={guest.Id}"), Patience());
        await guest.HearAsync("connected");
        await guest.SayAsync($$"""{"type":"announce","networkName":"{{network}}","data":{"name":"{{digit}}"} }""");
        return guest;
    }

    public Task SayAsync(string json) => _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, Patience());

    /// <summary>The next message of this type; others are passed over. Null when the hub closed.</summary>
    public async Task<string?> HearAsync(string type)
    {
        while (true)
        {
            var result = await _socket.ReceiveAsync(_buffer, Patience());
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            string text = Encoding.UTF8.GetString(_buffer, 0, result.Count);
            if (text.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal))
            {
                return text;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Patience());
        }
        _socket.Dispose();
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TestPeer.Patience).Token;
}
