using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Tests.Mesh.Federation;

/// <summary>What a hub carries between others and what it does not: hub 1 is looked at, 2 and 3 cannot reach each other.</summary>
public class CarrierTests
{
    private static readonly byte[] Body = [1, 2, 3];

    [Fact]
    public void What_is_carried_comes_from_whoever_sent_it_whatever_it_says()
    {
        var rig = new MeshRig();
        var (two, three, four) = (rig.Link(2), rig.Link(3), rig.Link(4));
        rig.Sent<MeshFrame>(two);
        rig.Hear(two, Carry(3, CarryWay.First));
        var carried = rig.Sent<MeshFrame.Carry>(three).Single();
        Assert.Equal((MeshRig.IdOf(2), 7u, CarryWay.First | CarryWay.Arrived), (carried.Hub, carried.Stream, carried.Way));
        Assert.Equal(Body, carried.Body.ToArray());
        rig.Hear(three, Carry(2, CarryWay.Back));
        Assert.Equal((MeshRig.IdOf(3), CarryWay.Back | CarryWay.Arrived), Of(rig.Sent<MeshFrame.Carry>(two).Single()));
        // A hub that claims to pass on another's word passes on its own: the other end's handshake finds out.
        rig.Hear(four, Carry(3, CarryWay.None));
        Assert.Equal(MeshRig.IdOf(4), rig.Sent<MeshFrame.Carry>(three).Single().Hub);
    }

    [Fact]
    public void One_hub_stands_in_the_middle_never_two()
    {
        var rig = new MeshRig();
        var two = rig.Link(2);
        var three = Carried(rig, 3, 30);
        rig.Sent<MeshFrame>(two);
        rig.Hear(two, Carry(3, CarryWay.First));
        Assert.Equal((MeshRig.IdOf(3), CarryWay.Back | CarryWay.Arrived | CarryWay.Last), Of(rig.Sent<MeshFrame.Carry>(two).Single()));
        rig.Hear(three, Carry(2, CarryWay.First));
        Assert.Empty(rig.Sent<MeshFrame.Carry>(two));
        rig.Hear(three, Carry(2, CarryWay.First | CarryWay.Arrived)); // Nor is a link carried within a carried link.
        Assert.DoesNotContain(rig.Hub.Take<HubEffect.ToMesh>(), effect => effect.Effect is MeshEffect.Carried);
        Assert.Equal(2, rig.Mesh.Counters.NotYours);
    }

    [Fact]
    public void Nothing_is_carried_to_the_sender_to_this_hub_or_to_nobody()
    {
        var rig = new MeshRig();
        var two = rig.Link(2);
        rig.Sent<MeshFrame>(two);
        foreach (int to in (int[])[2, 1, 99])
        {
            rig.Hear(two, Carry(to, CarryWay.First));
            var answer = rig.Sent<MeshFrame.Carry>(two).Single();
            Assert.Equal((MeshRig.IdOf(to), CarryWay.Back | CarryWay.Arrived | CarryWay.Last), Of(answer));
            Assert.Equal((byte)LinkRefusal.NoRoad, answer.Body.Span[0]);
        }
        Assert.Equal(0, rig.Mesh.Counters.Carried);
    }

    [Fact]
    public void Who_has_too_much_carried_is_cut_off_and_others_are_not()
    {
        var rig = new MeshRig(options => options with { Carries = new(1_000, 10_000) });
        var (two, three, four) = (rig.Link(2), rig.Link(3), rig.Link(4));
        for (int i = 0; i < 20; i++)
        {
            rig.Hear(two, new MeshFrame.Carry(MeshRig.IdOf(3), 7, i == 0 ? CarryWay.First : CarryWay.None, new byte[936]));
        }
        Assert.Equal(10, rig.Mesh.Counters.Carried);
        rig.Hear(two, Carry(3, CarryWay.None));
        Assert.Equal((byte)LinkRefusal.Flood, rig.Sent<MeshFrame.Carry>(two)[^1].Body.Span[0]);
        rig.Hear(four, Carry(3, CarryWay.First));
        Assert.Equal(MeshRig.IdOf(4), rig.Sent<MeshFrame.Carry>(three).Single().Hub);
    }

