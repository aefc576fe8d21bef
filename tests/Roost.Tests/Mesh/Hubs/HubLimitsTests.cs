using Roost.Mesh.Hubs;

namespace Roost.Tests.Mesh.Hubs;

/// <summary>Every named limit, overfilled.</summary>
public class HubLimitsTests
{
    [Fact]
    public void Connections_of_the_hub_and_of_one_address_are_counted()
    {
        var rig = new HubRig(new() { MaxConnections = 3, MaxConnectionsPerAddress = 2 });
        rig.Open(1);
        rig.Open(2);
        rig.Open(3);
        Assert.Equal(Refusal.HubFull, rig.Refused());
        rig.Open(4, address: 2);
        rig.Open(5, address: 3);
        Assert.Equal(Refusal.HubFull, rig.Refused());
        rig.Say(new HubInput.Closed(new(1)));
        rig.Open(6);
        Assert.Empty(rig.Take<HubEffect.Refuse>());
    }

    [Fact]
    public void Ten_thousand_rooms_from_one_address_are_refused_and_cost_nothing_afterwards()
    {
        var rig = new HubRig(new() { MaxRoomsPerConnection = 64, MaxRoomsPerAddress = 1_000 });
        int joined = 0, refused = 0;
        for (int n = 1; n <= 10_000 / 64 + 1; n++)
        {
            var id = rig.Enter(n);
            for (int room = 0; room < 64; room++)
            {
                rig.Join(id, n * 100 + room);
            }
            joined += rig.Effects.OfType<HubEffect.Members>().Count();
            refused += rig.Take<HubEffect.Refuse>().Count(refusal => refusal.Why == Refusal.TooManyRooms);
        }
        Assert.Equal((1_000, 1_000), (joined, rig.Core.Rooms));
        Assert.Equal(157 * 64 - 1_000, refused);
        rig.Join(rig.Enter(9_999, address: 2), 1);
        Assert.Single(rig.Take<HubEffect.Members>());
        for (int n = 1; n <= 157; n++)
        {
            rig.Say(new HubInput.Closed(new(n)));
        }
        Assert.Equal((1, 1), (rig.Core.Rooms, rig.Core.Connections));
    }

    [Fact]
    public void One_connection_s_rooms_one_room_s_members_and_all_rooms_have_limits()
    {
        var rig = new HubRig(new() { MaxRoomsPerConnection = 2, MaxMembersPerRoom = 2, MaxRooms = 3 });
        var a = rig.Enter(1);
        rig.Join(a, 1);
        rig.Join(a, 2);
        rig.Join(a, 3);
        Assert.Equal(Refusal.TooManyRooms, rig.Refused());
        rig.Join(rig.Enter(2), 1);
        rig.Take<HubEffect>();
        rig.Join(rig.Enter(3), 1);
        Assert.Equal(Refusal.RoomFull, rig.Refused());
        rig.Join(new(3), 4);
        rig.Join(new(3), 5);
        Assert.Equal(Refusal.TooManyRooms, rig.Refused());
        rig.Join(a, 1); // Again: costs nothing, so it is not refused.
        Assert.Empty(rig.Take<HubEffect.Refuse>());
    }

    [Fact]
    public void A_card_that_others_would_be_sent_is_small()
    {
        var rig = new HubRig(new() { MaxCardBytes = 10 });
        rig.Guest(1);
        rig.Say(new HubInput.Announced(new(1), 3, new("pigeon", "n"), new byte[11], 3));
        Assert.Equal(Refusal.CardTooLarge, rig.Refused());
    }

    [Fact]
    public void A_reader_with_too_many_gaps_to_count_is_closed()
    {
        var rig = new HubRig(new() { MaxGapsPerConnection = 2 });
        var slow = rig.Enter(1);
        foreach (int from in (int[])[2, 3, 2, 2])
        {
            rig.Say(new HubInput.Dropped(slow, HubRig.Room(1), HubRig.Peer(from)));
        }
        rig.Say(new HubInput.Writable(slow));
        Assert.Equal([(HubRig.Peer(2), 3u), (HubRig.Peer(3), 1u)], rig.Take<HubEffect.Gap>().Select(gap => (gap.From, gap.Dropped)));
        foreach (int from in (int[])[2, 3, 4])
        {
            rig.Say(new HubInput.Dropped(slow, HubRig.Room(1), HubRig.Peer(from)));
        }
        Assert.Equal(Refusal.SlowReader, rig.Refused());
    }

    [Fact]
    public void Bound_ids_are_forgotten_oldest_first_and_after_their_time()
    {
        var rig = new HubRig(new() { MaxBoundIds = 2, BoundFor = TimeSpan.FromDays(2) });
        foreach (int n in (int[])[1, 2, 3])
        {
            rig.Enter(n);
        }
        Assert.Equal(3, rig.Take<HubEffect.RememberBound>().Count);
        rig.Guest(11, peer: 1);
        Assert.Single(rig.Take<HubEffect.Admit>());
        rig.Guest(12, peer: 2);
        Assert.Equal(Refusal.IdIsBound, rig.Refused());
        for (int n = 1; n <= 11; n++)
        {
            rig.Say(new HubInput.Closed(new(n)));
        }
        rig.World.Run(TimeSpan.FromDays(2));
        rig.Guest(13, peer: 2);
        Assert.Single(rig.Take<HubEffect.Admit>());
    }

    [Theory]
    [InlineData(10, 5, 0)]
    [InlineData(10, 5, 2)]
    public void A_bucket_gives_its_burst_and_then_its_rate(double perSecond, double burst, int waited)
    {
        var now = Core.Cores.Instant.Epoch;
        var bucket = new RateBucket(new(perSecond, burst), now);
        int taken = 0;
        while (bucket.TryTake(1, now))
        {
            taken++;
        }
        Assert.Equal(burst, taken);
        Assert.Equal(waited > 0, bucket.TryTake(1, now + TimeSpan.FromSeconds(waited)));
        Assert.False(bucket.TryTake(burst + 1, now + TimeSpan.FromHours(1)));
    }
}
