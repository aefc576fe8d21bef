using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Hub;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Mesh.Doors;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Bench;

/// <summary>A hub in this process. Its peers have no sockets: what is measured is core, link, core.</summary>
internal sealed class InnerHub : IAsyncDisposable
{
    public const string Dialect = "bench";
    private readonly HubHost _host;

    private InnerHub(HubHost host)
    {
        _host = host;
        Service = host.Services.GetRequiredService<HubService>();
    }

    public HubService Service { get; }

    public static async Task<InnerHub> StartAsync(InnerHub? other = null) => new(await HubHost.StartAsync(new HubOptions
    {
        Host = "127.0.0.1",
        Port = 0,
        Stun = false,
        BootstrapPeers = other is null ? [] : [$"ws://127.0.0.1:{other._host.Port}"],
        Limits = new HubLimits { MaxConnections = 200_000, MaxConnectionsPerAddress = 200_000, PingAfter = TimeSpan.FromHours(1) },
    }));

    /// <summary>Until it knows so many others and the first announcements have passed.</summary>
    public async Task MeetsAsync(int others)
    {
        while (await Service.LookAsync(core => core.Mesh!.Hubs().Count(hub => hub is { IsUp: true, HasRecord: true, IsLinked: true })) < others)
        {
            await Task.Delay(10);
        }
    }

    /// <summary>A peer whose socket is never used.</summary>
    public async Task<ConnectionId> EnterAsync(PeerId peer, Action<HubEffect.Signal>? hear = null)
    {
        var entered = new TaskCompletionSource<ConnectionId>();
        var door = new HubDoor(Dialect, null, 1_024, static _ => false, (id, _, _) =>
        {
            entered.SetResult(id);
            return new Session(new HubInput.Entered(id, peer, Bound: false, new(Dialect, "")), hear);
        });
        _ = Service.ServeAsync(door, new("/", "", "", null), new Wire(), static () => { });
        return await entered.Task;
    }

    public static PeerId PeerOf(int number)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Size];
        BitConverter.TryWriteBytes(bytes, number * 2_654_435_761L);
        BitConverter.TryWriteBytes(bytes[8..], number + 1);
        return PeerId.FromBytes(bytes);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private sealed class Wire : IDuplexPipe
    {
        public PipeReader Input { get; } = new Pipe().Reader;

        public PipeWriter Output { get; } = new Pipe().Writer;
    }

    private sealed class Session(HubInput entered, Action<HubEffect.Signal>? hear) : IDoorSession
    {
        public ReadOnlyMemory<byte> Greeting => default;

        public bool WritesText => false;

        public bool SharesFrames => false;

        public HubInput? FirstInput => entered;

        public DoorStep Read(ReadOnlyMemory<byte> message, Instant now) => default;

        public bool TryWrite(HubEffect effect, Instant now, ByteWriter output)
        {
            if (effect is HubEffect.Signal signal)
            {
                hear?.Invoke(signal);
            }
            return false;
        }

        public (ushort Code, string Reason) CloseFor(Refusal why) => default;
    }
}
