using Roost.Mesh.Wire;

namespace Roost.Hub.Tests.Mesh;

public class AcrossHubsTests
{
    [Fact]
    public async Task Own_peers_signal_each_other_across_two_hubs()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await using var one = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await using var other = await TestPeer.EnterAsync(mesh[1].Host, 2);
        for (int i = 0; i < 100; i++)
        {
            await one.SayAsync(new DoorFrame.Signal(default, other.Id, new byte[] { (byte)i }));
        }
        for (int i = 0; i < 100; i++)
        {
            var signal = await other.HearAsync<DoorFrame.Signal>();
            Assert.Equal((one.Id, (byte)i), (signal.From, signal.Payload.Span[0]));
        }
        await other.SayAsync(new DoorFrame.Signal(default, one.Id, new byte[65_000]));
        Assert.Equal(65_000, (await one.HearAsync<DoorFrame.Signal>()).Payload.Length);
    }

    [Fact]
    public async Task A_signal_to_nobody_is_refused_after_the_signaling_timeout()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2, options => options.SignalingTimeout = TimeSpan.FromMilliseconds(300));
        await using var one = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await one.SayAsync(new DoorFrame.Signal(default, new TestPeer(9).Id, new byte[] { 1 }));
        var error = await one.RefusedAsync(8);
        Assert.Equal(1u, error.Re);
    }

    [Fact]
    public async Task A_signal_to_a_peer_that_is_just_arriving_waits_for_it()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await using var one = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await one.SayAsync(new DoorFrame.Signal(default, new TestPeer(2).Id, "early"u8.ToArray()));
        await using var late = await TestPeer.EnterAsync(mesh[1].Host, 2);
        Assert.Equal("early"u8.ToArray(), (await late.HearAsync<DoorFrame.Signal>()).Payload.ToArray());
    }

    [Fact]
    public async Task A_room_spans_three_hubs()
    {
        await using var mesh = await MeshOfHubs.StartAsync(3);
        await using var host = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await using var viewer = await TestPeer.EnterAsync(mesh[1].Host, 2);
        await using var second = await TestPeer.EnterAsync(mesh[2].Host, 3);
        using var room = new TestRoom(9, host.Key.PublicKey);
        await host.JoinAsync(room);
        Assert.Empty((await host.HearAsync<DoorFrame.Members>()).List);
        await viewer.JoinAsync(room, DoorTypes.HostsOnly);
        await viewer.HearAsync<DoorFrame.Members>();
        Assert.Equal(host.Id, (await viewer.HearAsync<DoorFrame.Joined>()).Member.Peer);
        Assert.Equal(viewer.Id, (await host.HearAsync<DoorFrame.Joined>()).Member.Peer);

        await host.SayAsync(new DoorFrame.Cast(default, room.Id, "to all"u8.ToArray()));
        var cast = await viewer.HearAsync<DoorFrame.Cast>();
        Assert.Equal((host.Id, 6), (cast.From, cast.Payload.Length));

        await second.JoinAsync(room);
        await second.HearAsync<DoorFrame.Members>();
        var met = new[] { (await second.HearAsync<DoorFrame.Joined>()).Member.Peer, (await second.HearAsync<DoorFrame.Joined>()).Member.Peer };
        Assert.Equal([host.Id, viewer.Id], met.OrderBy(peer => peer == host.Id ? 0 : 1));
        Assert.Equal(second.Id, (await host.HearAsync<DoorFrame.Joined>()).Member.Peer);

        await second.SayAsync(new DoorFrame.Send(default, room.Id, host.Id, "to you"u8.ToArray()));
        var send = await host.HearAsync<DoorFrame.Send>();
        Assert.Equal((second.Id, host.Id), (send.From, send.To));

        await second.SayAsync(new DoorFrame.Leave(room.Id));
        var left = await host.HearAsync<DoorFrame.Left>();
        Assert.Equal((second.Id, LeftReason.Left), (left.Peer, left.Reason));
    }

    [Fact]
    public async Task A_member_of_a_hub_that_goes_down_has_left()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await using var host = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await using var viewer = await TestPeer.EnterAsync(mesh[1].Host, 2);
        using var room = new TestRoom(9, host.Key.PublicKey);
        await host.JoinAsync(room);
        await host.HearAsync<DoorFrame.Members>();
        await viewer.JoinAsync(room);
        Assert.Equal(viewer.Id, (await host.HearAsync<DoorFrame.Joined>()).Member.Peer);
        viewer.Socket.Abort();
        await mesh.KillAsync(1);
        var left = await host.HearAsync<DoorFrame.Left>();
        Assert.Equal((viewer.Id, LeftReason.ConnectionLost), (left.Peer, left.Reason));
    }

    [Fact]
    public async Task The_last_member_of_a_hub_leaves_with_its_reason()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await using var host = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await using var viewer = await TestPeer.EnterAsync(mesh[1].Host, 2);
        using var room = new TestRoom(9, host.Key.PublicKey);
        await host.JoinAsync(room);
        await host.HearAsync<DoorFrame.Members>();
        await viewer.JoinAsync(room);
        await host.HearAsync<DoorFrame.Joined>();
        viewer.Socket.Abort();
        var left = await host.HearAsync<DoorFrame.Left>();
        Assert.Equal((viewer.Id, LeftReason.ConnectionLost), (left.Peer, left.Reason));
    }

    [Fact]
    public async Task A_peer_that_moves_to_another_hub_is_found_there_and_its_old_connection_ends()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await using var one = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await using var before = await TestPeer.EnterAsync(mesh[0].Host, 2);
        await mesh.LaterAsync();
        await using var after = await TestPeer.EnterAsync(mesh[1].Host, 2);
        await before.RefusedAsync(13, 4409);
        await one.SayAsync(new DoorFrame.Signal(default, after.Id, "hi"u8.ToArray()));
        Assert.Equal(one.Id, (await after.HearAsync<DoorFrame.Signal>()).From);
    }

    [Fact]
    public async Task Guests_are_introduced_and_signal_each_other_across_hubs_both_ways()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await using var a = await Guest.AnnouncedAsync(mesh[0], 'a');
        await using var b = await Guest.AnnouncedAsync(mesh[1], 'b');
        Assert.Contains(a.Id, await b.HearAsync("peer-discovered"), StringComparison.Ordinal);
        Assert.Contains(b.Id, await a.HearAsync("peer-discovered"), StringComparison.Ordinal);
        await b.SayAsync($$"""{"type":"offer","targetPeerId":"{{a.Id}}","networkName":"global","data":{"sdp":"v=0 …","n": 1} }""");
        string offer = (await a.HearAsync("offer"))!;
        Assert.Contains($"\"fromPeerId\":\"{b.Id}\"", offer, StringComparison.Ordinal);
        Assert.Contains("""{"sdp":"v=0 …","n": 1}""", offer, StringComparison.Ordinal);
        await a.SayAsync($$"""{"type":"answer","targetPeerId":"{{b.Id}}","networkName":"global","data":{"sdp":"ok"} }""");
        Assert.Contains(a.Id, await b.HearAsync("answer"), StringComparison.Ordinal);
        await a.SayAsync("""{"type":"goodbye","networkName":"global","data":{} }""");
        Assert.Contains(a.Id, await b.HearAsync("goodbye"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guests_of_another_network_are_not_met()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2, options => options.SignalingTimeout = TimeSpan.FromMilliseconds(300));
        await using var a = await Guest.AnnouncedAsync(mesh[0], 'a', "one");
        await using var b = await Guest.AnnouncedAsync(mesh[1], 'b', "two");
        await b.SayAsync($$"""{"type":"offer","targetPeerId":"{{a.Id}}","networkName":"one","data":{} }""");
        Assert.NotNull(await b.HearAsync("error"));
    }

    [Fact]
    public async Task A_guest_that_lives_keeps_its_id_when_another_hub_is_asked_for_it()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        await using var other = await Guest.AnnouncedAsync(mesh[1], 'd');
        await using var owner = await Guest.AnnouncedAsync(mesh[0], 'c');
        Assert.Contains(owner.Id, await other.HearAsync("peer-discovered"), StringComparison.Ordinal); // The other hub knows of it.
        var listening = owner.HearAsync("offer"); // A read is what answers pings on this socket.
        await mesh.LaterAsync();
        await using var thief = await Guest.AnnouncedAsync(mesh[1], 'c');
        Assert.Null(await thief.HearAsync("nothing of this kind"));
        Assert.Equal(1008, (int?)thief.CloseStatus);
        await other.SayAsync($$"""{"type":"offer","targetPeerId":"{{owner.Id}}","networkName":"global","data":{} }""");
        Assert.Contains(other.Id, await listening, StringComparison.Ordinal);
    }
}
