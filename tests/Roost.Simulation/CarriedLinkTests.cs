using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
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

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    public void A_carried_link_turns_direct_when_the_direct_way_works_again_and_no_signal_is_lost_or_overtaken(int seed)
    {
        var world = new World(new() { Seed = seed, Hubs = 3 + seed % 4, Peers = 40, Loss = seed % 2 == 0 ? 0 : 0.02 });
        world.Cut((from, to) => from.Number is 1 or 2 && to.Number is 1 or 2);
        Settle(world);
        var (one, other) = (world.Hubs[1].PeersHere.First(), world.Hubs[2].PeersHere.First());
        Assert.NotNull(world.RunUntil(() => Say(world, one, other, Second) && Say(world, other, one, Second), 20 * Second));
        Assert.True(IsCarried(world, 1, 2) && IsCarried(world, 2, 1));

        var heard = new Dictionary<PeerId, List<int>> { [one] = [], [other] = [] };
        world.Delivered += (at, by, body) =>
        {
            if (heard.TryGetValue(at, out var numbers) && body.Length == sizeof(int))
            {
                numbers.Add(BitConverter.ToInt32(body.Span));
            }
        };
        int said = 0;
        void Go(TimeSpan span)
        {
            for (var end = world.Now + span; world.Now < end; said++)
            {
                world.Signal(one, other, BitConverter.GetBytes(said));
                world.Signal(other, one, BitConverter.GetBytes(said));
                world.RunFor(TimeSpan.FromMilliseconds(2));
            }
        }
        Go(15 * Second);
        Assert.True(IsCarried(world, 1, 2) && IsCarried(world, 2, 1)); // It was dialled in vain, and that took nobody's place.
        world.Mend();
        Go(25 * Second); // Every 10 s one hub is dialled, and a dial begun before the wall fell takes 5 s.
        Assert.True(IsDirect(world, 1, 2) && IsDirect(world, 2, 1));
        world.RunFor(5 * Second);
        Assert.Equal(Enumerable.Range(0, said), heard[other]);
        Assert.Equal(Enumerable.Range(0, said), heard[one]);
        Assert.Equal(0, world.Hubs.Sum(hub => hub.Core.Mesh!.Hubs().Count(seen => !seen.IsUp)));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public void Two_that_one_hub_carries_for_are_lost_to_each_other_with_it_and_meet_again_when_the_wall_falls(int seed)
    {
        var world = new World(new() { Seed = seed, Hubs = 3, Peers = 12 });
        world.Cut((from, to) => from.Number is 1 or 2 && to.Number is 1 or 2);
        Settle(world);
        var (one, other) = (world.Hubs[1].PeersHere.First(), world.Hubs[2].PeersHere.First());
        Assert.NotNull(world.RunUntil(() => Say(world, one, other, Second) && Say(world, other, one, Second), 20 * Second));
        world.Kill(world.Hubs[0], silently: false);
        Assert.NotNull(world.RunUntil(() => Sees(world, 1).All(hub => !hub.IsUp) && Sees(world, 2).All(hub => !hub.IsUp), 40 * Second));
        Assert.False(Say(world, one, other, 5 * Second));
        world.Mend();
        Assert.NotNull(world.RunUntil(() => Say(world, one, other, Second) && Say(world, other, one, Second), 60 * Second));
        Assert.True(IsDirect(world, 1, 2) && IsDirect(world, 2, 1));
    }

    private static IReadOnlyList<HubSight> Sees(World world, int at) => world.Hubs[at].Core.Mesh!.Hubs();

    private static bool IsCarried(World world, int at, int other) => Sees(world, at).Any(hub => hub.Id == world.Hubs[other].Id && hub.IsCarried);

    private static bool IsDirect(World world, int at, int other) => Sees(world, at).Any(hub => hub.Id == world.Hubs[other].Id && hub is { IsLinked: true, IsCarried: false });

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
