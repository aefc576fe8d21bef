using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Rooms;
using Roost.Mesh.Hubs;
using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

/// <summary>Whole sessions in virtual time: host, hub and viewers with the shipped cores and serializers, and whatever can happen to them.</summary>
public class SessionSimulationTests
{
    private static readonly HubLimits Limits = new() { MaxQueuedFrames = 24 };

    /// <summary>A few seeds always; `./test sim` explores many (ROOST_SIM_SEEDS=COUNT).</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("ROOST_SIM_SEEDS"), out int count) ? count : 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_dies_and_comes_back_every_viewer_reads_every_word_once(int seed)
    {
        var world = new SimWorld(seed);
        var hub = new SimHub(world, Limits);
        var key = SigningKey.Generate(world.Dice);
        using var room = new RoomKeys(RoomSecret.Generate(world.Dice), key.PublicKey.ToOwnerId());
        var epoch = FeedId.NewEpoch(world.Now, world.Dice);
        var log = new MemoryFeedLog();
        var host = new SimHost(world, hub, key, room, epoch, log);
        var written = new StringBuilder();
        var viewers = new List<SimViewer>();
        world.Always(() => Assert.All(viewers, v => Assert.True(v.Queued <= Limits.MaxQueuedFrames)));

        for (int second = 0; second < 40; second++)
        {
            for (int i = 0; i < 20; i++)
            {
                string word = $"{second}.{i} ";
                written.Append(word);
                host.Write(word);
                world.Run(TimeSpan.FromMilliseconds(50));
            }
            switch (world.Dice.Next(12))
            {
                case 0:
                    hub.Kill();
                    world.After(TimeSpan.FromSeconds(world.Dice.Next(5)), hub.Restart);
                    break;
                case 1:
                    host.CutLink();
                    break;
                case 2 when viewers.Count > 0:
                    viewers[world.Dice.Next(viewers.Count)].CutLink();
                    break;
                case 3:
                    // A process that dies takes the words it had not made an entry of with it; what it had sent is in its log.
                    world.Run(TimeSpan.FromMilliseconds(100));
                    host.Kill();
                    host = new SimHost(world, hub, key, room, epoch, log);
                    break;
                case 4 or 5 or 6:
                    // Some are on phones: 300 ms away, and so slow that their queue at the hub overflows now and then.
                    bool slow = world.Dice.Next(2) == 0;
                    viewers.Add(new SimViewer(world, hub, room, TimeSpan.FromMilliseconds(slow ? 300 : 20), TimeSpan.FromMilliseconds(slow ? 40 : 1)));
                    break;
            }
        }
        host.End();
        Assert.NotEmpty(viewers);
        world.RunUntil(() => viewers.All(v => v.Ended), TimeSpan.FromMinutes(3), "every viewer has seen the end");
        Assert.All(viewers, v => Assert.Equal(written.ToString(), v.Text));
        world.RunUntil(() => host.EndAcknowledged, TimeSpan.FromMinutes(1), "the host knows that all have read to the end");
    }

    [Fact]
    public void A_viewer_who_reads_too_slowly_hurts_nobody_else_and_catches_up()
    {
        var world = new SimWorld(42);
        var hub = new SimHub(world, Limits);
        var key = SigningKey.Generate(world.Dice);
        using var room = new RoomKeys(RoomSecret.Generate(world.Dice), key.PublicKey.ToOwnerId());
        var host = new SimHost(world, hub, key, room, FeedId.NewEpoch(world.Now, world.Dice), new MemoryFeedLog());
        var fast = new SimViewer(world, hub, room, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(1));
        var slow = new SimViewer(world, hub, room, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200));
        world.Run(TimeSpan.FromSeconds(1));
        var written = new StringBuilder();
        for (int i = 0; i < 1000; i++)
        {
            string word = $"w{i} ";
            written.Append(word);
            host.Write(word);
            world.Run(TimeSpan.FromMilliseconds(25));
        }
        world.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal(written.ToString(), fast.Text);
        Assert.True(slow.Text.Length < fast.Text.Length);
        world.RunUntil(() => slow.Text == fast.Text, TimeSpan.FromMinutes(1), "the slow one has read all");
    }

    [Fact]
    public void A_flood_that_the_hub_refuses_in_part_is_read_to_its_end_though_nothing_follows_it()
    {
        var world = new SimWorld(43);
        var hub = new SimHub(world, new HubLimits { Frames = new RateLimit(20, 30) });
        var key = SigningKey.Generate(world.Dice);
        using var room = new RoomKeys(RoomSecret.Generate(world.Dice), key.PublicKey.ToOwnerId());
        var host = new SimHost(world, hub, key, room, FeedId.NewEpoch(world.Now, world.Dice), new MemoryFeedLog());
        var viewer = new SimViewer(world, hub, room, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(1));
        world.Run(TimeSpan.FromSeconds(1));
        string flood = string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i} "));
        host.Write(flood);
        host.End();
        world.RunUntil(() => viewer.Ended, TimeSpan.FromSeconds(20), "the end was read");
        Assert.Equal(flood, viewer.Text);
        world.RunUntil(() => host.EndAcknowledged, TimeSpan.FromSeconds(5), "the host knows");
    }

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        long Steps()
        {
            var world = new SimWorld(5);
            var hub = new SimHub(world, Limits);
            var key = SigningKey.Generate(world.Dice);
            using var room = new RoomKeys(RoomSecret.Generate(world.Dice), key.PublicKey.ToOwnerId());
            var host = new SimHost(world, hub, key, room, FeedId.NewEpoch(world.Now, world.Dice), new MemoryFeedLog());
            _ = new SimViewer(world, hub, room, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(1));
            for (int i = 0; i < 50; i++)
            {
                host.Write("x");
                world.Run(TimeSpan.FromMilliseconds(30));
            }
            return world.Steps;
        }

        Assert.Equal(Steps(), Steps());
    }
}
