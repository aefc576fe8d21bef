using System.Text;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;
using Roost.Mesh.Topics;

namespace Roost.Tests.Mesh.Federation;

/// <summary>What is published under a topic: where it is kept, for how long, and what other hubs may put.</summary>
public class TopicStoreTests
{
    private readonly MeshRig _rig = new();

    [Fact]
    public void What_is_published_is_put_to_the_owners_and_dies_in_its_time()
    {
        var (one, other) = (_rig.Link(2), _rig.Link(3));
        _rig.Hub.Effects.Clear();
        var published = Publish("news", "{\"a\":1}", 60);
        Assert.Equal(2, published.PutTo);
        Assert.Single(Puts(one));
        Assert.Equal("{\"a\":1}", Found("news"));
        _rig.Hub.World.Run(TimeSpan.FromSeconds(4));
        _rig.Hub.Effects.Clear();
        _rig.Hear(other, new MeshFrame.Seek(7, "news"));
        Assert.InRange(_rig.Sent<MeshFrame.Sought>(other).Single().Record!.Ttl, 55, 57); // What remains, else it would live for ever.
        _rig.Tell(new MeshInput.LinkDown(one, LinkRefusal.Leaving));
        _rig.Tell(new MeshInput.LinkDown(other, LinkRefusal.Leaving));
        Assert.NotNull(Found("news"));
        _rig.Hub.World.Run(TimeSpan.FromSeconds(57));
        Assert.Null(Found("news"));
        _rig.Hub.World.Run(TimeSpan.FromSeconds(60));
        Assert.Equal(0, _rig.Mesh.Topics);
    }

    [Fact]
    public void The_last_write_wins_also_within_one_millisecond()
    {
        var link = _rig.Link(2);
        Publish("t", "1");
        Publish("t", "2");
        Assert.Equal("2", Found("t"));
        _rig.Hear(link, Put(2, "t", "3", Now - 1_000));
        Assert.Equal("2", Found("t"));
        _rig.Hear(link, Put(2, "t", "4", Now + 1_000));
        Assert.Equal("4", Found("t"));
        Publish("t", "5"); // Although the other hub's clock is ahead.
        Assert.Equal("5", Found("t"));
    }

    [Fact]
    public void A_hub_that_comes_later_or_lost_all_gets_what_lives()
    {
        Publish("t", "1");
        var link = _rig.Link(2);
        _rig.Hub.World.Run(TimeSpan.FromSeconds(2));
        Assert.Single(Puts(link));
        _rig.Tell(new MeshInput.LinkUp(new(99), MeshRig.KeyOf(2).PublicKey, 2, null, Reach.Public)); // Another run.
        _rig.Hub.World.Run(TimeSpan.FromSeconds(3));
        Assert.Single(Puts(new(99)));
    }

    [Fact]
    public void Who_does_not_own_a_topic_asks_and_takes_the_latest_of_those_whom_it_asked()
    {
        var rig = new MeshRig(options => options with { FullUpTo = 0, Owners = 2 });
        var links = Enumerable.Range(2, 12).ToDictionary(hub => rig.Link(hub), hub => hub);
        rig.Hub.World.Run(TimeSpan.FromSeconds(1));
        List<(LinkId Link, MeshFrame.Seek Seek)> asked;
        int topic = 0;
        do
        {
            rig.Hub.Effects.Clear();
            rig.Tell(new MeshInput.Seek(1, $"topic {++topic}"));
            asked = [.. rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Where(send => send.Frame is MeshFrame.Seek).Select(send => (send.Link, (MeshFrame.Seek)send.Frame))];
        }
        while (asked.Count < 2);
        string name = $"topic {topic}";
        ulong now = (ulong)rig.Hub.World.Now.UnixMilliseconds;
        var (rogue, _) = links.First(link => asked.All(ask => ask.Link != link.Key));
        TopicRecord Record(int home, ulong seq, string data) => new(name, MeshRig.IdOf(home).Short, seq, 60, Encoding.UTF8.GetBytes(data));
        rig.Hear(rogue, new MeshFrame.Sought(asked[0].Seek.Question, Record(9, now + 500, "\"rogue\"")));
        rig.Hear(asked[0].Link, new MeshFrame.Sought(asked[0].Seek.Question, Record(5, now, "\"late\"")));
        rig.Hear(asked[0].Link, new MeshFrame.Sought(asked[0].Seek.Question, Record(5, now + 9, "\"twice\"")));
        Assert.DoesNotContain(rig.Hub.Effects, effect => effect is HubEffect.ToMesh { Effect: MeshEffect.Sought });
        rig.Hear(asked[1].Link, new MeshFrame.Sought(asked[1].Seek.Question, Record(6, now - 100, "\"early\"")));
        Assert.Equal("\"late\"", Text(rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Sought>().Single().Record));
        rig.Tell(new MeshInput.Seek(2, name));
        rig.Hub.World.Run(TimeSpan.FromSeconds(2)); // Nobody answers.
        Assert.Null(rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Sought>().Single().Record);
    }

