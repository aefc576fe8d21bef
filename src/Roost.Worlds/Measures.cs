using System.Buffers.Binary;
using Roost.Core.Identity;

namespace Roost.Worlds;

/// <summary>What share of signals between random peers arrived, and how fast.</summary>
/// <param name="Sent">Tried.</param>
/// <param name="Arrived">Delivered to the right peer within the time.</param>
/// <param name="Twice">Delivered more than once.</param>
/// <param name="Astray">Delivered to somebody else.</param>
/// <param name="Median">Half arrived within this.</param>
/// <param name="Slowest">All that arrived, arrived within this.</param>
public readonly record struct Reached(int Sent, int Arrived, int Twice, int Astray, TimeSpan Median, TimeSpan Slowest)
{
    /// <summary>From 0 to 1.</summary>
    public double Share => Sent == 0 ? 1 : (double)Arrived / Sent;
}

/// <summary>Questions one asks a world.</summary>
public static class Measures
{
    /// <summary>Whether every running hub believes exactly the running hubs alive.</summary>
    public static bool ViewsAreRight(this World world) => world.RightViews() == world.Running.Count();

    /// <summary>How many running hubs believe exactly the running hubs alive.</summary>
    public static int RightViews(this World world)
    {
        var alive = world.Running.Select(hub => hub.Id).ToHashSet();
        return world.Running.Count(hub => hub.Core.Mesh!.CountUp(alive.Contains) == (alive.Count - 1, 0));
    }

    /// <summary>How many running hubs wrongly believe a running hub dead.</summary>
    public static int FalseDeaths(this World world)
    {
        var alive = world.Running.Select(hub => hub.Id).ToHashSet();
        return world.Running.Sum(hub => hub.Core.Mesh!.CountDown(alive.Contains));
    }

    /// <summary>Sends signals between random pairs of peers at different hubs and counts what arrives within a time.</summary>
    public static Reached TrySignals(this World world, int count, TimeSpan within, bool honestOnly = false)
    {
        var peers = world.Homes.Where(home => !honestOnly || !home.Value.IsLiar).Select(home => home.Key).ToArray();
        Array.Sort(peers, Compare); // By their text, so that a dictionary's order does not matter.
        var sent = new Dictionary<uint, (PeerId To, Core.Cores.Instant At)>();
        var arrived = new Dictionary<uint, TimeSpan>();
        int twice = 0, astray = 0;
        var before = world.Delivered;
        world.Delivered = (to, _, body) =>
        {
            uint number = BinaryPrimitives.ReadUInt32BigEndian(body.Span);
            if (!sent.TryGetValue(number, out var expected) || expected.To != to)
            {
                astray++;
            }
            else if (!arrived.TryAdd(number, world.Now - expected.At))
            {
                twice++;
            }
        };
        for (uint i = 0; i < count; i++)
        {
            var from = peers[world.Dice.Next(peers.Length)];
            var to = peers[world.Dice.Next(peers.Length)];
            if (world.Homes[from] == world.Homes[to])
            {
                continue;
            }
            sent[i] = (to, world.Now);
            var body = new byte[64];
            BinaryPrimitives.WriteUInt32BigEndian(body, i);
            world.Signal(from, to, body);
        }
        world.RunFor(within);
        world.Delivered = before;
        var times = arrived.Values.Order().ToList();
        return new(sent.Count, arrived.Count, twice, astray, times.Count == 0 ? default : times[times.Count / 2], times.Count == 0 ? default : times[^1]);
    }

    /// <summary>Payload bytes that all running hubs sent so far.</summary>
    public static long BytesSent(this World world) => world.Hubs.Sum(hub => hub.BytesSent);

    private static int Compare(PeerId one, PeerId other)
    {
        Span<byte> a = stackalloc byte[PeerId.Size], b = stackalloc byte[PeerId.Size];
        one.CopyTo(a);
        other.CopyTo(b);
        return a.SequenceCompareTo(b);
    }
}
