using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests.Mesh;

public class DrainTests
{
    private const int Draining = (int)Refusal.Draining, Words = 400;

    [Fact]
    public async Task Who_is_moved_when_its_hub_is_taken_out_loses_no_signal_from_here_or_elsewhere_and_none_it_sent()
    {
        await using var mesh = await MeshOfHubs.StartAsync(3);
        await using var here = await TestPeer.EnterAsync(mesh[0].Host, 1);
        await using var elsewhere = await TestPeer.EnterAsync(mesh[2].Host, 2);
        await using var before = await TestPeer.EnterAsync(mesh[0].Host, 3);
        await using var after = new TestPeer(3);
        var saying = Task.WhenAll(SayAsync(here, before), SayAsync(elsewhere, before));
        var heard = new Dictionary<byte, List<int>> { [1] = [], [2] = [] };
        int said = 0;

        await mesh[0].Host.Services.GetRequiredService<HubService>().DrainAsync(true);
        while (await before.HearAsync() is var frame && frame is not DoorFrame.Error { Code: Draining })
        {
            Note(Assert.IsType<DoorFrame.Signal>(frame));
            await before.SayAsync(new DoorFrame.Signal(default, elsewhere.Id, BitConverter.GetBytes(said++)));
        }
        await before.SayAsync(new DoorFrame.Goodbye());
        while (await before.HearAsync() is { } last)
        {
            if (last is DoorFrame.Signal signal)
            {
                Note(signal);
            }
        }
        Assert.Equal(1001, (int?)before.CloseStatus);

        await after.DialAsync(mesh[1].Host);
        await after.AuthAsync("", $"127.0.0.1:{mesh[1].Host.Port}");
        await after.HearAsync<DoorFrame.Welcome>();
        await after.SayAsync(new DoorFrame.Signal(default, elsewhere.Id, BitConverter.GetBytes(said++)));
        while (heard.Values.Any(words => words.Count < Words))
        {
            Note(await after.HearAsync<DoorFrame.Signal>());
        }
        await saying;
        Assert.All(heard.Values, words => Assert.Equal(Enumerable.Range(0, Words), words));
        for (int i = 0; i < said; i++)
        {
            Assert.Equal(i, BitConverter.ToInt32((await elsewhere.HearAsync<DoorFrame.Signal>()).Payload.Span));
        }

        void Note(DoorFrame.Signal signal) => heard[signal.From == here.Id ? (byte)1 : (byte)2].Add(BinaryPrimitives.ReadInt32BigEndian(signal.Payload.Span));
    }

    [Fact]
    public async Task A_hub_that_knows_no_other_sends_nobody_away()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        var service = hub.Host.Services.GetRequiredService<HubService>();
        await service.DrainAsync(true);
        await MeshOfHubs.UntilAsync(() => service.LookAsync(core => core.Mesh!.IsDraining), "the hub drains");
        await peer.SayAsync(new DoorFrame.Signal(default, peer.Id, "me"u8.ToArray()));
        Assert.Equal(peer.Id, (await peer.HearAsync<DoorFrame.Signal>()).From);
    }

    [Fact]
    public async Task A_hub_that_is_taken_out_owns_nothing_and_is_named_to_nobody_until_it_is_back()
    {
        await using var mesh = await MeshOfHubs.StartAsync(3);
        var (first, second) = (mesh[0].Host.Services.GetRequiredService<HubService>(), mesh[1].Host.Services.GetRequiredService<HubService>());
        await first.DrainAsync(true);
        await MeshOfHubs.UntilAsync(() => Task.FromResult(second.Alternatives.Count == 1), "the second hub names the third only");
        await first.DrainAsync(false);
        await MeshOfHubs.UntilAsync(() => Task.FromResult(second.Alternatives.Count == 2), "the second hub names both again");
    }

    // One every 5 ms, numbered: before, while and after the other moves.
    private static async Task SayAsync(TestPeer from, TestPeer to)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (int i = 0; i < Words; i++)
        {
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, i);
            await from.SayAsync(new DoorFrame.Signal(default, to.Id, number));
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