    [Fact]
    public void Links_opened_without_end_are_not_answered()
    {
        var rig = new MeshRig(options => options with { Questions = new(100, 2_000) });
        var (two, three) = (rig.Link(2), rig.Link(3));
        for (uint i = 0; i < 100; i++)
        {
            rig.Hear(two, new MeshFrame.Carry(MeshRig.IdOf(3), i, CarryWay.First | CarryWay.Arrived, Body));
        }
        Assert.InRange(rig.Hub.Take<HubEffect.ToMesh>().Count(effect => effect.Effect is MeshEffect.Carried), 10, 20);
        rig.Hear(two, Carry(3, CarryWay.First));
        Assert.Empty(rig.Sent<MeshFrame.Carry>(three));
        rig.Hear(three, new MeshFrame.Carry(MeshRig.IdOf(2), 1, CarryWay.First | CarryWay.Arrived, Body));
        Assert.Single(rig.Hub.Take<HubEffect.ToMesh>(), effect => effect.Effect is MeshEffect.Carried);
    }

    [Fact]
    public void A_message_that_finds_a_full_queue_ends_the_stream_at_its_sender()
    {
        var rig = new MeshRig();
        var (two, three) = (rig.Link(2), rig.Link(3));
        rig.Hear(two, Carry(3, CarryWay.First));
        rig.Tell(new MeshInput.Undelivered(three, rig.Sent<MeshFrame.Carry>(three).Single()));
        var end = rig.Sent<MeshFrame.Carry>(two).Single();
        Assert.Equal((MeshRig.IdOf(3), CarryWay.Back | CarryWay.Arrived | CarryWay.Last), Of(end));
    }

    [Fact]
    public void A_direct_link_takes_the_place_of_a_carried_one_and_not_the_other_way_round()
    {
        var rig = new MeshRig();
        rig.Link(2);
        var carried = Carried(rig, 3, 30);
        Assert.True(Sight(rig).IsCarried);
        var direct = rig.Link(3);
        Assert.False(Sight(rig).IsCarried);
        Assert.Single(rig.Sent<MeshFrame.Done>(carried));
        var again = Carried(rig, 3, 31);
        Assert.False(Sight(rig).IsCarried);
        Assert.Single(rig.Sent<MeshFrame.Done>(again));
        Assert.NotEqual(direct, again);
    }

    [Fact]
    public void What_is_sent_while_a_link_takes_anothers_place_waits_until_the_other_end_has_what_came_before()
    {
        var rig = new MeshRig();
        rig.Link(2);
        var carried = Carried(rig, 3, 30);
        rig.Hear(carried, new MeshFrame.Put([MeshRig.Bound(30, 3, 5)]));
        var from = rig.Enter(11);
        rig.Sent<MeshFrame>(carried);
        rig.Hub.Say(new HubInput.Signal(from, 0, MeshRig.PeerOf(30), 0, Body));
        Assert.Single(rig.Sent<MeshFrame.Signal>(carried));
        rig.Tell(new MeshInput.LinkUp(new(31), MeshRig.KeyOf(3).PublicKey, 1, null, Reach.Public));
        var last = rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Where(send => send.Link == carried).Select(send => send.Frame).ToList();
        Assert.IsType<MeshFrame.Done>(last[^1]);
        uint echo = Assert.IsType<MeshFrame.Ping>(last[^2]).Echo;
        rig.Hub.Say(new HubInput.Signal(from, 0, MeshRig.PeerOf(30), 0, Body));
        Assert.Empty(rig.Sent<MeshFrame.Signal>(new(31)));
        rig.Hear(new(31), new MeshFrame.Pong(echo + 1));
        Assert.Empty(rig.Sent<MeshFrame.Signal>(new(31)));
        rig.Hear(new(31), new MeshFrame.Pong(echo));
        rig.Hub.Say(new HubInput.Signal(from, 0, MeshRig.PeerOf(30), 0, Body));
        Assert.Equal(2, rig.Sent<MeshFrame.Signal>(new(31)).Count);
    }

    [Fact]
    public void Who_never_answers_on_an_old_link_does_not_hold_up_the_new_one()
    {
        var rig = new MeshRig();
        rig.Link(2);
        var carried = Carried(rig, 3, 30);
        rig.Hear(carried, new MeshFrame.Put([MeshRig.Bound(30, 3, 5)]));
        var from = rig.Enter(11);
        rig.Hub.Say(new HubInput.Signal(from, 0, MeshRig.PeerOf(30), 0, Body));
        rig.Tell(new MeshInput.LinkUp(new(31), MeshRig.KeyOf(3).PublicKey, 1, null, Reach.Public));
        rig.Sent<MeshFrame>(carried);
        rig.Hub.Say(new HubInput.Signal(from, 0, MeshRig.PeerOf(30), 0, Body));
        rig.Hub.World.Run(TimeSpan.FromSeconds(2.5));
        Assert.Single(rig.Sent<MeshFrame.Signal>(new(31)));
    }

