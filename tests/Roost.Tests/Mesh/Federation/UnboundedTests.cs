using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;
using Roost.Mesh.Wire;
using Roost.Tests.Mesh.Hubs;

namespace Roost.Tests.Mesh.Federation;

/// <summary>What one hub sends without end, and what it claims without having been asked: hub 1 is honest and looked at, 2 honest, 3 means ill.</summary>
public class UnboundedTests
{
    [Fact]
    public void An_invented_incarnation_neither_uses_up_a_hubs_own_nor_buries_another()
    {
        var rig = new MeshRig();
        var (honest, rogue) = (rig.Link(2), rig.Link(3));
        rig.Hub.Effects.Clear();
        rig.Hear(rogue, new MeshFrame.News([], [new(MeshRig.IdOf(1), ulong.MaxValue - 1, true), new(MeshRig.IdOf(1), ulong.MaxValue, true)]));
        Assert.Empty(rig.Sent<MeshFrame.News>(honest)); // Nothing to refute.
        ulong own = OwnIncarnation(rig, honest);
        Assert.InRange(own, 1u, (ulong)rig.Hub.World.Now.UnixMilliseconds + 10);
        rig.Tell(new MeshInput.LinkDown(honest, LinkRefusal.Idle));
        rig.Hear(rogue, new MeshFrame.News([], [new(MeshRig.IdOf(2), 99, true)]));
        Assert.False(rig.Mesh.Hubs().Single(hub => hub.Id == MeshRig.IdOf(2)).IsSuspect);
        rig.Hear(rogue, new MeshFrame.News([], [new(MeshRig.IdOf(2), 1, true)])); // The one that it has.
        Assert.True(rig.Mesh.Hubs().Single(hub => hub.Id == MeshRig.IdOf(2)).IsSuspect);
        rig.Hear(rogue, new MeshFrame.News([], [new(MeshRig.IdOf(1), own, true)]));
        rig.Hub.Effects.Clear();
        Assert.Equal(own + 1, OwnIncarnation(rig, rogue)); // A doubt about what it did sign is refuted as ever.
    }

    [Fact]
    public void Doubts_that_differ_in_a_number_only_are_not_passed_on()
    {
        var rig = new MeshRig();
        var (honest, rogue) = (rig.Link(2), rig.Link(3));
        Neighbour(rig, honest);
        Neighbour(rig, rogue);
        rig.Hub.World.Run(TimeSpan.FromSeconds(1));
        rig.Hub.Effects.Clear();
        for (int i = 0; i < 100; i++)
        {
            rig.Hear(rogue, new MeshFrame.News([], [.. Enumerable.Range(1, 100).Select(n => new Roost.Mesh.Membership.HubView(MeshRig.IdOf(2), (ulong)(i * 100 + n + 1), true))]));
        }
        rig.Hub.World.Run(TimeSpan.FromSeconds(0.1));
        Assert.Empty(rig.Sent<MeshFrame.News>(honest));
    }

    [Fact]
    public void Who_was_not_asked_to_be_a_neighbour_is_none()
    {
        var rig = new MeshRig(options => options with { Neighbours = 2, MaxNeighbours = 2 });
        var links = Enumerable.Range(2, 12).Select(hub => rig.Link(hub)).ToList();
        rig.Hub.Effects.Clear();
        foreach (var link in links)
        {
            rig.Hear(link, new MeshFrame.Neighbourly(true));
        }
        Assert.Equal(2, rig.Mesh.Hubs().Count(hub => hub.IsNeighbour)); // All were asked while none had answered.
        Assert.Equal(10, rig.Hub.Take<HubEffect.ToMesh>().Count(effect => effect.Effect is MeshEffect.Send { Frame: MeshFrame.Neighbourly { Yes: false } }));
        var late = rig.Link(20);
        rig.Hear(late, new MeshFrame.Neighbourly(true));
        Assert.False(rig.Mesh.Hubs().Single(hub => hub.Id == MeshRig.IdOf(20)).IsNeighbour);
    }

