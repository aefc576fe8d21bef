using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;
using Roost.Mesh.Wire;
using Roost.Tests.Mesh.Hubs;

namespace Roost.Tests.Mesh.Federation;

/// <summary>What a hub of the mesh that means ill can do to an honest one: hub 1 is honest and looked at, 2 honest, 3 means ill.</summary>
public class RogueHubTests
{
    private readonly MeshRig _rig = new();

    [Fact]
    public void A_link_speaks_for_no_peer_of_another_hub_and_none_of_this_one()
    {
        var (honest, rogue) = (_rig.Link(2), _rig.Link(3));
        _rig.Enter(10);
        _rig.Enter(11);
        _rig.Hear(honest, new MeshFrame.Put([MeshRig.Bound(20, 2, 5)]));
        _rig.Hear(rogue, MeshRig.Signal(20, 10), MeshRig.Signal(11, 10), MeshRig.Signal(10, 10));
        Assert.Empty(_rig.Hub.Take<HubEffect.Signal>());
        Assert.Equal(3, _rig.Mesh.Counters.NotYours);
        _rig.Hear(honest, MeshRig.Signal(20, 10));
        Assert.Equal(MeshRig.PeerOf(20), _rig.Hub.Take<HubEffect.Signal>().Single().From);
    }

    [Fact]
    public void A_signal_from_a_peer_that_no_owner_knows_is_never_delivered()
    {
        var rogue = _rig.Link(3);
        _rig.Enter(10);
        _rig.Hear(rogue, MeshRig.Signal(20, 10));
        _rig.Hub.World.Run(TimeSpan.FromSeconds(20));
        Assert.Empty(_rig.Hub.Take<HubEffect.Signal>());
        Assert.Equal((1, 0), (_rig.Mesh.Counters.NotYours, _rig.Mesh.Parked));
    }

    [Fact]
    public void A_signal_that_went_round_too_often_ends()
    {
        var honest = _rig.Link(2);
        _rig.Enter(10);
        _rig.Hear(honest, new MeshFrame.Put([MeshRig.Bound(20, 2, 5)]), MeshRig.Signal(20, 10, MeshTypes.MaxHops + 1));
        Assert.Empty(_rig.Hub.Take<HubEffect.Signal>());
    }

    [Fact]
    public void An_id_that_its_key_proved_at_one_hub_cannot_be_taken_by_another()
    {
        var (honest, rogue) = (_rig.Link(2), _rig.Link(3));
        _rig.Hear(honest, new MeshFrame.Put([MeshRig.Bound(20, 2, 5)]));
        _rig.Hear(rogue,
            new MeshFrame.Put([MeshRig.Guest(20, 3, 0)]), // Claimed for a guest that was earlier.
            new MeshFrame.Put([MeshRig.Bound(20, 3, 9, signedBy: 21)]), // Signed by another key.
            new MeshFrame.Put([MeshRig.Bound(20, 3, 9, enteredAt: 2)]), // The peer's own proof, made for another hub.
            new MeshFrame.Put([MeshRig.Bound(20, 2, 9)]), // Put by somebody who is not its home.
            new MeshFrame.Drop(new(MeshRig.Net, MeshRig.PeerOf(20)), 99));
        Assert.Equal(MeshRig.IdOf(2).Short, _rig.Mesh.WhereIs(new(MeshRig.Net, MeshRig.PeerOf(20))));
        _rig.Hear(rogue, new MeshFrame.Put([MeshRig.Bound(20, 3, 9)])); // It did move.
        Assert.Equal(MeshRig.IdOf(3).Short, _rig.Mesh.WhereIs(new(MeshRig.Net, MeshRig.PeerOf(20))));
    }

