using System.Net.WebSockets;
using Roost.Core.Crypto;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests;

/// <summary>What a hostile or broken peer does at the <c>/roost</c> door.</summary>
public class DoorFaultTests
{
    [Theory]
    [InlineData("evil.example:443")]
    [InlineData("localhost:1")]
    [InlineData("")]
    public async Task A_foreign_authority_is_told_which_are_right(string authority)
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = new TestPeer(1);
        await peer.DialAsync(hub.Host);
        await peer.AuthAsync("", authority);
        var error = await peer.RefusedAsync(5, 4403);
        Assert.Contains($"localhost:{hub.Host.Port}", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Public_url_and_further_names_are_this_hubs_too()
    {
        await using var hub = await TestHub.StartAsync(options =>
        {
            options.PublicUrl = "wss://hub.example.org";
            options.Names = ["lan.test"];
        });
        await using var a = await TestPeer.EnterAsync(hub.Host, 1, authority: "hub.example.org:443");
        await using var b = await TestPeer.EnterAsync(hub.Host, 2, authority: $"lan.test:{hub.Host.Port}");
        Assert.Equal("https://hub.example.org", hub.Host.Addresses[0]);
    }

    [Fact]
    public async Task An_auth_of_another_connection_is_refused()
    {
        await using var hub = await TestHub.StartAsync();
        await using var honest = new TestPeer(1);
        await honest.DialAsync(hub.Host);
        var auth = await honest.AuthAsync("", $"localhost:{hub.Host.Port}");
        await honest.HearAsync<DoorFrame.Welcome>();
        await using var replay = new TestPeer(2);
        await replay.DialAsync(hub.Host);
        await replay.SayAsync(auth);
        await replay.RefusedAsync(4, 4401);
        await honest.SayAsync(new DoorFrame.Ping(default)); // And the honest one was not replaced.
        await honest.HearAsync<DoorFrame.Pong>();
    }

    [Theory]
    [InlineData("0d")]   // before AUTH
    [InlineData("")]
    [InlineData("02ff")]
    public async Task Whoever_does_not_begin_with_auth_is_closed(string hex)
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = new TestPeer(1);
        await peer.DialAsync(hub.Host);
        await peer.SayAsync(Convert.FromHexString(hex));
        var error = await peer.HearAsync<DoorFrame.Error>();
        Assert.True(error.Code is 1 or 4);
        Assert.Null(await peer.HearAsync());
    }

    [Fact]
    public async Task Whoever_says_nothing_is_closed_with_4408()
    {
        await using var hub = await TestHub.StartAsync(options => options.Limits = new() { EnterWithin = TimeSpan.FromMilliseconds(100) });
        await using var peer = new TestPeer(1);
        await peer.DialAsync(hub.Host);
        await peer.RefusedAsync(16, 4408);
    }