    [Fact]
    public void An_answer_about_an_id_in_use_counts_only_from_the_hub_that_has_the_guest()
    {
        var rig = new MeshRig();
        var (honest, rogue) = (rig.Link(2), rig.Link(3));
        var key = new PeerKey(MeshRig.Net, MeshRig.PeerOf(10));
        rig.Hear(honest, new MeshFrame.Put([MeshRig.Guest(10, 2, 1)]));
        var guest = rig.Hub.Open(10);
        rig.Hub.Say(new HubInput.Entered(guest, MeshRig.PeerOf(10), Bound: false, new("roost", "")));
        Assert.Equal(key, rig.Sent<MeshFrame.Contest>(honest).Single().Key);
        rig.Hear(rogue, new MeshFrame.Contested(key, true));
        Assert.DoesNotContain(rig.Hub.Effects, effect => effect is HubEffect.Refuse or HubEffect.Abort);
        rig.Hear(honest, new MeshFrame.Contested(key, true));
        Assert.Equal(Refusal.IdInUse, rig.Hub.Take<HubEffect.Refuse>().Single().Why);
    }

    [Fact]
    public void Signals_of_unproven_sources_take_no_more_than_a_quarter_of_what_may_wait()
    {
        var rig = new MeshRig(options => options with { FullUpTo = 0, MaxParked = 40, MaxParkedBytes = 1_000_000 });
        var links = Enumerable.Range(2, 12).Select(hub => rig.Link(hub)).ToList();
        rig.Hub.World.Run(TimeSpan.FromSeconds(1));
        rig.Enter(10);
        rig.Hear(links[1], [.. Enumerable.Range(100, 60).Select(peer => MeshRig.Signal(peer, 10))]);
        Assert.Equal(10, rig.Mesh.Parked);
        var large = MeshRig.Signal(500, 10) with { Body = new byte[200_000] };
        rig.Hear(links[2], large, large, large);
        Assert.Equal(11, rig.Mesh.Parked); // A second would be more than a quarter of the bytes.
        rig.Hub.Effects.Clear();
        rig.Hub.Say(new HubInput.Signal(new(10), 1, MeshRig.PeerOf(600), 0, "hi"u8.ToArray()));
        Assert.Equal(12, rig.Mesh.Parked);
        Assert.DoesNotContain(rig.Hub.Effects, effect => effect is HubEffect.Refuse);
        rig.Hub.World.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(0, rig.Mesh.Parked);
        rig.Hear(links[1], MeshRig.Signal(700, 10));
        Assert.Equal(1, rig.Mesh.Parked); // What it took it has back.
    }

    [Fact]
    public void A_hub_that_died_with_rooms_may_subscribe_to_as_many_again()
    {
        var rig = new MeshRig(options => options with { MaxRoomsPerHub = 3 });
        var honest = rig.Link(2);
        var here = rig.Enter(10);
        rig.Hub.Join(here, 1);
        for (int time = 0; time < 5; time++)
        {
            rig.Hear(honest, new MeshFrame.Subscribe([.. Enumerable.Range(1, 3).Select(room => new RoomKey(MeshRig.Net, HubRig.Room((byte)room)))]));
            Assert.NotEmpty(rig.Sent<MeshFrame.Interested>(honest)); // It is told of this hub, which is in the first of them.
            rig.Tell(new MeshInput.LinkDown(honest, LinkRefusal.Leaving));
            honest = rig.Link(2);
            rig.Hub.Effects.Clear();
        }
    }

    [Fact]
    public void Questions_that_cost_more_than_they_weigh_are_answered_so_often_and_not_more()
    {
        var rig = new MeshRig(options => options with { Questions = new(1, 100) });
        var (honest, rogue) = (rig.Link(2), rig.Link(3));
        var guest = rig.Hub.Open(10);
        rig.Hub.Say(new HubInput.Entered(guest, MeshRig.PeerOf(10), Bound: false, new("roost", "")));
        rig.Hub.Effects.Clear();
        var key = new PeerKey(MeshRig.Net, MeshRig.PeerOf(10));
        rig.Hear(rogue, [.. Enumerable.Repeat(new MeshFrame.Contest(key), 1_000)]);
        Assert.InRange(rig.Hub.Take<HubEffect.Probe>().Count, 1, 10);
        rig.Hear(rogue, [.. Enumerable.Range(1, 1_000).Select(i => new MeshFrame.Have([.. Enumerable.Range(i * 1_000, 100).Select(n => (ulong)n)]))]);
        rig.Hear(rogue, [.. Enumerable.Repeat(new MeshFrame.Views([.. Enumerable.Range(0, 256).Select(n => (byte)n)], []), 1_000)]);
        Assert.InRange(rig.Sent<MeshFrame.News>(rogue).Count, 0, 100);
        rig.Hear(honest, new MeshFrame.Contest(key));
        Assert.Single(rig.Hub.Take<HubEffect.Probe>());
    }

