using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Roost.Hub.Connections;

namespace Roost.Hub.Tests.Mesh;

public class LinksTests
{
    [Fact]
    public async Task A_hub_told_to_mesh_with_itself_says_so_and_goes_on()
    {
        int port = FreePort();
        await using var hub = await TestHub.StartAsync(options => (options.Port, options.BootstrapPeers) = (port, [$"ws://localhost:{port}"]));
        await MeshOfHubs.UntilAsync(() => Task.FromResult(hub.Log.Lines.Any(line => line.Text.Contains("is this hub itself", StringComparison.Ordinal))), "the hub noticed");
        Assert.Equal(0, await MeshOfHubs.HubsKnownTo(hub));
    }

    [Fact]
    public async Task Hubs_in_development_find_each_other_by_themselves_and_others_do_not()
    {
        await using var first = await TestHub.StartAsync();
        string[] local = [$"ws://localhost:{first.Host.Port}"]; // In the place of ws://localhost:3000 to 3003, which are not a test's to take.
        await using var one = await TestHub.StartAsync(options => (options.Development, options.DevelopmentPeers) = (true, local));
        await using var two = await TestHub.StartAsync(options => (options.Development, options.DevelopmentPeers) = (true, local));
        await MeshOfHubs.UntilAsync(async () => await MeshOfHubs.HubsKnownTo(one) == 2 && await MeshOfHubs.HubsKnownTo(two) == 2, "both know both others");
        await using var alone = await TestHub.StartAsync(options => options.DevelopmentPeers = local);
        Assert.Equal(0, await MeshOfHubs.HubsKnownTo(alone));
        Assert.Equal(["ws://localhost:3000", "ws://localhost:3001", "ws://localhost:3002", "ws://localhost:3003"], new Hosting.HubOptions().DevelopmentPeers);
    }

    [Theory]
    [InlineData("ws://127.0.0.1:1")]
    [InlineData("ws://roost-test.invalid:3000")]
    public async Task An_address_that_does_not_answer_is_told_of_once_and_one_that_was_only_looked_for_never(string url)
    {
        await using var hub = await TestHub.StartAsync(options => (options.BootstrapPeers, options.Development, options.DevelopmentPeers) = ([url], true, ["ws://127.0.0.1:2"]));
        await MeshOfHubs.UntilAsync(() => Task.FromResult(Told(hub, url) == 1), "the operator is told", seconds: 60);
        Assert.Contains("tried again", hub.Log.Lines.First(line => line.Text.Contains(url, StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.Equal(0, Told(hub, ":2/"));
    }

    private static int Told(TestHub hub, string what) => hub.Log.Lines.Count(line => line.Text.Contains(what, StringComparison.Ordinal) && line.Text.Contains("cannot be reached", StringComparison.Ordinal));

    [Fact]
    public async Task Hubs_of_another_mesh_do_not_link()
    {
        await using var one = await TestHub.StartAsync(options => options.AppId = "one");
        await using var two = await TestHub.StartAsync(options => (options.AppId, options.BootstrapPeers) = ("two", [$"ws://localhost:{one.Host.Port}"]));
        two.Log.Expect("another mesh");
        await MeshOfHubs.UntilAsync(() => Task.FromResult(two.Log.Lines.Any(line => line.Text.Contains("another mesh", StringComparison.Ordinal))), "the hub was told");
        Assert.Equal(0, await MeshOfHubs.HubsKnownTo(one));
    }

    [Fact]
    public async Task A_closed_mesh_takes_only_hubs_with_its_key()
    {
        string key = Path.Combine(Path.GetTempPath(), $"roost-mesh-key-{Guid.NewGuid():n}");
        await File.WriteAllBytesAsync(key, new byte[32], TestContext.Current.CancellationToken);
        try
        {
            await using var one = await TestHub.StartAsync(options => options.MeshKeyFile = key);
            await using var friend = await TestHub.StartAsync(options => (options.MeshKeyFile, options.BootstrapPeers) = (key, [$"ws://localhost:{one.Host.Port}"]));
            await MeshOfHubs.UntilAsync(async () => await MeshOfHubs.HubsKnownTo(one) == 1, "the friend is in");
            await using var stranger = await TestHub.StartAsync(options => options.BootstrapPeers = [$"ws://localhost:{one.Host.Port}"]);
            stranger.Log.Expect("did not prove its key");
            await MeshOfHubs.UntilAsync(() => Task.FromResult(stranger.Log.Lines.Any(line => line.Text.Contains("did not prove its key", StringComparison.Ordinal))), "the stranger is told");
            Assert.Equal(1, await MeshOfHubs.HubsKnownTo(one));
        }
        finally
        {
            File.Delete(key);
        }
    }

    [Fact]
    public async Task Something_that_is_no_hub_is_reported_once_and_does_no_harm()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"u8.ToArray());
            }
        }, TestContext.Current.CancellationToken);
        await using var hub = await TestHub.StartAsync(options => options.BootstrapPeers = [$"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"]);
        hub.Log.Expect("is no hub");
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        Assert.Equal(0, await MeshOfHubs.HubsKnownTo(hub));
    }

    [Fact]
    public async Task A_hub_that_comes_back_is_found_again()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        int port = mesh[1].Host.Port;
        await mesh.KillAsync(1);
        await MeshOfHubs.UntilAsync(async () => await MeshOfHubs.HubsKnownTo(mesh[0]) == 0, "the hub is known to be gone");
        await mesh.AddAsync(options => options.Port = port);
        await mesh.SettledAsync(2);
    }

    [Fact]
    public async Task Every_hub_of_a_small_mesh_links_to_every_other()
    {
        await using var mesh = await MeshOfHubs.StartAsync(3);
        foreach (var hub in mesh.Hubs)
        {
            var service = hub.Host.Services.GetRequiredService<HubService>();
            await MeshOfHubs.UntilAsync(() => service.LookAsync(core => core.Mesh!.Hubs().Count(other => other.IsLinked && other.IsNeighbour) == 2), "a hub has two neighbours");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
