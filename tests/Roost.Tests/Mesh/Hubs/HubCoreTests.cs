using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;
using Roost.Testing;

namespace Roost.Tests.Mesh.Hubs;

public class HubCoreTests
{
    [Fact]
    public void A_newer_proof_replaces_the_older_connection_and_its_late_close_changes_nothing()
    {
        var rig = new HubRig();
        var old = rig.Enter(1);
        var other = rig.Enter(2);
        rig.Join(old, 1);
        rig.Join(other, 1);
        rig.Take<HubEffect>();
        var newer = rig.Enter(3, peer: 1);
        Assert.Equal((old, Refusal.Replaced), rig.Effects.OfType<HubEffect.Refuse>().Select(e => (e.To, e.Why)).Single());
        Assert.Equal(LeftReason.Replaced, rig.Take<HubEffect.MemberLeft>().Single().Reason);
        rig.Say(new HubInput.Closed(old));
        rig.Say(new HubInput.Signal(other, 0, HubRig.Peer(1), 0, default));
        Assert.Equal(newer, rig.Take<HubEffect.Signal>().Single().To);
        Assert.Equal(2, rig.Core.Connections);
    }

    [Fact]
    public void Networks_and_dialects_do_not_see_each_other()
    {
        var rig = new HubRig();
        rig.Enter(1, network: "red");
        rig.Enter(2, network: "blue");
        rig.Guest(3, network: "red");
        foreach (int target in (int[])[2, 3])
        {
            rig.Say(new HubInput.Signal(new(1), 9, HubRig.Peer(target), 0, default));
            Assert.Equal(Refusal.TargetUnknown, rig.Refused());
        }
        rig.Join(new(1), 1);
        rig.Join(new(2), 1);
        Assert.All(rig.Take<HubEffect.Members>(), members => Assert.Empty(members.List));
    }

    [Fact]
    public void Viewers_of_hosts_only_hear_of_hosts_only()
    {
        var rig = new HubRig();
        var host = rig.Enter(1);
        var viewer = rig.Enter(2);
        var another = rig.Enter(3);
        rig.Join(viewer, 1, hostsOnly: true);
        rig.Take<HubEffect>();
        rig.Join(host, 1, host: true);
        Assert.Equal([viewer], To(rig.Take<HubEffect.MemberJoined>().Single().To));
        rig.Join(another, 1, hostsOnly: true);
        Assert.Single(rig.Effects.OfType<HubEffect.Members>().Single().List);
        Assert.Equal([host], To(rig.Take<HubEffect.MemberJoined>().Single().To));
        rig.Say(new HubInput.Cast(viewer, 0, HubRig.Room(1), default));
        Assert.Equal([host, another], To(rig.Take<HubEffect.Cast>().Single().To).OrderBy(id => id.Value));
        rig.Say(new HubInput.Closed(viewer));
        Assert.Equal([host], To(rig.Take<HubEffect.MemberLeft>().Single().To));
    }

    [Fact]
    public void A_long_list_of_members_comes_in_frames_that_fit()
    {
        var rig = new HubRig();
        for (int n = 1; n <= 2_000; n++)
        {
            rig.Join(rig.Enter(n), 1);
        }
        rig.Take<HubEffect>();
        rig.Join(rig.Enter(5_000), 1);
        var parts = rig.Take<HubEffect.Members>();
        Assert.Equal([true, false], parts.Select(part => part.More));
        Assert.Equal(2_000, parts.Sum(part => part.List.Count));
        Assert.All(parts, part => Assert.InRange(DoorCodec.ToArray(new DoorFrame.Members(part.Room, part.More, part.List), DoorSide.Hub).Length, 1, DoorTypes.MaxMessage));
    }

    [Fact]
    public void Silence_is_asked_about_and_then_ended_and_a_word_saves()
    {
        var rig = new HubRig();
        rig.Enter(1);
        rig.Enter(2);
        rig.Open(3);
        rig.World.Run(TimeSpan.FromSeconds(6));
        Assert.Equal((new ConnectionId(3), Refusal.TooSlow), rig.Take<HubEffect.Refuse>().Select(e => (e.To, e.Why)).Single());
        rig.World.Run(TimeSpan.FromSeconds(21));
        Assert.Equal(2, rig.Take<HubEffect.Probe>().Count);
        rig.Say(new HubInput.Heard(new(1)));
        rig.World.Run(TimeSpan.FromSeconds(21));
        Assert.Equal([new ConnectionId(2)], rig.Take<HubEffect.Abort>().Select(e => e.To));
        Assert.Equal(1, rig.Core.Connections);
    }

    [Fact]
    public void An_empty_hub_waits_for_nothing()
    {
        var rig = new HubRig();
        rig.Guest(1);
        rig.Guest(2);
        rig.Enter(3);
        foreach (int n in (int[])[1, 2, 3])
        {
            rig.Say(new HubInput.Closed(new(n)));
        }
        rig.World.Run(TimeSpan.FromHours(1));
        Assert.Null(rig.Core.NextWake);
        Assert.Equal((0, 0, 0), (rig.Core.Connections, rig.Core.Networks, rig.Core.Rooms));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_order_of_inputs_leaves_nothing_behind(int seed)
    {
        var rig = new HubRig(new() { MaxConnections = 40 }, seed);
        var dice = new SeededDice(seed + 100);
        for (int step = 0; step < 20_000; step++)
        {
            int n = 1 + dice.Next(60);
            var id = new ConnectionId(n);
            switch (dice.Next(11))
            {
                case 0: rig.Open(n + 1_000 * step); break;
                case 1: rig.Guest(n + 1_000 * step, peer: n); break;
                case 2: rig.Enter(n + 1_000 * step, peer: n, network: n % 2 == 0 ? "a" : "b"); break;
                case 3: rig.Join(Any(), n % 5, host: n % 3 == 0, hostsOnly: n % 2 == 0); break;
                case 4: rig.Say(new HubInput.Left(Any(), HubRig.Room(n % 5))); break;
                case 5: rig.Say(new HubInput.Signal(Any(), 0, HubRig.Peer(n), 0, default, Settles: true)); break;
                case 6: rig.Say(new HubInput.Cast(Any(), 0, HubRig.Room(n % 5), default)); break;
                case 7: rig.Say(new HubInput.Announced(Any(), 0, new("pigeon", $"net{n % 3}"), default, 3)); break;
                case 8: rig.Say(new HubInput.Goodbye(Any(), default)); break;
                case 9: rig.Say(new HubInput.Closed(Any())); break;
                default: rig.World.Run(TimeSpan.FromMilliseconds(dice.Next(3_000))); break;
            }
            ConnectionId Any() => rig.Effects.OfType<HubEffect.Admit>().Select(e => e.To).Append(new(999_999_999)).Take(60).OrderBy(_ => dice.Next(1_000)).First();
            if (rig.Effects.Count > 5_000)
            {
                rig.Effects.RemoveAll(effect => effect is not HubEffect.Admit);
                rig.Effects.RemoveRange(0, Math.Max(0, rig.Effects.Count - 60));
            }
        }
        rig.Say(new HubInput.ShuttingDown());
        Assert.Equal((0, 0, 0), (rig.Core.Connections, rig.Core.Networks, rig.Core.Rooms));
        rig.Open(1_000_000_000);
        Assert.Equal(Refusal.ShuttingDown, rig.Take<HubEffect.Refuse>()[^1].Why);
    }

    private static IEnumerable<ConnectionId> To(Recipients to) => to.All.Where(id => id != to.Except);
}
