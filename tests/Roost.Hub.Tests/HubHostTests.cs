using System.Net;
using System.Net.Sockets;
using Roost.Hub.Hosting;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests;

public class HubHostTests
{
    [Fact]
    public async Task A_port_in_use_is_a_clear_error()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<HubStartException>(() => HubHost.StartAsync(new() { Host = "127.0.0.1", Port = port }, null, TestContext.Current.CancellationToken));
        Assert.Equal("ROOST-1902", error.Code);
        Assert.Contains(port.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PORT", "http")]
    [InlineData("PORT", "70000")]
    [InlineData("SIGNALING_TIMEOUT", "-1")]
    [InlineData("SIGNALING_TIMEOUT", "5")]
    public void An_environment_that_cannot_be_meant_is_named(string name, string value)
    {
        var error = Assert.Throws<HubStartException>(() => HubEnvironment.Apply(new(), asked => asked == name ? value : null));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example/path")]
    [InlineData("https://a.example/")]
    [InlineData("a.example")]
    [InlineData("null")]
    [InlineData("*, https://a.example")]
    [InlineData("https://user@a.example")]
    public async Task What_is_no_origin_is_named_at_start(string origin)
    {
        var error = await Assert.ThrowsAsync<HubStartException>(() => HubHost.StartAsync(new() { Host = "127.0.0.1", Port = 0, CorsOrigin = origin }, null, TestContext.Current.CancellationToken));
        Assert.Equal("ROOST-1903", error.Code);
        Assert.Contains("CORS_ORIGIN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_changes_nothing_is_told()
    {
        Assert.Contains("DHT_BOOTSTRAP_RETRIES", Assert.Single(HubEnvironment.Notes(name => name == "DHT_BOOTSTRAP_RETRIES" ? "3" : null)), StringComparison.Ordinal);
        Assert.Empty(HubEnvironment.Notes(_ => null));
    }

    [Fact]
    public async Task Wrong_options_are_all_named_at_start()
    {
        var error = await Assert.ThrowsAsync<HubStartException>(() =>
            HubHost.StartAsync(new() { Region = "moon", PublicUrl = "ftp://x", IceServers = "{}", BootstrapPeers = ["http://x"] }, null, TestContext.Current.CancellationToken));
        Assert.Contains("moon", error.Message, StringComparison.Ordinal);
        Assert.Contains("PUBLIC_URL", error.Message, StringComparison.Ordinal);
        Assert.Contains("ICE_SERVERS", error.Message, StringComparison.Ordinal);
        Assert.Contains("bootstrap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_hub_serves_the_rooms_of_its_options_from_its_start()
    {
        using var room = new TestRoom(5);
        await using var hub = await TestHub.StartAsync(options => (options.PrivateRooms, options.Rooms) = (true, [room.Id]));
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        await peer.JoinAsync(room);
        await peer.HearAsync<DoorFrame.Members>();
    }

    [Fact]
    public async Task A_private_hub_serves_only_rooms_it_was_given()
    {
        await using var hub = await TestHub.StartAsync(options => options.PrivateRooms = true);
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        using var room = new TestRoom(5);
        await peer.JoinAsync(room);
        await peer.RefusedAsync(7);
        await hub.Host.OpenRoomAsync(room.Id);
        await peer.JoinAsync(room);
        await peer.HearAsync<DoorFrame.Members>();
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"http://127.0.0.1:{hub.Host.Port}/peers", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"http://127.0.0.1:{hub.Host.Port}/health", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_hub_that_goes_down_says_so()
    {
        var hub = await TestHub.StartAsync();
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        var stopping = hub.DisposeAsync();
        await peer.RefusedAsync(15, 1001);
        await stopping;
    }
}
