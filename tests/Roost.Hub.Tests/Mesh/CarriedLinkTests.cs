using Microsoft.Extensions.DependencyInjection;
using Roost.Hub.Connections;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests.Mesh;

/// <summary>Two hubs that nobody can dial and one that they dial: real sockets, the real handshake through the middle.</summary>
public class CarriedLinkTests
{
    [Fact]
    public async Task Peers_of_two_hubs_that_nobody_can_dial_signal_each_other_and_share_a_room()
    {
        await using var mesh = await StartAsync();
        await using var one = await TestPeer.EnterAsync(mesh[1].Host, 1);
        await using var other = await TestPeer.EnterAsync(mesh[2].Host, 2);
        for (int i = 0; i < 40; i++)
        {
            await one.SayAsync(new DoorFrame.Signal(default, other.Id, SomeBytes(i))); // More than one batch of a carried link holds.
        }
        for (int i = 0; i < 40; i++)
        {
            var signal = await other.HearAsync<DoorFrame.Signal>();
            Assert.Equal(one.Id, signal.From);
            Assert.True(SomeBytes(i).AsSpan().SequenceEqual(signal.Payload.Span));
        }
        await other.SayAsync(new DoorFrame.Signal(default, one.Id, "back"u8.ToArray()));
        Assert.Equal("back"u8.ToArray(), (await one.HearAsync<DoorFrame.Signal>()).Payload.ToArray());

        using var room = new TestRoom(9, one.Key.PublicKey);
        await one.JoinAsync(room);
        await one.HearAsync<DoorFrame.Members>();
        await other.JoinAsync(room);
        await other.HearAsync<DoorFrame.Members>();
        Assert.Equal(one.Id, (await other.HearAsync<DoorFrame.Joined>()).Member.Peer);
        Assert.Equal(other.Id, (await one.HearAsync<DoorFrame.Joined>()).Member.Peer);
        await one.SayAsync(new DoorFrame.Cast(default, room.Id, "to all"u8.ToArray()));
        Assert.Equal("to all"u8.ToArray(), (await other.HearAsync<DoorFrame.Cast>()).Payload.ToArray());

        Assert.True(await IsCarriedAsync(mesh[1], mesh[2]));
        Assert.True(await IsCarriedAsync(mesh[2], mesh[1]));
        Assert.NotEqual(0, await mesh[0].Host.Services.GetRequiredService<HubService>().LookAsync(core => core.Mesh!.Counters.Carried));
    }

    [Fact]
    public async Task When_the_hub_in_the_middle_goes_the_link_ends_and_another_one_carries_the_next()
    {
        await using var mesh = await StartAsync(middles: 2);
        await using var one = await TestPeer.EnterAsync(mesh[2].Host, 1);
        await using var other = await TestPeer.EnterAsync(mesh[3].Host, 2);
        await one.SayAsync(new DoorFrame.Signal(default, other.Id, new byte[] { 1 }));
        Assert.Equal(1, (await other.HearAsync<DoorFrame.Signal>()).Payload.Span[0]);
        var carriers = await Task.WhenAll(mesh.Hubs.Take(2).Select(hub => hub.Host.Services.GetRequiredService<HubService>().LookAsync(core => core.Mesh!.Counters.Carried)));
        await mesh.KillAsync(carriers[0] > 0 ? 0 : 1);
        byte number = 1;
        byte heard = 1;
        using var patience = new CancellationTokenSource(TestPeer.Patience);
        var hearing = HearNextAsync();
        while (heard == 1)
        {
            await one.SayAsync(new DoorFrame.Signal(default, other.Id, new[] { ++number }));
            await Task.WhenAny(hearing, Task.Delay(200, patience.Token));
            if (hearing.IsCompleted)
            {
                heard = await hearing;
            }
            Assert.False(patience.IsCancellationRequested, "Nobody carried again.");
        }
        Assert.InRange(heard, 2, number);

        async Task<byte> HearNextAsync() => (await other.HearAsync<DoorFrame.Signal>()).Payload.Span[0];
    }

    private static async Task<MeshOfHubs> StartAsync(int middles = 1)
    {
        var mesh = await MeshOfHubs.StartAsync(middles);
        string[] known = [.. mesh.Hubs.Select(hub => $"ws://localhost:{hub.Host.Port}")];
        for (int i = 0; i < 2; i++)
        {
            // Where they say they are, nobody listens: as a hub whose address is behind a NAT.
            await mesh.AddAsync(options => (options.PublicUrl, options.BootstrapPeers) = ("http://127.0.0.1:1", known));
        }
        await mesh.SettledAsync(middles + 2);
        return mesh;
    }

    private static Task<bool> IsCarriedAsync(TestHub at, TestHub other) =>
        at.Host.Services.GetRequiredService<HubService>().LookAsync(core => core.Mesh!.Hubs().Single(hub => hub.Id == other.Host.Id).IsCarried);

    private static byte[] SomeBytes(int seed)
    {
        var bytes = new byte[60_000];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
