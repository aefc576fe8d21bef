using System.Text.Json;
using Roost.Core.Crypto;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests;

public class RoostDoorTests
{
    [Fact]
    public async Task A_peer_proves_its_key_and_is_welcomed_with_the_hubs_proof()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = new TestPeer(1);
        await peer.DialAsync(hub.Host);
        Assert.Equal(1, peer.Hello.Version);
        Assert.Equal(hub.Host.Key, peer.Hello.HubKey);
        string authority = $"localhost:{hub.Host.Port}";
        var auth = await peer.AuthAsync("app", authority);
        var welcome = await peer.HearAsync<DoorFrame.Welcome>();
        var proof = DoorProof.WelcomeMessage(peer.Hello.HubKey, peer.Hello.HubNonce.Span, auth.PeerKey, auth.PeerNonce.Span, "app", authority, welcome.Json.Span);
        Assert.True(Ed25519.Verify(hub.Host.Key, proof, welcome.Signature.Span));
        using var json = JsonDocument.Parse(welcome.Json);
        Assert.Equal($"stun:localhost:{hub.Host.Port}", json.RootElement.GetProperty("iceServers")[0].GetProperty("urls").GetString());
        Assert.Equal(65_516, json.RootElement.GetProperty("limits").GetProperty("frameBytes").GetInt32());
    }

    [Fact]
    public async Task Members_meet_cast_send_and_signal()
    {
        await using var hub = await TestHub.StartAsync();
        await using var host = await TestPeer.EnterAsync(hub.Host, 1);
        await using var viewer = await TestPeer.EnterAsync(hub.Host, 2);
        using var room = new TestRoom(9, host.Key.PublicKey);

        await host.JoinAsync(room);
        Assert.Empty((await host.HearAsync<DoorFrame.Members>()).List);
        await viewer.JoinAsync(room, DoorTypes.HostsOnly);
        var member = Assert.Single((await viewer.HearAsync<DoorFrame.Members>()).List);
        Assert.True(member.IsHost);
        Assert.Equal(host.Id, member.Peer);
        var joined = await host.HearAsync<DoorFrame.Joined>();
        Assert.Equal(viewer.Id, joined.Member.Peer);
        Assert.False(joined.Member.IsHost);

        await host.SayAsync(new DoorFrame.Cast(default, room.Id, "to all"u8.ToArray()));
        var cast = await viewer.HearAsync<DoorFrame.Cast>();
        Assert.Equal(host.Id, cast.From);
        Assert.Equal("to all"u8.ToArray(), cast.Payload.ToArray());

        await viewer.SayAsync(new DoorFrame.Send(default, room.Id, host.Id, "to you"u8.ToArray()));
        var send = await host.HearAsync<DoorFrame.Send>();
        Assert.Equal((viewer.Id, host.Id), (send.From, send.To));
        Assert.Equal("to you"u8.ToArray(), send.Payload.ToArray());

        await host.SayAsync(new DoorFrame.Signal(default, viewer.Id, new byte[65_000]));
        var signal = await viewer.HearAsync<DoorFrame.Signal>();
        Assert.Equal((host.Id, viewer.Id, 65_000), (signal.From, signal.To, signal.Payload.Length));

        await viewer.SayAsync(new DoorFrame.Leave(room.Id));
        var left = await host.HearAsync<DoorFrame.Left>();
        Assert.Equal((viewer.Id, LeftReason.Left), (left.Peer, left.Reason));
    }

    [Fact]
    public async Task A_ping_comes_back_with_its_bytes()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        await peer.SayAsync(new DoorFrame.Ping(new byte[] { 1, 2, 3 }));
        Assert.Equal([1, 2, 3], (await peer.HearAsync<DoorFrame.Pong>()).Echo.ToArray());
    }
}
