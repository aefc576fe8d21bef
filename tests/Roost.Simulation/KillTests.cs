using Roost.Worlds;

namespace Roost.Simulation;

public class KillTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void When_half_of_all_hubs_die_at_once_the_others_find_each_other_within_seconds(int seed)
    {
        var scenario = new Scenario
        {
            World = new() { Hubs = 100, Peers = 2_000, Seed = seed },
            Length = TimeSpan.FromSeconds(95),
            Kill = 0.5,
            KillAt = TimeSpan.FromSeconds(80),
        };
        var killed = Scenarios.Run(scenario).Where(look => look.Running == 50).Take(4).ToList();
        Assert.Equal([0, 3, 5, 10], killed.Select(look => (int)(look.At - killed[0].At).TotalSeconds));
        Assert.InRange(killed[0].Reached, 0.965, 1);
        Assert.InRange(killed[1].Reached, 0.995, 1);
        Assert.Equal((1.0, 1.0), (killed[2].Reached, killed[3].Reached));
        Assert.Equal(1.0, killed[3].RightViews);
    }
}