    [Fact]
    public void Another_hub_puts_only_what_was_published_there_and_nothing_from_the_future()
    {
        var rogue = _rig.Link(3);
        _rig.Hear(rogue,
            new MeshFrame.Topic(new("t", MeshRig.IdOf(2).Short, Now, 60, "1"u8.ToArray())),
            Put(3, "t", "1", ulong.MaxValue),
            Put(3, "t", "1", Now + 3_600_000),
            Put(3, "", "1", Now),
            Put(3, "t", "", Now),
            Put(3, "t", new string('x', TopicRecord.MaxData + 1), Now),
            new MeshFrame.Topic(new("t", MeshRig.IdOf(3).Short, Now, 0, "1"u8.ToArray())));
        Assert.Equal((0, 7), (_rig.Mesh.Topics, _rig.Mesh.Counters.BadRecords));
    }

    [Fact]
    public void One_hub_fills_no_more_than_its_share_and_gets_it_back()
    {
        var rig = new MeshRig(options => options with { MaxTopicBytes = 400_000 });
        var (rogue, honest) = (rig.Link(3), rig.Link(2));
        ulong now = (ulong)rig.Hub.World.Now.UnixMilliseconds;
        rig.Hear(rogue, [.. Enumerable.Range(0, 100).Select(n => Put(3, $"{n}", new string('1', 10_000), now))]);
        Assert.Equal(9, rig.Mesh.Topics);
        rig.Hear(honest, Put(2, "0", "1", now + 1)); // Takes the place of one of them.
        rig.Hear(rogue, Put(3, "100", new string('1', 10_000), now));
        Assert.Equal(10, rig.Mesh.Topics);
        rig.Hub.World.Run(TimeSpan.FromSeconds(120));
        Assert.Equal(0, rig.Mesh.Topics);
    }

    private ulong Now => (ulong)_rig.Hub.World.Now.UnixMilliseconds;

    private MeshEffect.Published Publish(string topic, string data, ushort ttl = 300)
    {
        _rig.Tell(new MeshInput.Publish(1, topic, Encoding.UTF8.GetBytes(data), ttl));
        var published = _rig.Hub.Effects.OfType<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Published>().Last();
        Assert.NotNull(published.Record);
        return published;
    }

    private string? Found(string topic)
    {
        _rig.Tell(new MeshInput.Seek(1, topic));
        return Text(_rig.Hub.Effects.OfType<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Sought>().Last().Record);
    }

    private List<MeshFrame.Topic> Puts(LinkId link) => [.. _rig.Hub.Effects.OfType<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Where(send => send.Link == link).Select(send => send.Frame).OfType<MeshFrame.Topic>()];

    private static string? Text(TopicRecord? record) => record is null ? null : Encoding.UTF8.GetString(record.Data.Span);

    private static MeshFrame.Topic Put(int home, string topic, string data, ulong seq) => new(new(topic, MeshRig.IdOf(home).Short, seq, 60, Encoding.UTF8.GetBytes(data)));
}
