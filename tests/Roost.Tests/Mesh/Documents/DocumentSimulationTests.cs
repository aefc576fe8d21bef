using Roost.Core.Crypto;
using Roost.Core.Rooms;
using Roost.Mesh.Documents;
using Roost.Mesh.Hubs;
using Roost.Testing;
using Roost.Tests.Mesh.Sessions;

namespace Roost.Tests.Mesh.Documents;

/// <summary>Documents of many writers in virtual time, and whatever can happen to them.</summary>
public class DocumentSimulationTests
{
    private static readonly HubLimits Narrow = new() { MaxQueuedFrames = 16 };
    private static readonly DocumentLimits Eager = new() { CheckpointEntries = 25, CheckpointFeeds = 8 };

    /// <summary>A few seeds always; `./test sim` explores many (ROOST_SIM_SEEDS=COUNT).</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("ROOST_SIM_SEEDS"), out int count) ? count : 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whoever_dies_is_cut_off_or_writes_alone_all_end_with_one_text_that_holds_every_word(int seed)
    {
        using var scene = new Scene(seed);
        var (world, hub) = (scene.World, scene.Hub);
        var stores = Enumerable.Range(0, 4).Select(_ => new MemoryFeedStore()).ToList();
        var writers = stores.Select(s => scene.Writer(s)).ToList();
        var reader = scene.Reader();
        var words = new List<string>();
        for (int step = 0; step < 120; step++)
        {
            int who = world.Dice.Next(writers.Count);
            string word = $"<{step}>";
            int at = world.Dice.Next(writers[who].Text.Length + 1);
            writers[who].Insert(IsInsideWord(writers[who].Text, at) ? writers[who].Text.Length : at, word);
            words.Add(word);
            world.Run(TimeSpan.FromMilliseconds(world.Dice.Next(400)));
            switch (world.Dice.Next(12))
            {
                case 0:
                    hub.Kill();
                    world.After(TimeSpan.FromSeconds(world.Dice.Next(8)), hub.Restart);
                    break;
                case 1:
                    writers[who].CutLink();
                    break;
                case 2:
                    // The process dies; what it wrote is in its store.
                    writers[who].Kill();
                    writers[who] = scene.Writer(stores[who]);
                    break;
            }
        }
        world.Run(TimeSpan.FromSeconds(10));
        world.RunUntil(() => writers.Append(reader).All(w => w.Text == writers[0].Text && !w.HasPending) && words.All(w => writers[0].Text.Contains(w, StringComparison.Ordinal)), TimeSpan.FromMinutes(5), "one text with every word");
        var late = scene.Reader();
        world.RunUntil(() => late.Text == writers[0].Text, TimeSpan.FromMinutes(1), "who comes late has it too");
        Assert.All(writers, w => Assert.Equal(0, w.Forks));
        Assert.All(writers, w => Assert.Equal(0, w.Core.Refused));
        Assert.True(late.Core.Feeds < 40, $"checkpoints keep the feeds few: {late.Core.Feeds}");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_writer_that_is_told_all_is_held_may_go_and_nothing_is_lost(int seed)
    {
        using var scene = new Scene(seed);
        var (world, hub) = (scene.World, scene.Hub);
        var writer = scene.Writer();
        var readers = Enumerable.Range(0, 3).Select(i => i == 0 ? scene.Writer() : scene.Reader()).ToList();
        for (int step = 0; step < 40; step++)
        {
            writer.Insert(writer.Text.Length, $"<{step}>");
            if (step % 7 == 3)
            {
                readers[0].Insert(0, "!");
            }
            world.Run(TimeSpan.FromMilliseconds(world.Dice.Next(60)));
            if (world.Dice.Next(15) == 0)
            {
                readers[world.Dice.Next(3)].CutLink();
            }
        }
        world.RunUntil(() => writer.Others == readers.Count, TimeSpan.FromMinutes(1), "all are here again");
        writer.Insert(writer.Text.Length, "<40>");
        writer.Settle();
        Assert.False(writer.IsSettled, "nobody can have said yet that it holds the last word");
        world.RunUntil(() => writer.IsSettled, TimeSpan.FromMinutes(2), "all of it is held");
        writer.Kill();
        // Whoever was away at that moment comes back to those who have it.
        string text = string.Concat(Enumerable.Range(0, 41).Select(step => $"<{step}>"));
        world.RunUntil(() => readers.All(r => r.Text.Replace("!", "", StringComparison.Ordinal) == text), TimeSpan.FromMinutes(2), "the readers end with the writer's text");
    }

    [Fact]
    public void A_writer_without_a_hub_is_told_of_nobody_that_holds_anything()
    {
        using var scene = new Scene(5);
        var (world, hub) = (scene.World, scene.Hub);
        var writer = scene.Writer();
        world.Run(TimeSpan.FromSeconds(1));
        hub.Kill();
        world.Run(TimeSpan.FromSeconds(1));
        writer.Insert(0, "alone");
        writer.Settle();
        world.Run(TimeSpan.FromSeconds(20));
        Assert.False(writer.IsSettled);
        hub.Restart();
        world.RunUntil(() => writer.IsSettled, TimeSpan.FromMinutes(2), "online, and nobody there who lacks anything");
    }

    [Fact]
    public void A_large_document_is_not_said_again_for_a_few_words()
    {
        using var scene = new Scene(6, new HubLimits());
        var (world, hub) = (scene.World, scene.Hub);
        var writer = scene.Writer();
        writer.Insert(0, new string('x', 20_000));
        for (int i = 0; i < 1000; i++)
        {
            writer.Insert(writer.Text.Length, "word ");
            world.Run(TimeSpan.FromMilliseconds(10));
        }
        // Of 25 entries each there would be 40, with 20 kB or more each; an entry here is about 50 bytes.
        Assert.InRange(writer.Checkpoints, 2, 4);
    }

    [Fact]
    public void A_reader_that_the_hub_drops_frames_for_catches_up()
    {
        using var scene = new Scene(3);
        var (world, hub) = (scene.World, scene.Hub);
        var writer = scene.Writer(limits: new DocumentLimits());
        var reader = scene.Reader(new DocumentLimits());
        world.Run(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 200; i++)
        {
            // Two hundred frames at once into a queue of sixteen.
            writer.Insert(0, "x");
        }
        world.RunUntil(() => reader.Text.Length == 200, TimeSpan.FromMinutes(1), "the reader has all");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_way_changes_take_and_whichever_is_lost_all_end_with_one_text_that_holds_every_word(int seed)
    {
        using var scene = new Scene(seed);
        var (world, hub) = (scene.World, scene.Hub);
        var stores = Enumerable.Range(0, 4).Select(_ => new MemoryFeedStore()).ToList();
        var writers = stores.Select(s => scene.Writer(s)).ToList();
        var words = new List<string>();
        world.Run(TimeSpan.FromSeconds(1));
        for (int step = 0; step < 150; step++)
        {
            int who = world.Dice.Next(writers.Count);
            string word = $"<{step}>";
            writers[who].Insert(writers[who].Text.Length, word);
            words.Add(word);
            world.Run(TimeSpan.FromMilliseconds(world.Dice.Next(400)));
            int other = (who + 1 + world.Dice.Next(writers.Count - 1)) % writers.Count;
            var link = writers[who].Links.GetValueOrDefault(writers[other].Id);
            switch (world.Dice.Next(16))
            {
                case 0:
                    hub.Kill();
                    world.After(TimeSpan.FromSeconds(world.Dice.Next(20)), hub.Restart);
                    break;
                case 1:
                    writers[who].CutLink();
                    break;
                case 2:
                    writers[who].Kill();
                    writers[who] = scene.Writer(stores[who]);
                    break;
                case 3:
                    link?.Kill();
                    break;
                case 4:
                    link?.Stall(TimeSpan.FromSeconds(world.Dice.Next(10)));
                    break;
                case > 8 when link is null || link.IsDead:
                    _ = new SimDirectLink(world, writers[who], writers[other]);
                    break;
            }
        }
        world.RunUntil(() => writers.All(w => w.Text == writers[0].Text && !w.HasPending) && words.All(w => writers[0].Text.Contains(w, StringComparison.Ordinal)), TimeSpan.FromMinutes(5), "one text with every word");
        Assert.All(writers, w => Assert.Equal((0, 0), (w.Forks, w.Core.Refused)));
    }

    [Fact]
    public void Linked_writers_go_on_without_any_hub_and_the_hub_carries_nothing_of_what_they_write()
    {
        using var scene = new Scene(5);
        var (world, hub) = (scene.World, scene.Hub);
        var writers = Enumerable.Range(0, 3).Select(_ => scene.Writer(limits: new DocumentLimits())).ToList();
        world.Run(TimeSpan.FromSeconds(1));
        _ = new SimDirectLink(world, writers[0], writers[1]);
        _ = new SimDirectLink(world, writers[1], writers[2]);
        _ = new SimDirectLink(world, writers[2], writers[0]);
        world.Run(TimeSpan.FromSeconds(1));
        int before = writers.Sum(w => w.SaidToHub);
        writers[0].Insert(0, "while there is a hub; ");
        world.RunUntil(() => writers.All(w => w.Text == writers[0].Text), TimeSpan.FromSeconds(1), "all have it");
        Assert.Equal(before, writers.Sum(w => w.SaidToHub));
        hub.Kill();
        world.Run(TimeSpan.FromSeconds(30));
        writers[2].Insert(0, "and when there is none; ");
        world.RunUntil(() => writers.All(w => w.Text == writers[2].Text), TimeSpan.FromSeconds(1), "all have it without the hub");
        hub.Restart();
        world.Run(TimeSpan.FromSeconds(40));
        var late = scene.Reader(new DocumentLimits());
        world.RunUntil(() => late.Text == writers[0].Text, TimeSpan.FromMinutes(1), "who comes late has it too");
    }

    private static bool IsInsideWord(string text, int at) => at > 0 && at < text.Length && text.LastIndexOf('<', at - 1) > text.LastIndexOf('>', at - 1);

    /// <summary>A hub, and the keys of one document in its room.</summary>
    private sealed class Scene : IDisposable
    {
        private readonly SigningKey _write;
        private readonly RoomKeys _room;

        public Scene(int seed, HubLimits? limits = null)
        {
            World = new SimWorld(seed);
            Hub = new SimHub(World, limits ?? Narrow);
            _write = SigningKey.Generate(World.Dice);
            _room = new RoomKeys(RoomSecret.Generate(World.Dice), _write.PublicKey.ToOwnerId());
        }

        public SimWorld World { get; }

        public SimHub Hub { get; }

        public SimWriter Writer(MemoryFeedStore? store = null, DocumentLimits? limits = null) => new(World, Hub, _room, _write, store ?? new(), limits ?? Eager);

        public SimWriter Reader(DocumentLimits? limits = null) => new(World, Hub, _room, null, new(), limits ?? Eager);

        public void Dispose()
        {
            _room.Dispose();
            _write.Dispose();
        }
    }
}