    [Fact]
    public void Guests_of_networks_that_do_not_exist_fill_no_more_than_one_hubs_share()
    {
        var rig = new HubRig(new HubLimits { MaxGuestsElsewhere = 40 });
        var options = new MeshOptions { Self = new LinkSelf(MeshRig.KeyOf(1), 1, "", [], static _ => true) };
        rig.Core.JoinMesh(options);
        rig.Say(new HubInput.FromMesh(new MeshInput.Started()));
        rig.Say(new HubInput.FromMesh(new MeshInput.LinkUp(new(1), MeshRig.KeyOf(3).PublicKey, 1, null, Reach.Public)));
        rig.Say(new HubInput.FromMesh(new MeshInput.Received(new(1), [.. Enumerable.Range(1, 200).Select(n => new MeshFrame.Guest(new((ulong)n), MeshRig.PeerOf(n), 3, default))])));
        Assert.Equal(10, rig.Core.GuestsElsewhere);
        rig.Say(new HubInput.FromMesh(new MeshInput.Received(new(1), [new MeshFrame.GuestGone(new(1), MeshRig.PeerOf(1), false)])));
        Assert.Equal(9, rig.Core.GuestsElsewhere);
        rig.Say(new HubInput.FromMesh(new MeshInput.LinkDown(new(1), LinkRefusal.Leaving)));
        Assert.Equal(0, rig.Core.GuestsElsewhere);
    }

    [Fact]
    public void Leases_of_many_homes_share_what_there_is()
    {
        var rig = new MeshRig(options => options with { MaxLeases = 100 });
        for (int hub = 2; hub < 22; hub++)
        {
            var link = rig.Link(hub);
            rig.Hear(link, new MeshFrame.Put([.. Enumerable.Range(hub * 1_000, 200).Select(peer => MeshRig.Guest(peer, hub))]));
        }
        Assert.InRange(rig.Mesh.Leases, 100, 400);
    }

    [Fact]
    public void A_hub_that_made_room_for_another_takes_its_members_along()
    {
        var rig = new MeshRig(options => options with { MaxHubs = 2 });
        var honest = rig.Link(2);
        var here = rig.Enter(10);
        rig.Hub.Join(here, 1);
        var room = new RoomKey(MeshRig.Net, HubRig.Room(1));
        rig.Hear(honest, new MeshFrame.Roster(room, false, true, [new Member(MeshRig.PeerOf(20), default, true)]));
        rig.Tell(new MeshInput.LinkDown(honest, LinkRefusal.Idle));
        rig.Hub.Effects.Clear();
        rig.Link(3);
        rig.Link(4); // One of the two others makes room; the one without a link.
        Assert.DoesNotContain(rig.Mesh.Hubs(), hub => hub.Id == MeshRig.IdOf(2));
        Assert.Equal(MeshRig.PeerOf(20), rig.Hub.Take<HubEffect.MemberLeft>().Single().Peer);
    }

    [Fact]
    public void Ids_that_somebody_chose_do_not_share_one_place_in_a_table()
    {
        // Halves that cancel each other out, as XOR would have it: peers, rooms, networks, one peer in many networks.
        const int count = 2_000;
        static ulong Folded(int n) => (ulong)n << 32 | (uint)n;
        static PeerId Peer(int n)
        {
            var bytes = new byte[PeerId.Size];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, Folded(n));
            return PeerId.FromBytes(bytes);
        }
        static int Places(Func<int, int> hashOf) => Enumerable.Range(0, count).Select(hashOf).Distinct().Count();
        Assert.InRange(Places(n => Peer(n).GetHashCode()), count - 5, count);
        Assert.InRange(Places(n => new Id16(Folded(n), 7).GetHashCode()), count - 5, count);
        Assert.InRange(Places(n => new NetId(Folded(n)).GetHashCode()), count - 5, count);
        Assert.InRange(Places(n => new PeerKey(new((ulong)n << 32), Peer(1)).GetHashCode()), count - 5, count);
        Assert.InRange(Places(n => new PeerKey(new(1), Peer(n)).GetHashCode()), count - 5, count);
        Assert.InRange(Places(n => new RoomKey(new(1), new(new Id16(7, Folded(n)))).GetHashCode()), count - 5, count);
    }

    private static void Neighbour(MeshRig rig, LinkId link) => rig.Hear(link, new MeshFrame.Neighbour(false));

    private static ulong OwnIncarnation(MeshRig rig, LinkId link)
    {
        rig.Hear(link, new MeshFrame.Want([MeshRig.IdOf(1)]));
        return rig.Sent<MeshFrame.News>(link).SelectMany(news => news.Records).Last(record => record.Id == MeshRig.IdOf(1)).Incarnation;
    }
}
