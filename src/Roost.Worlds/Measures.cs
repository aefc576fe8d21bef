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
        var trial = new SignalTrial(world, count, honestOnly);
        world.RunFor(within);
        return trial.End();
    }

    /// <summary>Payload bytes that all running hubs sent so far.</summary>
    public static long BytesSent(this World world) => world.Hubs.Sum(hub => hub.BytesSent);
}