    [Fact]
    public void A_hub_that_is_reached_through_another_is_dialled_now_and_then_and_nobody_is_in_doubt_when_that_fails()
    {
        var rig = new MeshRig();
        rig.Link(2);
        var carried = Carried(rig, 3, 30);
        rig.Hear(carried, new MeshFrame.News([MeshRig.RecordOf(3)], []));
        rig.Hub.Take<HubEffect>();
        for (int i = 0; i < 3; i++)
        {
            rig.Hub.World.Run(TimeSpan.FromSeconds(i == 0 ? 11 : 10));
            var dial = rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Dial>().Single();
            Assert.Equal(MeshRig.IdOf(3), dial.Wanted);
            rig.Tell(new MeshInput.DialFailed(dial.Url, LinkRefusal.None, dial.Wanted));
            rig.Hear(carried, new MeshFrame.Pong(1)); // It is heard, so it is not questioned.
            rig.Hear(new(1), new MeshFrame.Pong(1));
            Assert.Equal((true, false), (Sight(rig).IsCarried, Sight(rig).IsSuspect));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_address_that_somebody_as_near_told_is_kept_when_a_stranger_tells_of_its_hub(bool strangerFirst)
    {
        const string near = "ws://10.0.0.2:3000/mesh";
        var rig = new MeshRig();
        var stranger = rig.Link(3);
        var record = HubRecord.Sign(MeshRig.KeyOf(2), 2, 0, "global", [near]);
        if (strangerFirst)
        {
            rig.Hear(stranger, new MeshFrame.News([record], []));
        }
        var two = rig.Link(2, Reach.Private, near);
        rig.Hear(strangerFirst ? two : stranger, new MeshFrame.News([record], []));
        rig.Hub.Take<HubEffect>();
        rig.Tell(new MeshInput.LinkDown(two, LinkRefusal.None));
        Assert.Equal(near, rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Dial>().Single().Url);
    }

    [Fact]
    public void A_hub_that_does_not_call_back_is_dialled_through_one_that_has_a_link_to_it()
    {
        var rig = new MeshRig();
        var (two, four) = (rig.Link(2), rig.Link(4));
        rig.Hear(two, new MeshFrame.Neighbour(true));
        rig.Hear(four, new MeshFrame.Neighbour(true));
        rig.Hear(two, new MeshFrame.News([HubRecord.Sign(MeshRig.KeyOf(3), 1, HubRecord.Leaf, "global", [])], []));
        var from = rig.Enter(11);
        rig.Hub.Take<HubEffect>();
        rig.Hub.Say(new HubInput.Signal(from, 0, MeshRig.PeerOf(30), 0, Body));
        var find = rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Where(send => send.Frame is MeshFrame.Find).ToList();
        foreach (var asked in find)
        {
            rig.Hear(asked.Link, new MeshFrame.Found(((MeshFrame.Find)asked.Frame).Question, new(MeshRig.Net, MeshRig.PeerOf(30)), MeshRig.Bound(30, 3, 5)));
        }
        var probes = rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Where(send => send.Frame is MeshFrame.Probe).ToList();
        foreach (var probe in probes)
        {
            rig.Hear(probe.Link, new MeshFrame.Probed(((MeshFrame.Probe)probe.Frame).Question, probe.Link == four));
        }
        rig.Hub.World.Run(TimeSpan.FromSeconds(2));
        var dial = rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.DialThrough>().Single();
        Assert.Equal((four, MeshRig.IdOf(3)), (dial.Via, dial.Wanted));
        rig.Tell(new MeshInput.CarryFailed(dial.Wanted));
        Assert.Equal(two, rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.DialThrough>().Single().Via);
        var through = Carried(rig, 3, 30);
        Assert.Equal(MeshRig.PeerOf(30), rig.Sent<MeshFrame.Signal>(through).Single().To);
    }

    private static LinkId Carried(MeshRig rig, int hub, long number)
    {
        rig.Tell(new MeshInput.LinkUp(new(number), MeshRig.KeyOf(hub).PublicKey, 1, null, Reach.Public, Carriage.Accepted));
        return new(number);
    }

    private static HubSight Sight(MeshRig rig) => rig.Mesh.Hubs().Single(hub => hub.Id == MeshRig.IdOf(3));

    private static MeshFrame.Carry Carry(int to, CarryWay way) => new(MeshRig.IdOf(to), 7, way, Body);

    private static (Core.Identity.HubId, CarryWay) Of(MeshFrame.Carry carry) => (carry.Hub, carry.Way);
}
