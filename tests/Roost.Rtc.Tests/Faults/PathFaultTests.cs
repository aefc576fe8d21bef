using Roost.Core.Cores;
using Roost.Rtc.Ice;
using Roost.Rtc.Peer;
using Roost.Rtc.Sdp;
using Roost.Rtc.Simulation;

namespace Roost.Rtc.Tests.Faults;

public sealed class PathFaultTests
{
    [Fact]
    public void A_peer_that_vanishes_is_missed_after_seconds_given_up_after_half_a_minute_and_then_left_alone()
    {
        var pair = new SimPair().Connect();
        pair.B.IsDown = true;
        var since = pair.World.Now;
        pair.Say("into the void");
        pair.Until(() => pair.A.Core.State == PeerState.Disconnected, "disconnected");
        Assert.InRange((pair.World.Now - since).TotalSeconds, 1, 15);
        pair.Until(() => pair.A.Core.State == PeerState.Failed, "failed");
        Assert.InRange((pair.World.Now - since).TotalSeconds, 24, 40);
        pair.Run(TimeSpan.FromMinutes(1)); // checks that were under way are repeated to their end
        var said = 0;
        pair.World.Sent = (from, _, _) => said += from == pair.A ? 1 : 0;
        pair.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(0, said);
    }

    [Fact]
    public void A_peer_that_comes_back_in_time_gets_what_was_said_meanwhile()
    {
        var pair = new SimPair().Connect();
        pair.B.IsDown = true;
        pair.Say("are you there?");
        pair.Run(TimeSpan.FromSeconds(15));
        Assert.Equal(PeerState.Disconnected, pair.A.Core.State);
        pair.B.IsDown = false;
        pair.Until(() => pair.A.Core.State == PeerState.Connected && pair.Heard("are you there?"), "back");
    }

    [Theory]
    [InlineData(NatBehaviour.EndpointIndependent)]
    [InlineData(NatBehaviour.AddressAndPortDependent)]
    public void A_NAT_that_forgets_its_mappings_costs_seconds_not_the_connection(NatBehaviour mapping)
    {
        var nat = new SimNat(0xC0000201, mapping, NatBehaviour.AddressAndPortDependent, hairpin: false);
        var pair = new SimPair(nat).Connect();
        var before = pair.B.Core.Path!.Remote;
        nat.Forget();
        pair.Says("from another port", withinSeconds: 30);
        Assert.NotEqual(before, pair.B.Core.Path!.Remote);
        Assert.NotEqual(PeerState.Failed, pair.A.Core.State);
    }

    [Fact]
    public void A_host_with_a_new_address_goes_on_after_an_ice_restart_with_the_same_channel()
    {
        var pair = new SimPair().Connect();
        pair.A.Move(new TransportAddress(0x01000077, true, 6000));
        pair.Say("while moving");
        pair.A.Core.RestartIce();
        pair.Negotiate();
        pair.Until(() => pair.Heard("while moving"), "arrived from the new address");
        Assert.Equal(pair.A.Address, pair.B.Core.Path!.Remote);
    }

    [Fact]
    public void Both_sides_may_restart_at_once()
    {
        var pair = new SimPair().Connect();
        pair.A.Core.RestartIce();
        pair.B.Core.RestartIce();
        Assert.Null(pair.B.Do((core, now) => core.SetLocal(SdpType.Offer, now)));
        var before = pair.A.Core.LocalUsernameFragment;
        pair.Negotiate(); // the second peer's offer crosses this one and is taken back
        Assert.NotEqual(before, pair.A.Core.LocalUsernameFragment);
        pair.Says("after both restarts");
        pair.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(PeerState.Connected, pair.A.Core.State);
        Assert.Equal(PeerState.Connected, pair.B.Core.State);
    }

    [Fact]
    public void A_restart_that_is_taken_back_leaves_everything_as_it_was()
    {
        var pair = new SimPair().Connect();
        var before = pair.A.Core.LocalUsernameFragment;
        pair.A.Core.RestartIce();
        Assert.Null(pair.A.Do((core, now) => core.SetLocal(SdpType.Offer, now)));
        Assert.NotEqual(before, pair.A.Core.LocalUsernameFragment);
        pair.Run(TimeSpan.FromSeconds(10));
        Assert.Null(pair.A.Do((core, now) => core.SetLocal(SdpType.Rollback, now)));
        Assert.Equal(before, pair.A.Core.LocalUsernameFragment);
        pair.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(PeerState.Connected, pair.A.Core.State);
        Assert.Equal(PeerState.Connected, pair.B.Core.State);
        pair.Says("as before");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flood_of_candidates_costs_a_bounded_number_of_checks(bool beforeTheDescription)
    {
        var pair = new SimPair();
        if (!beforeTheDescription)
        {
            pair.Connect();
        }
        var said = 0;
        pair.World.Sent = (from, to, _) => said += from == pair.A && to != pair.B.Address ? 1 : 0;
        for (var i = 0; i < 100_000; i++)
        {
            var line = $"candidate:{i} 1 udp {2_000_000_000 - i} 2.{i >> 16}.{i >> 8 & 255}.{i & 255} 4000 typ host";
            Assert.True(IceCandidate.TryParse(line, out var candidate));
            pair.A.Do((core, now) => { core.AddCandidate(candidate, now); return true; });
        }
        if (beforeTheDescription)
        {
            pair.Connect();
        }
        pair.Run(TimeSpan.FromMinutes(2));
        Assert.InRange(said, 0, 64 * 8);
        pair.Says("still here");
    }

    [Fact]
    public void A_peer_that_opens_more_channels_than_allowed_has_them_closed_and_the_others_work()
    {
        var pair = new SimPair(options: new PeerOptions { MaxChannels = 2000 }).Connect();
        var channels = Enumerable.Range(0, 1999).Select(i => pair.B.Do((core, now) => core.CreateChannel(new() { Label = $"{i}" }, now, out _))!).ToList();
        pair.Until(() => pair.A.Core.ChannelCount == 2000, "two thousand channels");
        Assert.Null(pair.B.Do((core, now) => core.CreateChannel(new(), now, out _)));
        // A peer of another make has other limits: here one that forgot a channel it had.
        pair.A.Do((core, now) => { core.CloseChannel(pair.Channel, now); return true; });
        pair.Until(() => pair.A.Core.ChannelCount == 1999 && pair.B.Core.ChannelCount == 1999, "one closed");
        Assert.NotNull(pair.B.Do((core, now) => core.CreateChannel(new(), now, out _)));
        Assert.NotNull(pair.A.Do((core, now) => core.CreateChannel(new(), now, out _)));
        pair.Until(() => pair.A.Core.ChannelCount == 2000 && pair.B.Core.ChannelCount == 2000, "the crossing ones are closed on both sides");
        Assert.All(channels, c => Assert.Equal(DataChannels.DataChannelState.Open, c.State));
    }
}
