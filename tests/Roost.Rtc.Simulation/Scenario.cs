using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Ice;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;
using Roost.Rtc.Sdp;
using Roost.Testing;

namespace Roost.Rtc.Simulation;

/// <summary>What one seed does: a network, two peers, channels of all kinds, traffic both ways, now and then a restart, then the close.</summary>
public static class Scenario
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DeliverWithin = TimeSpan.FromSeconds(300);

    /// <summary>Runs a seed; throws when something that must hold does not.</summary>
    /// <returns>What happened, in one line.</returns>
    public static string Run(int seed)
    {
        var dice = new SeededDice(seed);
        var world = new SimWorld(dice);
        var options = OptionsOf(dice);
        var (a, b) = (HostOf(world, dice, "A", 1, options), HostOf(world, dice, "B", 2, options));
        SignalBetween(world, a, b);
        var traffic = new Traffic(world, a, b);
        traffic.MakeChannels();
        var crossing = dice.Next(10) == 0;
        Negotiate(world, a, b, crossing);
        var connected = world.RunUntil(() => a.Core.State == PeerState.Connected && b.Core.State == PeerState.Connected, ConnectWithin);
        if (!connected)
        {
            return MustConnect(a, b)
                ? throw new InvalidOperationException($"no connection: A {a.Nat} {a.Core.State}, B {b.Nat} {b.Core.State}, wakes {a.Core.NextWake} / {b.Core.NextWake}")
                : $"no path, as such NATs make it (A {a.Nat}, B {b.Nat})";
        }
        if (dice.Next(5) == 0)
        {
            world.After(TimeSpan.FromMilliseconds(dice.Next(500)), () => RestartIce(world, a, b));
        }
        if (!world.RunUntil(() => traffic.IsComplete, DeliverWithin))
        {
            throw new InvalidOperationException(
                $"not delivered: {traffic}; wakes {a.Core.NextWake} / {b.Core.NextWake}; A {a.Core.SctpStatistics}; B {b.Core.SctpStatistics}");
        }
        traffic.CloseChannels();
        if (!world.RunUntil(() => a.Core.ChannelCount == 0 && b.Core.ChannelCount == 0, DeliverWithin))
        {
            throw new InvalidOperationException($"channels do not close: {a.Core.ChannelCount} and {b.Core.ChannelCount} left; wakes {a.Core.NextWake} / {b.Core.NextWake}; A {a.Core.SctpStatistics}");
        }
        a.Do((core, now) => { core.Close(now); return true; });
        return $"{traffic} in {world.Steps} steps";
    }

    /// <summary>Exchanges offer and answer with some delay; crossing: both offer at once, and the second peer yields.</summary>
    public static void Negotiate(SimWorld world, SimHost a, SimHost b, bool crossing)
    {
        a.Do((core, now) => core.SetLocal(SdpType.Offer, now));
        a.Gather(stun: true);
        var offer = a.Core.LocalDescription();
        if (crossing)
        {
            b.Do((core, now) => core.SetLocal(SdpType.Offer, now));
            b.Gather(stun: true);
        }
        world.After(TimeSpan.FromMilliseconds(50), () =>
        {
            Check(b.Do((core, now) => core.SetRemote(offer, now)));
            Check(b.Do((core, now) => core.SetLocal(SdpType.Answer, now)));
            if (!crossing)
            {
                b.Gather(stun: true);
            }
            var answer = b.Core.LocalDescription();
            world.After(TimeSpan.FromMilliseconds(50), () => Check(a.Do((core, now) => core.SetRemote(answer, now))));
        });
    }

    public static void SignalBetween(SimWorld world, SimHost a, SimHost b)
    {
        a.Noticed += notice => Trickle(world, b, notice);
        b.Noticed += notice => Trickle(world, a, notice);
    }

    private static void RestartIce(SimWorld world, SimHost a, SimHost b)
    {
        if (a.Core.State != PeerState.Connected || a.Core.Signaling != SignalingState.Stable)
        {
            return;
        }
        a.Core.RestartIce();
        Check(a.Do((core, now) => core.SetLocal(SdpType.Offer, now)));
        var offer = a.Core.LocalDescription();
        world.After(TimeSpan.FromMilliseconds(30), () =>
        {
            Check(b.Do((core, now) => core.SetRemote(offer, now)));
            Check(b.Do((core, now) => core.SetLocal(SdpType.Answer, now)));
            var answer = b.Core.LocalDescription();
            world.After(TimeSpan.FromMilliseconds(30), () => Check(a.Do((core, now) => core.SetRemote(answer, now))));
        });
    }

    private static void Trickle(SimWorld world, SimHost to, PeerNotice notice)
    {
        if (notice is PeerNotice.Candidate candidate)
        {
            world.After(TimeSpan.FromMilliseconds(20), () => to.Do((core, now) => { core.AddCandidate(candidate.Value, now); return true; }));
        }
    }

    private static void Check(DescriptionProblem? problem)
    {
        if (problem is not null)
        {
            throw new InvalidOperationException(problem.Message);
        }
    }

    private static PeerOptions OptionsOf(Dice dice) => new()
    {
        Sctp = new SctpOptions
        {
            Interleaving = dice.Next(2) == 0,
            ZeroChecksum = dice.Next(2) == 0,
            ReceiveWindowBytes = dice.Next(3) == 0 ? 128 * 1024 : 1 << 20,
            MaxMessageBytes = 100_000,
        },
    };

    private static SimHost HostOf(SimWorld world, Dice dice, string name, uint number, PeerOptions options)
    {
        var line = new SimLinkOptions
        {
            Latency = TimeSpan.FromMilliseconds(1 + dice.Next(60)),
            Jitter = dice.NextDouble() * 0.3,
            Loss = dice.Next(2) == 0 ? 0 : dice.NextDouble() * 0.05,
            Duplication = dice.Next(3) == 0 ? dice.NextDouble() * 0.05 : 0,
            Reordering = dice.Next(3) == 0 ? dice.NextDouble() * 0.1 : 0,
            Rate = dice.Next(2) == 0 ? 0 : 100_000 + dice.Next(5_000_000),
            QueueBytes = 30_000 + dice.Next(200_000),
        };
        var nat = dice.Next(4) == 0 ? null
            : new SimNat(0xC0000200 + number, (NatBehaviour)dice.Next(3), (NatBehaviour)dice.Next(3), dice.Next(2) == 0);
        var address = new TransportAddress((nat is null ? 0x01000000u : 0x0A000000u) + number, true, (ushort)(5000 + number));
        return new SimHost(world, name, address, nat, new SimLink(line, dice), new SimLink(line with { Rate = 0 }, dice), options)
        {
            PathMtu = dice.Next(2) == 0 ? 1472 : 1250,
        };
    }

    /// <summary>NATs that always let a direct path through: one side without NAT, or endpoint-independent mappings on both.</summary>
    private static bool MustConnect(SimHost a, SimHost b) =>
        a.Nat is null || b.Nat is null
        || (a.Nat.Mapping == NatBehaviour.EndpointIndependent && b.Nat.Mapping == NatBehaviour.EndpointIndependent);
}
