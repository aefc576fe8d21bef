using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Rooms;
using Roost.Hub;
using Roost.Hub.Hosting;
using Roost.Mesh.Signaling;
using Roost.Peer.Storage;
using Roost.Peer.Streams;

namespace Roost.Peer.Tests.Direct;

/// <summary>Sessions between .NET peers over WebRTC, with a real hub on loopback.</summary>
public class DirectSessionTests
{
    private static readonly PeerPath[] Straight = [PeerPath.Local, PeerPath.Direct];

    [Fact]
    public async Task A_viewer_reads_over_the_hub_at_once_and_over_a_direct_link_soon()
    {
        await using var world = await World.StartAsync();
        world.Write("before anyone came\n");
        await using var viewer = world.Read();
        await viewer.HasAsync("before anyone came\n");
        await viewer.IsOnAsync(Straight);
        world.Write("over the link\n");
        await viewer.HasAsync("before anyone came\nover the link\n");
        Assert.Contains(viewer.Events, e => e is StreamEvent.Path { RoundTrip: not null });
        await world.UntilAsync(events => events.OfType<StreamHostEvent.ViewerPath>().Any(p => Straight.Contains(p.Path)));
    }

    [Fact]
    public async Task A_linked_viewer_needs_no_hub_and_one_that_is_not_gets_all_of_it_from_the_next()
    {
        await using var world = await World.StartAsync();
        await using var linked = world.Read();
        await using var onHub = world.Read(direct: false);
        world.Write("one\n");
        await linked.HasAsync("one\n");
        await onHub.HasAsync("one\n");
        await linked.IsOnAsync(Straight);
        int port = await world.StopHubAsync();
        world.Write("two\n");
        await linked.HasAsync("one\ntwo\n");
        Assert.Equal("one\n", onHub.Text);
        await using var next = await HubHost.StartAsync(World.HubOn(port));
        await onHub.HasAsync("one\ntwo\n");
        world.Write("three\n");
        await linked.HasAsync("one\ntwo\nthree\n");
        await onHub.HasAsync("one\ntwo\nthree\n");
    }

    [Fact]
    public async Task A_host_without_direct_links_is_read_over_the_hub()
    {
        await using var world = await World.StartAsync(maxDirect: 0);
        await using var viewer = world.Read();
        string expected = "";
        for (int i = 0; i < 200; i++)
        {
            expected += $"word{i} ";
            world.Write($"word{i} ");
        }
        await viewer.HasAsync(expected);
        Assert.Equal(PeerPath.Hub, viewer.Path);
    }

    [Fact]
    public async Task Viewers_beyond_the_limit_stay_on_the_hub_and_miss_nothing()
    {
        await using var world = await World.StartAsync(maxDirect: 1);
        await using var first = world.Read();
        await first.IsOnAsync(Straight);
        await using var second = world.Read();
        await using var third = world.Read();
        string expected = "";
        for (int i = 0; i < 300; i++)
        {
            expected += $"word{i} ";
            world.Write($"word{i} ");
        }
        world.Host.End(0, "eof");
        foreach (var viewer in new[] { first, second, third })
        {
            await viewer.HasAsync(expected);
        }
        Assert.Equal([PeerPath.Hub, PeerPath.Hub], [second.Path, third.Path]);
        await world.Host.EndAcknowledged.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Megabytes_that_are_written_while_the_path_changes_arrive_once_and_in_order()
    {
        await using var world = await World.StartAsync();
        var text = string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i,9} "));
        await using var viewer = world.Read();
        for (int at = 0; at < text.Length; at += 20_000)
        {
            world.Write(text[at..Math.Min(text.Length, at + 20_000)]);
            await Task.Yield();
        }
        await viewer.HasAsync(text);
        await viewer.IsOnAsync(Straight);
        await using var late = world.Read();
        await late.HasAsync(text);
        await late.IsOnAsync(Straight);
        await world.StopHubAsync();
        world.Write(text);
        await viewer.HasAsync(text + text);
        await late.HasAsync(text + text);
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly SigningKey _key = SigningKey.Generate(SystemDice.Instance);
        private readonly List<StreamHostEvent> _events = [];
        private readonly Lock _lock = new();

        private HubHost? Hub { get; set; }

        public TextStreamHost Host { get; private set; } = null!;

        private Invite Invite { get; set; } = null!;

        public static HubOptions HubOn(int port) => new() { Host = "127.0.0.1", Port = port, Stun = false };

        public static async Task<World> StartAsync(int maxDirect = 32)
        {
            var world = new World { Hub = await HubHost.StartAsync(HubOn(0)) };
            var origin = $"http://127.0.0.1:{world.Hub.Port}";
            world.Host = TextStreamHost.Start(new TextStreamHostOptions
            {
                Hubs = [origin],
                Key = world._key,
                Secret = RoomSecret.Generate(SystemDice.Instance),
                MaxDirect = maxDirect,
            });
            world.Host.Happened += happened =>
            {
                lock (world._lock)
                {
                    world._events.Add(happened);
                }
            };
            await world.Host.Online;
            world.Invite = world.Host.InviteAt(origin);
            return world;
        }

        public Reading Read(bool direct = true) => new(Invite, direct);

        public void Write(string text) => Host.Write(Encoding.UTF8.GetBytes(text));

        public async Task UntilAsync(Func<List<StreamHostEvent>, bool> probe)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (!Holds())
            {
                await Task.Delay(20, patience.Token);
            }

            bool Holds()
            {
                lock (_lock)
                {
                    return probe(_events);
                }
            }
        }

        /// <summary>Ends the hub; its port can be used by another.</summary>
        public async Task<int> StopHubAsync()
        {
            var hub = Hub!;
            Hub = null;
            int port = hub.Port;
            await hub.DisposeAsync();
            return port;
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await (Hub?.DisposeAsync() ?? ValueTask.CompletedTask);
            _key.Dispose();
        }
    }
}
