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

/// <summary>Runs scenarios.</summary>
public static class Scenarios
{
    /// <summary>Runs one, telling of each look as it is made.</summary>
    public static IEnumerable<Look> Run(Scenario scenario, Action<World>? made = null)
    {
        var world = new World(scenario.World);
        made?.Invoke(world);
        var looking = new Looking(world, scenario.Signals);
        world.RunFor(scenario.World.StartWithin + TimeSpan.FromSeconds(25));
        world.EnterAll(TimeSpan.FromSeconds(30));
        world.RunFor(TimeSpan.FromSeconds(30));
        foreach (var liar in world.Hubs.OrderBy(_ => world.Dice.NextUInt64()).Take((int)(world.Hubs.Count * scenario.World.Liars)).ToList())
        {
            World.MakeLiar(liar);
        }
        bool killed = scenario.Kill <= 0;
        while (world.Now.Ticks < scenario.Length.Ticks)
        {
            if (!killed && world.Now.Ticks >= scenario.KillAt.Ticks)
            {
                killed = true;
                KillSome(world, scenario);
                foreach (var look in looking.After([0, 3, 5, 10]))
                {
                    yield return look;
                }
                continue;
            }
            yield return looking.Now();
            world.RunFor(scenario.LookEvery > Looking.Patience ? scenario.LookEvery - Looking.Patience : TimeSpan.Zero);
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
}