    [Fact]
    public async Task A_join_without_the_secret_or_with_anothers_proof_is_refused()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        using var room = new TestRoom(9);
        using var wrong = new TestRoom(8);
        var session = new Core.Identity.SessionId(new(1, 2));
        var proof = DoorProof.JoinMessage(peer.Hello.HubNonce.Span, peer.Id, room.Id, session);
        var good = new DoorFrame.Join(room.Id, room.Owner, room.Key.PublicKey, session, 0, room.Key.Sign(proof));
        foreach (var bad in (DoorFrame.Join[])
        [
            good with { Signature = wrong.Key.Sign(proof) },
            good with { JoinKey = wrong.Key.PublicKey, Signature = wrong.Key.Sign(proof) },
            good with { Owner = peer.Key.PublicKey.ToOwnerId() },
            good with { Session = default },
            good with { Flags = 2 },
        ])
        {
            await peer.SayAsync(bad);
            await peer.RefusedAsync(7);
        }
        await peer.SayAsync(new DoorFrame.Cast(default, room.Id, default));
        Assert.Equal(6u, (await peer.RefusedAsync(6)).Re); // Frame 0 was AUTH.
        await peer.SayAsync(good);
        await peer.HearAsync<DoorFrame.Members>();
        await using var thief = await TestPeer.EnterAsync(hub.Host, 2);
        await thief.SayAsync(good);
        await thief.RefusedAsync(7);
    }

    [Fact]
    public async Task Unknown_types_are_ignored_and_text_wrong_sides_and_large_frames_close()
    {
        await using var hub = await TestHub.StartAsync();
        await using (var peer = await TestPeer.EnterAsync(hub.Host, 1))
        {
            await peer.SayAsync([0x77, 1]);
            Assert.Equal(1u, (await peer.RefusedAsync(3)).Re);
            await peer.SayAsync(new DoorFrame.Signal(default, TestPeerId(9), default));
            await peer.RefusedAsync(8);
            await peer.SayAsync(DoorCodec.ToArray(new DoorFrame.Hello(1, hub.Host.Key, new byte[32]), DoorSide.Hub));
            await peer.RefusedAsync(1, 4400);
        }
        await using (var peer = await TestPeer.EnterAsync(hub.Host, 2))
        {
            await peer.SayAsync([1], WebSocketMessageType.Text);
            await peer.RefusedAsync(1, 4400);
        }
        await using (var peer = await TestPeer.EnterAsync(hub.Host, 3))
        {
            await peer.SayAsync(new byte[DoorTypes.MaxFromPeer + 1]);
            await peer.RefusedAsync(2, 1009);
        }
    }

    [Fact]
    public async Task A_second_proof_of_one_key_replaces_the_first()
    {
        await using var hub = await TestHub.StartAsync();
        await using var first = await TestPeer.EnterAsync(hub.Host, 1);
        await using var elsewhere = await TestPeer.EnterAsync(hub.Host, 1, "another network");
        await using var second = await TestPeer.EnterAsync(hub.Host, 1);
        await first.RefusedAsync(13, 4409);
        await elsewhere.SayAsync(new DoorFrame.Ping(default));
        await elsewhere.HearAsync<DoorFrame.Pong>();
    }

    [Fact]
    public async Task A_full_hub_says_so()
    {
        await using var hub = await TestHub.StartAsync(options => options.Limits = new() { MaxConnections = 1 });
        await using var first = await TestPeer.EnterAsync(hub.Host, 1);
        await using var second = new TestPeer(2);
        await second.DialAsync(hub.Host);
        await second.RefusedAsync(10, 1013);
        await using var guest = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('a'), connected: false);
        Assert.Equal((1008, "Maximum connections reached"), await guest.ClosedAsync());
    }

    [Fact]
    public async Task A_flood_is_limited_and_the_others_go_on()
    {
        await using var hub = await TestHub.StartAsync(options => options.Limits = new() { Frames = new(1, 10) });
        await using var flood = await TestPeer.EnterAsync(hub.Host, 1);
        for (int i = 0; i < 20; i++)
        {
            await flood.SayAsync(new DoorFrame.Signal(default, TestPeerId(9), default));
        }
        var codes = new List<int>();
        for (int i = 0; i < 20; i++)
        {
            codes.Add((await flood.HearAsync<DoorFrame.Error>()).Code);
        }
        Assert.Contains(9, codes);
        Assert.InRange(codes.Count(code => code == 8), 10, 15);
    }

    [Fact]
    public async Task A_reader_that_stops_loses_frames_hears_of_the_gap_and_slows_nobody()
    {
        await using var hub = await TestHub.StartAsync();
        await using var host = await TestPeer.EnterAsync(hub.Host, 1);
        await using var slow = await TestPeer.EnterAsync(hub.Host, 2);
        await using var quick = await TestPeer.EnterAsync(hub.Host, 3);
        using var room = new TestRoom(9);
        foreach (var member in (TestPeer[])[host, slow, quick])
        {
            await member.JoinAsync(room);
            await member.HearAsync<DoorFrame.Members>();
        }
        await slow.HearAsync<DoorFrame.Joined>();
        // More than the kernel's buffers at both ends and the hub's own queue hold.
        const uint Sent = 800; // 48 MB; Linux lets a receive buffer grow to 32
        for (int i = 0; i < Sent; i++)
        {
            await host.SayAsync(new DoorFrame.Cast(default, room.Id, new byte[60_000]));
            await quick.HearAsync<DoorFrame.Cast>();
        }
        uint heard = 0, lost = 0;
        while (heard + lost < Sent)
        {
            switch (await slow.HearAsync())
            {
                case DoorFrame.Cast:
                    heard++;
                    break;
                case DoorFrame.Gap gap:
                    Assert.Equal((room.Id, host.Id), (gap.Room, gap.From));
                    lost += gap.Dropped;
                    break;
            }
        }
        Assert.Equal(Sent, heard + lost);
        Assert.InRange(lost, 1u, Sent);
    }

    [Fact]
    public async Task A_reader_that_stops_while_signals_come_is_closed_and_the_sender_goes_on()
    {
        await using var hub = await TestHub.StartAsync(options => options.Limits = new() { MaxQueuedFrames = 8 });
        await using var sender = await TestPeer.EnterAsync(hub.Host, 1);
        await using var slow = await TestPeer.EnterAsync(hub.Host, 2);
        ushort code = 0;
        for (int i = 0; i < 2_000 && code == 0; i++)
        {
            await sender.SayAsync(new DoorFrame.Signal(default, slow.Id, new byte[60_000]));
            if (i % 50 == 49)
            {
                await sender.SayAsync(new DoorFrame.Ping(default));
                code = await sender.HearAsync() is DoorFrame.Error error ? error.Code : (ushort)0;
            }
        }
        Assert.Equal((ushort)Refusal.TargetUnknown, code); // It is gone for everybody.
    }

    private static Core.Identity.PeerId TestPeerId(byte fill) => Core.Identity.PeerId.FromBytes(Enumerable.Repeat(fill, 20).ToArray());
}
