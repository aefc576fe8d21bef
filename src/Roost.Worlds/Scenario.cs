namespace Roost.Worlds;

/// <summary>A run that is measured as it goes: hubs start, peers enter, a share of the hubs is killed, and what is left is watched.</summary>
public sealed record Scenario
{
    /// <summary>The mesh.</summary>
    public required WorldOptions World { get; init; }

    /// <summary>Virtual time of the whole run.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of the hubs killed; 0 for none.</summary>
    public double Kill { get; init; }

    /// <summary>When.</summary>
    public TimeSpan KillAt { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Whether nobody is told by a reset.</summary>
    public bool Silently { get; init; }

    /// <summary>Signals tried at each look.</summary>
    public int Signals { get; init; } = 1_000;

    /// <summary>Between two looks.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>What was seen at one moment.</summary>
/// <param name="At">Since the start.</param>
/// <param name="Running">Hubs that run.</param>
/// <param name="RightViews">Share of them whose view of all hubs is right.</param>
/// <param name="Reached">Share of signals that arrived within five seconds.</param>
/// <param name="Median">Of those.</param>
/// <param name="BytesPerHubMinute">Payload sent since the last look.</param>
/// <param name="FalseDeaths">Running hubs wrongly believed dead, summed over hubs.</param>
public readonly record struct Look(TimeSpan At, int Running, double RightViews, double Reached, TimeSpan Median, double BytesPerHubMinute, int FalseDeaths);

/// <summary>Runs scenarios.</summary>
public static class Scenarios
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Runs one, telling of each look as it is made.</summary>
    public static IEnumerable<Look> Run(Scenario scenario, Action<World>? made = null)
    {
        var world = new World(scenario.World);
        made?.Invoke(world);
        world.RunFor(scenario.World.StartWithin + TimeSpan.FromSeconds(25));
        world.EnterAll(TimeSpan.FromSeconds(30));
        world.RunFor(TimeSpan.FromSeconds(30));
        foreach (var liar in world.Hubs.OrderBy(_ => world.Dice.NextUInt64()).Take((int)(world.Hubs.Count * scenario.World.Liars)).ToList())
        {
            World.MakeLiar(liar);
        }
        bool killed = scenario.Kill <= 0;
        long bytes = world.BytesSent();
        var since = world.Now;
        while (world.Now.Ticks < scenario.Length.Ticks)
        {
            if (!killed && world.Now.Ticks >= scenario.KillAt.Ticks)
            {
                killed = true;
                KillSome(world, scenario);
                foreach (int seconds in new[] { 0, 3, 5 })
                {
                    yield return LookAt(world, scenario, ref bytes, ref since); // Each look itself takes five seconds.
                }
                continue;
            }
            yield return LookAt(world, scenario, ref bytes, ref since);
            world.RunFor(scenario.LookEvery > Patience ? scenario.LookEvery - Patience : TimeSpan.Zero);
        }
    }

    private static void KillSome(World world, Scenario scenario)
    {
        var victims = world.Running.OrderBy(_ => world.Dice.NextUInt64()).Take((int)(world.Hubs.Count * scenario.Kill)).ToList();
        foreach (var victim in victims)
        {
            if (scenario.Silently)
            {
                world.MakeSilent(victim);
            }
            world.Kill(victim, scenario.Silently);
        }
    }

    private static Look LookAt(World world, Scenario scenario, ref long bytes, ref Roost.Core.Cores.Instant since)
    {
        var at = TimeSpan.FromTicks(world.Now.Ticks);
        int running = world.Running.Count();
        double right = running == 0 ? 0 : (double)world.RightViews() / running;
        int wrong = world.FalseDeaths();
        var reached = world.Homes.Count < 2 ? default : world.TrySignals(scenario.Signals, Patience, honestOnly: true);
        long now = world.BytesSent();
        double minutes = (world.Now - since).TotalMinutes;
        double rate = minutes <= 0 || running == 0 ? 0 : (now - bytes) / minutes / running;
        (bytes, since) = (now, world.Now);
        return new(at, running, right, reached.Share, reached.Median, rate, wrong);
    }
}
