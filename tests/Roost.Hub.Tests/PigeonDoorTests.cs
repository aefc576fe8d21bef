using System.Net.WebSockets;
using System.Text;

namespace Roost.Hub.Tests;

public class PigeonDoorTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/ws")]
    [InlineData("/signaling")]
    [InlineData("/any/path")]
    [InlineData("//")]
    [InlineData("/health")]
    public async Task Any_path_is_a_door_when_it_names_a_peer(string path)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('a'), path, connected: false);
        var connected = (await client.HearAsync())!;
        Assert.Equal(
            ["type", "peerId", "data", "fromPeerId", "networkName", "timestamp"],
            connected.Select(member => member.Key));
        Assert.Equal(client.Id, (string?)connected["peerId"]);
        Assert.Equal(client.Id, (string?)connected["data"]!["peerId"]);
        Assert.Equal("system", (string?)connected["fromPeerId"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public async Task An_id_of_wrong_form_is_closed_as_upstream_does(string id)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await PigeonClient.ConnectAsync(hub.Host.Port, id, connected: false);
        Assert.Equal((1008, "Invalid peerId format"), await client.ClosedAsync());
    }

    [Fact]
    public async Task Both_are_introduced_the_larger_first_and_signals_carry_data_byte_for_byte()
    {
        await using var hub = await TestHub.StartAsync();
        await using var small = await PigeonClient.AnnounceAsync(hub.Host.Port, '1', "net");
        await using var large = await PigeonClient.AnnounceAsync(hub.Host.Port, 'f', "net");
        var discovered = await large.HearAsync("peer-discovered");
        Assert.Equal(["type", "data", "networkName", "fromPeerId", "targetPeerId", "timestamp"], discovered.Select(member => member.Key));
        Assert.Equal(small.Id, (string?)discovered["data"]!["peerId"]);
        Assert.False((bool?)discovered["data"]!["isHub"]);
        Assert.Equal("net", (string?)discovered["networkName"]);

        const string Data = """{ "sdp" :"v=0\r\nü ", "type":"offer","unknown" : [1, 2.50,{"k":null}]}""";
        await large.SayAsync($$"""{"data":{{Data}},"fromPeerId":"{{PigeonClient.IdOf('9')}}","type":"offer","networkName":"other","maxPeers":3,"targetPeerId":"{{small.Id}}"}""");
        string offer = (await small.HearTextAsync())!;
        Assert.StartsWith($$"""{"type":"offer","data":{{Data}},"fromPeerId":"{{large.Id}}","targetPeerId":"{{small.Id}}","networkName":"net","timestamp":""", offer, StringComparison.Ordinal);
        await small.SayAsync($$"""{"type":"answer","data":{"type":"answer","sdp":"x"},"targetPeerId":"{{large.Id}}"}""");
        Assert.Equal(small.Id, (string?)(await large.HearAsync("answer"))["fromPeerId"]);
        Assert.Equal(large.Id, (string?)(await small.HearAsync("peer-discovered"))["data"]!["peerId"]);
    }

    [Fact]
    public async Task A_large_offer_is_relayed_and_one_over_a_mebibyte_closes_1009()
    {
        await using var hub = await TestHub.StartAsync();
        await using var a = await PigeonClient.AnnounceAsync(hub.Host.Port, '1');
        await using var b = await PigeonClient.AnnounceAsync(hub.Host.Port, '2');
        await a.SayAsync($$"""{"type":"offer","data":"{{new string('x', 1_000_000)}}","targetPeerId":"{{b.Id}}"}""");
        Assert.Equal(1_000_000, ((string?)(await b.HearAsync("offer"))["data"])!.Length);
        await a.SayAsync(new string(' ', 1024 * 1024 + 1));
        Assert.Equal((1009, ""), await a.ClosedAsync());
    }

    [Fact]
    public async Task An_unknown_target_is_an_error_and_never_a_relayed_refusal()
    {
        await using var hub = await TestHub.StartAsync();
        await using var a = await PigeonClient.AnnounceAsync(hub.Host.Port, '1', "net");
        await using var b = await PigeonClient.AnnounceAsync(hub.Host.Port, '2', "net");
        await b.SayAsync("""{"type":"ping"}""");
        await b.HearAsync("pong"); // Its announcement has been heard.
        await a.SayAsync($$"""{"type":"answer","data":{},"targetPeerId":"{{PigeonClient.IdOf('9')}}"}""");
        var error = await a.HearAsync("error");
        Assert.Equal("Target peer 99999999... not found on any node", (string?)error["error"]);
        Assert.Equal("answer", (string?)error["originalType"]);
        Assert.Equal("net", (string?)error["networkName"]);
        await a.SayAsync($$"""{"type":"connection-rejected","data":{"reason":"initiator_role_conflict"},"targetPeerId":"{{b.Id}}"}""");
        Assert.StartsWith("Signaling server does not route 'connection-rejected'", (string?)(await a.HearAsync("error"))["error"], StringComparison.Ordinal);
        await a.SayAsync($$"""{"type":"offer","data":1,"targetPeerId":"{{b.Id}}"}""");
        while (await b.HearAsync() is { } message)
        {
            Assert.NotEqual("connection-rejected", (string?)message["type"]);
            if ((string?)message["type"] == "offer")
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Nobody_poses_as_another_or_as_a_hub_and_networks_do_not_leak()
    {
        await using var hub = await TestHub.StartAsync();
        await using var victim = await PigeonClient.AnnounceAsync(hub.Host.Port, '1', "private");
        await using var liar = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('f'));
        await liar.SayAsync($$$"""{"type":"announce","networkName":"pigeonhub-mesh","data":{"isHub":true}}""");
        await liar.SayAsync($$$"""{"type":"announce","networkName":"open","data":{"peerId":"{{{victim.Id}}}","isHub":true,"name":"x"}}""");
        await liar.SayAsync($$"""{"type":"offer","networkName":"private","data":{},"targetPeerId":"{{victim.Id}}"}""");
        await liar.SayAsync("""{"type":"peer-discovered","networkName":"private","data":{"peerId":"0000000000000000000000000000000000000000"}}""");
        // The door refuses a type by itself, the hub a target after a look around the mesh: either may come first.
        string[] errors = [(string)(await liar.HearAsync("error"))["error"]!, (string)(await liar.HearAsync("error"))["error"]!];
        Assert.Single(errors, e => e.Contains("not found", StringComparison.Ordinal));
        Assert.Single(errors, e => e.Contains("peer-discovered", StringComparison.Ordinal));
        await using var third = await PigeonClient.AnnounceAsync(hub.Host.Port, '2', "open");
        var told = (await third.HearAsync("peer-discovered"))["data"]!;
        Assert.Equal(liar.Id, (string?)told["peerId"]);
        Assert.False((bool?)told["isHub"]);
        Assert.Equal("x", (string?)told["name"]);
        await victim.SayAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (string?)(await victim.HearAsync())!["type"]); // And nothing before it.
    }

    [Fact]
    public async Task A_goodbye_reaches_the_whole_network_with_its_name_and_a_lost_socket_says_no_goodbye()
    {
        await using var hub = await TestHub.StartAsync();
        await using var a = await PigeonClient.AnnounceAsync(hub.Host.Port, '1', "net");
        await using var b = await PigeonClient.AnnounceAsync(hub.Host.Port, '2', "net");
        await b.HearAsync("peer-discovered");
        await b.SayAsync($$$"""{"type":"goodbye","data":{"peerId":"{{{b.Id}}}","reason":"peer_disconnect"}}""");
        var goodbye = await a.HearAsync("goodbye");
        Assert.Equal((b.Id, "net"), ((string?)goodbye["fromPeerId"], (string?)goodbye["networkName"]));
        await using var c = await PigeonClient.AnnounceAsync(hub.Host.Port, '3', "net");
        await c.HearAsync("peer-discovered");
        a.Socket.Abort();
        var gone = await c.HearAsync();
        Assert.Equal("peer-disconnected", (string?)gone!["type"]);
        Assert.Equal(a.Id, (string?)gone["data"]!["peerId"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[1,2]")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("{\"type\":\"offer\"")]
    [InlineData("{} {}")]
    [InlineData("")]
    public async Task What_is_no_object_is_answered_and_the_connection_stays(string text)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('a'));
        await client.SayAsync(text);
        Assert.Equal("Invalid message format", (string?)(await client.HearAsync("error"))["error"]);
        await client.SayAsync("""{"type":"ping"}""");
        await client.HearAsync("pong");
    }

    [Fact]
    public async Task Deep_binary_and_broken_text_are_answered()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('a'));
        await client.SayAsync(string.Concat(Enumerable.Repeat("{\"data\":", 5_000)));
        await client.HearAsync("error");
        await client.SayAsync([0x7B, 0xFF, 0xFE, 0x7D], WebSocketMessageType.Binary);
        await client.HearAsync("error");
        await client.SayAsync(Encoding.UTF8.GetBytes("{\"type\":\"ping\"}"), WebSocketMessageType.Binary);
        await client.HearAsync("pong");
    }

    [Fact]
    public async Task What_does_not_fit_an_announcement_is_refused()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('a'));
        await client.SayAsync($$$"""{"type":"announce","data":{"name":"{{{new string('x', 20_000)}}}"}}""");
        Assert.Contains("too large", (string?)(await client.HearAsync("error"))["error"], StringComparison.Ordinal);
        await client.SayAsync($$"""{"type":"announce","networkName":"{{new string('n', 200)}}"}""");
        Assert.Contains("networkName", (string?)(await client.HearAsync("error"))["error"], StringComparison.Ordinal);
        await client.SayAsync("{\"type\":\"announce\",\"networkName\":\"a\\\"b\\u0007\",\"data\":[]}");
        await client.SayAsync("""{"type":"offer","targetPeerId":"short"}""");
        Assert.Equal("a\"b\u0007", (string?)(await client.HearAsync("error"))["networkName"]);
    }
}