    [Fact]
    public void A_peer_that_proved_its_key_here_stays_whatever_others_claim()
    {
        var rogue = _rig.Link(3);
        _rig.Enter(10);
        _rig.Hub.Effects.Clear();
        var forged = MeshRig.Bound(10, 3, ulong.MaxValue >> 22, signedBy: 11);
        _rig.Hear(rogue, new MeshFrame.Put([MeshRig.Guest(10, 3, 0), forged]), new MeshFrame.Found(0, forged.Key, forged), new MeshFrame.Found(0, forged.Key, MeshRig.Guest(10, 3, 0)));
        _rig.Hub.World.Run(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(_rig.Hub.Effects, effect => effect is HubEffect.Refuse or HubEffect.Abort);
        Assert.Equal(MeshRig.IdOf(1).Short, _rig.Mesh.WhereIs(forged.Key));
    }

    [Fact]
    public void Announces_without_end_fill_no_more_than_one_hubs_share()
    {
        var rig = new MeshRig(options => options with { MaxLeasesPerHome = 100 });
        var (honest, rogue) = (rig.Link(2), rig.Link(3));
        for (int i = 0; i < 10; i++)
        {
            rig.Hear(rogue, new MeshFrame.Put([.. Enumerable.Range(1_000 + 50 * i, 50).Select(peer => MeshRig.Guest(peer, 3))]));
        }
        Assert.Equal((100, 400), (rig.Mesh.Leases, rig.Mesh.Counters.BadLeases));
        rig.Hear(honest, new MeshFrame.Put([MeshRig.Guest(20, 2)]));
        Assert.Equal(MeshRig.IdOf(2).Short, rig.Mesh.WhereIs(new(MeshRig.Net, MeshRig.PeerOf(20))));
    }

    [Fact]
    public void A_hub_that_asks_and_announces_too_fast_is_not_heard_and_the_others_are()
    {
        var rig = new MeshRig(options => options with { Questions = new(10, 31) }); // 11 for its own record.
        var (honest, rogue) = (rig.Link(2), rig.Link(3));
        var key = new PeerKey(MeshRig.Net, MeshRig.PeerOf(20));
        rig.Hear(rogue, [.. Enumerable.Range(1, 1_000).Select(i => new MeshFrame.Find((uint)i, key))]);
        Assert.Equal(20, rig.Sent<MeshFrame.Found>(rogue).Count);
        rig.Hear(rogue, new MeshFrame.Put([.. Enumerable.Range(1_000, 30).Select(peer => MeshRig.Guest(peer, 3))]));
        Assert.Equal((0, 1_010), (rig.Mesh.Leases, rig.Mesh.Counters.Flooded));
        rig.Hear(honest, new MeshFrame.Find(7, key));
        Assert.Equal(7u, rig.Sent<MeshFrame.Found>(honest).Single().Question);
    }

    [Fact]
    public void An_answer_counts_only_from_who_was_asked()
    {
        var rig = new MeshRig(options => options with { FullUpTo = 0, Owners = 1 }); // Mode O with one owner: who is asked is known.
        var links = Enumerable.Range(2, 12).ToDictionary(hub => hub, hub => rig.Link(hub));
        rig.Hub.World.Run(TimeSpan.FromSeconds(1));
        rig.Enter(10);
        rig.Hub.Effects.Clear();
        rig.Hub.Say(new HubInput.Signal(new(10), 0, MeshRig.PeerOf(20), 0, "hi"u8.ToArray()));
        var asked = rig.Hub.Effects.OfType<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Single(send => send.Frame is MeshFrame.Find);
        var find = (MeshFrame.Find)asked.Frame;
        int rogue = links.First(link => link.Value != asked.Link).Key;
        rig.Hear(links[rogue], new MeshFrame.Found(find.Question, find.Key, MeshRig.Bound(20, rogue, 5)), new MeshFrame.Found(find.Question, find.Key, MeshRig.Guest(20, rogue)));
        Assert.Null(rig.Mesh.WhereIs(find.Key));
        int home = links.First(link => link.Value == asked.Link).Key;
        rig.Hear(asked.Link, new MeshFrame.Found(find.Question, find.Key, MeshRig.Bound(20, home, 5)));
        Assert.Equal("hi"u8.ToArray(), rig.Sent<MeshFrame.Signal>(asked.Link).Single().Body.ToArray());
    }

    [Theory]
    [InlineData(true, false, true)] // It has the peer's own proof.
    [InlineData(true, true, true)]
    [InlineData(false, false, true)] // A guest, and nobody is left who could know better.
    [InlineData(false, true, false)] // A guest that owners do not know.
    public void The_hub_of_an_unknown_source_proves_it_or_is_believed_only_if_no_owner_answers(bool bound, bool ownersAnswer, bool delivered)
    {
        var rig = new MeshRig(options => options with { FullUpTo = 0 });
        var links = Enumerable.Range(2, 30).ToDictionary(hub => hub, hub => rig.Link(hub));
        rig.Hub.World.Run(TimeSpan.FromSeconds(1));
        rig.Enter(10);
        // A source that this hub itself does not own, and at a hub that does not own it either.
        int source = 20;
        IEnumerable<(LinkId Link, MeshFrame.Find Find)> Finds() => [.. rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Where(send => send.Frame is MeshFrame.Find).Select(send => (send.Link, (MeshFrame.Find)send.Frame))];
        List<(LinkId Link, MeshFrame.Find Find)> asked;
        do
        {
            rig.Hub.Effects.Clear();
            rig.Hear(links[2], MeshRig.Signal(++source, 10));
            asked = [.. Finds()];
        }
        while (asked.Count < 3); // Two owners and the hub itself: then none of them is this hub, as far as can be seen from here.
        rig.Hear(links[2], new MeshFrame.Found(asked[0].Find.Question, asked[0].Find.Key, bound ? MeshRig.Bound(source, 2, 5) : MeshRig.Guest(source, 2)));
        for (int i = 0; i < 40; i++)
        {
            foreach (var (link, find) in asked.Where(ask => ask.Link != links[2] && ownersAnswer))
            {
                rig.Hear(link, new MeshFrame.Found(find.Question, find.Key, null));
            }
            bool came = rig.Hub.Effects.Any(effect => effect is HubEffect.Signal);
            if (came)
            {
                Assert.True(delivered);
                return;
            }
            asked = [.. Finds()];
            rig.Hub.World.Run(TimeSpan.FromSeconds(0.2));
        }
        Assert.False(delivered);
    }

    [Fact]
    public void A_link_speaks_for_the_members_it_named_and_for_no_others()
    {
        var rig = new MeshRig(options => options with { MaxMembersPerHub = 5 });
        var (honest, rogue) = (rig.Link(2), rig.Link(3));
        var here = rig.Enter(10);
        rig.Hub.Join(here, 1);
        var room = new RoomKey(MeshRig.Net, HubRig.Room(1));
        rig.Hear(honest, new MeshFrame.Roster(room, false, true, [new Member(MeshRig.PeerOf(20), default, true)]));
        rig.Hub.Effects.Clear();
        rig.Hear(rogue,
            new MeshFrame.Joined(room, new Member(MeshRig.PeerOf(30), default, false)), // From a hub that has not said it has members.
            new MeshFrame.Cast(room, MeshRig.PeerOf(20), "x"u8.ToArray()),
            new MeshFrame.Send(room, MeshRig.PeerOf(20), MeshRig.PeerOf(10), "x"u8.ToArray()),
            new MeshFrame.Gap(room, MeshRig.PeerOf(20), 1),
            new MeshFrame.Left(room, MeshRig.PeerOf(20), LeftReason.Left));
        Assert.DoesNotContain(rig.Hub.Effects, effect => effect is HubEffect.Cast or HubEffect.Send or HubEffect.Gap or HubEffect.MemberLeft or HubEffect.MemberJoined);
        rig.Hear(rogue, new MeshFrame.Roster(room, false, true, [.. Enumerable.Range(100, 50).Select(peer => new Member(MeshRig.PeerOf(peer), default, false))]));
        Assert.Equal(5, rig.Hub.Take<HubEffect.MemberJoined>().Count); // Inventing is possible, without end it is not.
        rig.Hear(honest, new MeshFrame.Cast(room, MeshRig.PeerOf(20), "x"u8.ToArray()));
        Assert.Single(rig.Hub.Take<HubEffect.Cast>());
    }

    [Fact]
    public void A_hub_that_says_that_all_others_are_dead_is_not_believed_about_one_that_is_heard()
    {
        var (honest, rogue) = (_rig.Link(2), _rig.Link(3));
        for (int second = 0; second < 30; second++)
        {
            _rig.Hear(honest, new MeshFrame.Ping(1));
            _rig.Hear(rogue, new MeshFrame.News([], [new(MeshRig.IdOf(2), (ulong)second, true)]), new MeshFrame.Views([0], []));
            _rig.Hub.World.Run(TimeSpan.FromSeconds(1));
        }
        Assert.True(_rig.Mesh.Hubs().Single(hub => hub.Id == MeshRig.IdOf(2)) is { IsUp: true, IsSuspect: false });
    }

    [Fact]
    public void A_record_that_its_hub_did_not_sign_is_not_taken()
    {
        var rogue = _rig.Link(3);
        var forged = MeshRig.RecordOf(2) with { Incarnation = 99 };
        var moved = MeshRig.RecordOf(4) with { Urls = ["ws://evil.example:3000/mesh"] };
        _rig.Hear(rogue, new MeshFrame.News([forged, moved], []));
        Assert.Equal([MeshRig.IdOf(3)], _rig.Mesh.Hubs().Select(hub => hub.Id));
        Assert.Equal(2, _rig.Mesh.Counters.BadRecords);
    }

    [Fact]
    public void Hubs_that_do_not_exist_fill_the_table_and_one_that_links_still_gets_in()
    {
        var rig = new MeshRig(options => options with { MaxHubs = 20 });
        var rogue = rig.Link(3);
        rig.Hear(rogue, new MeshFrame.News([.. Enumerable.Range(100, 100).Select(hub => MeshRig.RecordOf(hub))], []));
        Assert.Equal(20, rig.Mesh.Hubs().Count);
        rig.Link(2);
        Assert.Equal(20, rig.Mesh.Hubs().Count);
        Assert.True(rig.Mesh.Hubs().Single(hub => hub.Id == MeshRig.IdOf(2)).IsLinked);
    }

    [Theory]
    [InlineData(Reach.Public, "ws://hub3.example:3000/mesh")]
    [InlineData(Reach.Private, "ws://10.0.0.5:3000/mesh")]
    [InlineData(Reach.Loopback, "ws://localhost:9/mesh")]
    public void Calling_a_hub_back_probes_no_address_of_another_class_than_the_callers(Reach reach, string expected)
    {
        string[] urls = ["ws://hub3.example:3000/mesh", "ws://10.0.0.5:3000/mesh", "ws://localhost:9/mesh", "ws://127.0.0.1:22/mesh?x", "ws://169.254.169.254/mesh", "http://10.0.0.1/mesh"];
        var rogue = _rig.Link(3, reach, [.. urls.Where(url => url == expected), .. urls.Where(url => url != expected).Take(3)]);
        _rig.Tell(new MeshInput.LinkDown(rogue, LinkRefusal.Idle));
        var other = _rig.Link(2);
        var dialled = new List<MeshEffect.Dial>();
        for (int i = 0; i < 60; i++)
        {
            _rig.Hear(other, new MeshFrame.Wanted(MeshRig.IdOf(3)));
            _rig.Hub.World.Run(TimeSpan.FromSeconds(0.5));
            foreach (var dial in _rig.Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Dial>().Where(dial => dial.Wanted == MeshRig.IdOf(3)))
            {
                dialled.Add(dial);
                _rig.Tell(new MeshInput.DialFailed(dial.Url, LinkRefusal.None, dial.Wanted));
            }
        }
        Assert.Contains(expected, dialled.Select(dial => dial.Url));
        Assert.All(dialled, dial => Assert.True(Reaches.TryOf(dial.Url, out var to) && (to == reach || to == Reach.Public) && dial.Allowed == reach));
        Assert.InRange(dialled.Count, 1, 80); // At most two URLs a second, however often it is asked for.
    }
}
