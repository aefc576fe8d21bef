using Roost.Core.Identity;
using Roost.Worlds;

namespace Roost.Simulation;

/// <summary>Guests of one network at several hubs, which do as PeerPigeon's do: the larger id offers when it hears of a peer, and the smaller answers while it has a slot.</summary>
public class IntroductionTests
{
    private const int Slots = 3;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 3, 60)]
    [InlineData(2, 3, 400)]
    [InlineData(3, 12, 400)]
    public void A_crowd_over_several_hubs_is_one_mesh_at_once_for_a_twentieth_of_the_frames(int seed, int hubs, int count)
    {
        var world = new World(new() { Seed = seed, Hubs = hubs });
        world.RunFor(60 * Second);
        var links = new HashSet<(PeerId Small, PeerId Large)>();
        var degrees = new Dictionary<PeerId, int>();
        int told = 0;
        world.Introduced = (to, about) =>
        {
            told++;
            world.After(TimeSpan.FromMilliseconds(20), () => Offer(to, about));
        };
        for (int n = 0; n < count; n++)
        {
            world.Enter(World.PeerOf(n), world.Hubs[n % hubs]);
            world.Announce(World.PeerOf(n), Slots);
            world.RunFor(TimeSpan.FromMilliseconds(100));
        }
        Assert.NotNull(world.RunUntil(() => Reach(links, World.PeerOf(0)) == count, 5 * Second));
        world.RunFor(10 * Second);
        Assert.InRange(told, count, 4 * count);
        Assert.True(count < 100 || told <= count * (count - 1) / 20);
        Assert.All(degrees.Values, degree => Assert.InRange(degree, 1, Slots));

        void Offer(PeerId from, PeerId to)
        {
            if (string.CompareOrdinal(from.ToString(), to.ToString()) > 0 && degrees.GetValueOrDefault(from) < Slots && degrees.GetValueOrDefault(to) < Slots && links.Add((to, from)))
            {
                degrees[from] = degrees.GetValueOrDefault(from) + 1;
                degrees[to] = degrees.GetValueOrDefault(to) + 1;
                world.Settle(to, from);
            }
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_guest_is_introduced_to_newcomers_although_the_hub_that_does_so_was_started_anew_before_anybody_missed_it(int seed)
    {
        var world = new World(new() { Seed = seed, Hubs = 4 });
        world.RunFor(60 * Second);
        var told = new HashSet<(PeerId To, PeerId About)>();
        world.Introduced = (to, about) => told.Add((to, about));
        var old = World.PeerOf(0);
        world.Enter(old, world.Hubs[3]);
        world.Announce(old, Slots);
        world.RunFor(10 * Second);
        for (int at = 0; at < 3; at++) // One of them introduces this network's guests, unless it is the fourth.
        {
            world.Kill(world.Hubs[at], silently: false);
            world.Revive(world.Hubs[at]);
            world.RunFor(20 * Second);
            var newcomer = World.PeerOf(100 + at);
            world.Enter(newcomer, world.Hubs[(at + 1) % 3]);
            world.Announce(newcomer, Slots);
            world.RunFor(15 * Second);
            Assert.Contains((newcomer, old), told);
            Assert.Contains((old, newcomer), told);
            world.Leave(newcomer);
            world.RunFor(5 * Second);
        }
    }

    private static int Reach(HashSet<(PeerId Small, PeerId Large)> links, PeerId start)
    {
        var next = links.SelectMany(link => new[] { (From: link.Small, To: link.Large), (From: link.Large, To: link.Small) }).ToLookup(pair => pair.From, pair => pair.To);
        var reached = new HashSet<PeerId> { start };
        var open = new Queue<PeerId>([start]);
        while (open.TryDequeue(out var at))
        {
            foreach (var other in next[at].Where(reached.Add))
            {
                open.Enqueue(other);
            }
        }
        return reached.Count;
    }
}
