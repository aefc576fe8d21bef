using Microsoft.Extensions.DependencyInjection;
using Roost.Core.Identity;
using Roost.Hub.Connections;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests.Mesh;

/// <summary>Three hubs of which two, "left" and "right", reach each other only over a wire that goes wrong; "middle" reaches both.</summary>
public class BadWireTests
{
    [Fact]
    public async Task A_link_that_died_without_a_word_is_replaced()
    {
        await using var mesh = await Mesh.StartAsync();
        await mesh.SignalPassesAsync(mesh.Left, mesh.Right);
        int before = mesh.Opened;
        mesh.ToLeft.Freeze();
        mesh.ToRight.Freeze();
        await mesh.SignalPassesAsync(mesh.Left, mesh.Right);
        await mesh.SignalPassesAsync(mesh.Right, mesh.Left);
        Assert.NotEqual(before, mesh.Opened);
    }

    [Fact]
    public async Task A_wire_that_carries_one_direction_only_cuts_off_nobody_else_and_heals()
    {
        await using var mesh = await Mesh.StartAsync();
        await mesh.SignalPassesAsync(mesh.Left, mesh.Right);
        mesh.ToRight.Vanish(forth: true, back: false);
        mesh.ToLeft.Vanish(forth: false, back: true);
        await MeshOfHubs.UntilAsync(async () => !await Linked(mesh.Left, mesh.Right) || !await Linked(mesh.Right, mesh.Left), "one of them noticed", 60);
        await mesh.SignalPassesAsync(mesh.Left, mesh.Middle);
        await mesh.SignalPassesAsync(mesh.Middle, mesh.Left);
        await mesh.SignalPassesAsync(mesh.Right, mesh.Middle);
        await mesh.SignalPassesAsync(mesh.Middle, mesh.Right);
        mesh.ToRight.Vanish(forth: false, back: false);
        mesh.ToLeft.Vanish(forth: false, back: false);
        await mesh.SignalPassesAsync(mesh.Left, mesh.Right);
        await mesh.SignalPassesAsync(mesh.Right, mesh.Left);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public async Task A_link_that_ends_in_the_middle_of_a_batch_is_made_anew(int bytes)
    {
        await using var mesh = await Mesh.StartAsync();
        await mesh.SignalPassesAsync(mesh.Left, mesh.Right);
        int before = mesh.Opened;
        mesh.ToLeft.CutAfter(bytes);
        mesh.ToRight.CutAfter(bytes);
        await using var from = await TestPeer.EnterAsync(mesh.Left.Host, 11);
        await using var to = await TestPeer.EnterAsync(mesh.Right.Host, 12);
        for (int i = 0; i < 8; i++)
        {
            await from.SayAsync(new DoorFrame.Signal(default, to.Id, new byte[60_000])); // Some of these are lost with the link; none may come damaged.
        }
        await mesh.SignalPassesAsync(mesh.Left, mesh.Right);
        await mesh.SignalPassesAsync(mesh.Right, mesh.Left);
        Assert.NotEqual(before, mesh.Opened);
    }

    private static Task<bool> Linked(TestHub from, TestHub to) =>
        from.Host.Services.GetRequiredService<HubService>().LookAsync(core => core.Mesh!.Hubs().Any(hub => hub.Id == to.Host.Id && hub.IsLinked));

    private sealed class Mesh : IAsyncDisposable
    {
        private byte _peers = 20;

        public TcpProxy ToLeft { get; } = new();

        public TcpProxy ToRight { get; } = new();

        public TestHub Left { get; private set; } = null!;

        public TestHub Middle { get; private set; } = null!;

        public TestHub Right { get; private set; } = null!;

        /// <summary>Connections between left and right so far.</summary>
        public int Opened => ToLeft.Opened + ToRight.Opened;

        public static async Task<Mesh> StartAsync()
        {
            var mesh = new Mesh { Middle = await TestHub.StartAsync() };
            mesh.Left = await mesh.BehindAsync(mesh.ToLeft);
            mesh.Right = await mesh.BehindAsync(mesh.ToRight);
            await MeshOfHubs.UntilAsync(async () => await Linked(mesh.Left, mesh.Right) && await Linked(mesh.Right, mesh.Left), "left and right are linked", 30);
            return mesh;
        }

        private async Task<TestHub> BehindAsync(TcpProxy proxy)
        {
            var hub = await TestHub.StartAsync(options => (options.PublicUrl, options.BootstrapPeers) = ($"ws://localhost:{proxy.Port}", [$"ws://localhost:{Middle.Host.Port}"]));
            proxy.Target = hub.Host.Port;
            return hub;
        }

        /// <summary>Until a signal of a new peer at one hub reaches a new one at another: those sent meanwhile may be lost, as signals may.</summary>
        public async Task SignalPassesAsync(TestHub from, TestHub to)
        {
            await using var one = await TestPeer.EnterAsync(from.Host, _peers++);
            await using var other = await TestPeer.EnterAsync(to.Host, _peers++);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            using var stop = new CancellationTokenSource();
            var saying = SayAsync();
            PeerId heard = default;
            while (heard != one.Id)
            {
                heard = Assert.IsType<DoorFrame.Signal>(await other.HearAsync(patience.Token)).From;
            }
            await stop.CancelAsync();
            await saying;

            async Task SayAsync()
            {
                using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
                try
                {
                    do
                    {
                        await one.SayAsync(new DoorFrame.Signal(default, other.Id, "are you there?"u8.ToArray()));
                    }
                    while (await again.WaitForNextTickAsync(stop.Token));
                }
                catch (OperationCanceledException)
                {
                    // It was heard.
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var hub in new[] { Left, Right, Middle })
            {
                await hub.DisposeAsync();
            }
            await ToLeft.DisposeAsync();
            await ToRight.DisposeAsync();
        }
    }
}
