using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Worlds;

namespace Roost.Simulation;

/// <summary>Hubs that cannot reach each other, and a third that both reach.</summary>
public class CarriedLinkTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(2, 8, 3)]
    [InlineData(3, 30, 12)]
    public void Hubs_that_nobody_can_dial_signal_each_other_through_a_third(int seed, int hubs, int leaves)
    {
        var world = Settled(new() { Seed = seed, Hubs = hubs, Leaves = leaves, Peers = 10 * hubs });
        var reached = world.TrySignals(500, 5 * Second);
        Assert.Equal((1.0, 0, 0), (reached.Share, reached.Twice, reached.Astray));
        Assert.NotEqual(0, Carried(world));
        Assert.Contains(world.Hubs.Where(hub => hub.IsLeaf), hub => hub.Core.Mesh!.Hubs().Any(other => other.IsCarried));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Hubs_between_which_nothing_passes_signal_each_other_through_a_third(int seed)
    {
        var world = new World(new() { Seed = seed, Hubs = 8, Peers = 80 });
        world.Cut((from, to) => from.Number is 1 or 2 && to.Number is 1 or 2);
        Settle(world);
        var (one, other) = (world.Hubs[1].PeersHere.First(), world.Hubs[2].PeersHere.First());
        // A dial into silence takes long: what is said at first may be refused, nothing later.
        Say(world, one, other, TimeSpan.FromSeconds(20));
        Assert.Equal(10, Enumerable.Range(0, 10).Count(_ => Say(world, one, other, 5 * Second) && Say(world, other, one, 5 * Second)));
        Assert.NotEqual(0, Carried(world));
        Assert.Equal(0, world.Running.Where(hub => hub.Number > 2).Sum(hub => hub.Core.Mesh!.Hubs().Count(seen => !seen.IsUp)));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void When_the_hub_in_the_middle_dies_another_carries(int seed)
    {
        var world = Settled(new() { Seed = seed, Hubs = 6, Leaves = 2, Peers = 60 });
        var (one, other) = (world.Hubs[4].PeersHere.First(), world.Hubs[5].PeersHere.First());
        Assert.True(Say(world, one, other, 5 * Second));
        var middle = world.Running.MaxBy(hub => hub.Core.Mesh!.Counters.Carried)!;
        Assert.NotEqual(0, middle.Core.Mesh!.Counters.Carried);
        world.Kill(middle, silently: false);
        Assert.NotNull(world.RunUntil(() => Say(world, one, other, Second), 30 * Second));
        Assert.True(Say(world, other, one, 5 * Second));
    }

    [Fact]
    public void A_carried_link_that_is_not_used_ends()
    {
        var world = Settled(new() { Seed = 8, Hubs = 5, Leaves = 2, Peers = 50 });
        Assert.True(Say(world, world.Hubs[3].PeersHere.First(), world.Hubs[4].PeersHere.First(), 5 * Second));
        Assert.Contains(world.Hubs, hub => hub.Core.Mesh!.Hubs().Any(other => other.IsCarried));
        world.RunFor(120 * Second);
        Assert.DoesNotContain(world.Hubs, hub => hub.Core.Mesh!.Hubs().Any(other => other.IsCarried));
    }

    private static World Settled(WorldOptions options)
    {
        var world = new World(options);
        Settle(world);
        return world;
    }

    private static void Settle(World world)
    {
        world.RunFor(60 * Second);
        world.EnterAll(Second);
        world.RunFor(10 * Second);
    }

    private static bool Say(World world, PeerId from, PeerId to, TimeSpan within)
    {
        int heard = 0;
        void Hear(PeerId at, PeerId by, ReadOnlyMemory<byte> body) => heard += at == to && by == from ? 1 : 0;
        world.Delivered += Hear;
        world.Signal(from, to, "hi"u8.ToArray());
        world.RunUntil(() => heard > 0, within);
        world.Delivered -= Hear;
        return heard == 1;
    }

    private static long Carried(World world) => world.Hubs.Sum(hub => hub.Core.Mesh!.Counters.Carried);
}
