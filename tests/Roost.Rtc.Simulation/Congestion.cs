using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;
using Roost.Testing;

namespace Roost.Rtc.Simulation;

/// <summary>Throughput over lines with delay, loss and bottlenecks, in virtual time: no processor limits it.</summary>
public static class Congestion
{
    private const int MessageBytes = 16 * 1024;

    /// <summary>Bytes per second over a line, one way, after the connection stands.</summary>
    /// <param name="line">The line that data takes.</param>
    /// <param name="totalBytes">What is sent.</param>
    /// <param name="seed">Of all dice.</param>
    /// <param name="sctp">Other than the usual options.</param>
    /// <param name="load">What else the machines of both do; null: nothing.</param>
    /// <param name="outage">For so long nothing gets through, 300 ms after the start. Counts as time.</param>
    public static double Measure(SimLinkOptions line, long totalBytes, int seed, SctpOptions? sctp = null, MachineLoad? load = null, TimeSpan outage = default)
    {
        var world = new SimWorld(new SeededDice(seed));
        var options = new PeerOptions { Sctp = sctp ?? new SctpOptions() };
        var (sender, receiver) = Pair(world, 1, new SimLink(line, world.Dice), new SimLink(line with { Rate = 0 }, world.Dice), options);
        var flow = new Bulk(world, sender, receiver, totalBytes);
        if (load is not null)
        {
            sender.WaitForProcessor = () => load.Wait(world.Dice);
            receiver.WaitForProcessor = () => load.Wait(world.Dice);
        }
        if (outage > TimeSpan.Zero)
        {
            world.RunUntil(() => flow.Received > 0, TimeSpan.FromMinutes(1));
            world.After(TimeSpan.FromMilliseconds(300), () => sender.IsDown = true);
            world.After(TimeSpan.FromMilliseconds(300) + outage, () => sender.IsDown = false);
        }
        if (!world.RunUntil(() => flow.Received >= totalBytes, TimeSpan.FromMinutes(10)))
        {
            throw new InvalidOperationException($"stuck at {flow.Received} of {totalBytes}: {sender.Core.SctpStatistics}");
        }
        return flow.Received / (world.Now - flow.StartedAt).TotalSeconds;
    }

    /// <summary>Two flows through one bottleneck, the second a little later; the share of the first while both run.</summary>
    public static double Share(SimLinkOptions line, int seed)
    {
        var world = new SimWorld(new SeededDice(seed));
        var (up, down) = (new SimLink(line, world.Dice), new SimLink(line with { Rate = 0 }, world.Dice));
        var (first, firstEnd) = Pair(world, 1, up, down, new PeerOptions());
        var (second, secondEnd) = Pair(world, 3, up, down, new PeerOptions());
        var one = new Bulk(world, first, firstEnd, long.MaxValue);
        var two = new Bulk(world, second, secondEnd, long.MaxValue);
        world.RunUntil(() => false, TimeSpan.FromSeconds(20));
        var (oneBefore, twoBefore) = (one.Received, two.Received);
        world.RunUntil(() => false, TimeSpan.FromSeconds(60));
        double oneDone = one.Received - oneBefore, twoDone = two.Received - twoBefore;
        return oneDone / (oneDone + twoDone);
    }

    private static (SimHost, SimHost) Pair(SimWorld world, uint number, SimLink up, SimLink down, PeerOptions options)
    {
        var instant = new SimLinkOptions { Latency = TimeSpan.Zero };
        var sender = new SimHost(world, $"sender {number}", new TransportAddress(0x01000000 + number, true, 5000), null, up, down, options);
        var receiver = new SimHost(world, $"receiver {number}", new TransportAddress(0x01000001 + number, true, 5000), null,
            new SimLink(instant, world.Dice), new SimLink(instant, world.Dice), options);
        Scenario.SignalBetween(world, sender, receiver);
        return (sender, receiver);
    }

    /// <summary>Sends messages as fast as the connection takes them.</summary>
    private sealed class Bulk
    {
        private const long Ahead = 4 << 20;
        private readonly SimHost _sender;
        private readonly long _total;
        private long _sent;
        private long _left;

        internal Bulk(SimWorld world, SimHost sender, SimHost receiver, long total)
        {
            _sender = sender;
            _total = total;
            receiver.Message = (_, _, length, _) => Received += length;
            sender.Noticed += notice =>
            {
                if (notice is PeerNotice.ChannelChanged { State: DataChannelState.Open } opened)
                {
                    StartedAt = world.Now;
                    world.After(TimeSpan.Zero, () => Feed(world, opened.Channel));
                }
            };
            sender.Do((core, now) => core.CreateChannel(new DataChannelInit { Label = "bulk" }, now, out _));
            Scenario.Negotiate(world, sender, receiver, crossing: false);
        }

        internal long Received { get; private set; }
        internal Instant StartedAt { get; private set; }

        private void Feed(SimWorld world, PeerChannel channel)
        {
            while (_sent < _total && _sent - Received < Ahead * 2 && _sender.Core.QueuedBytes < Ahead)
            {
                _sender.Do((core, now) => core.Send(channel, MessagePool.Rent(MessageBytes), MessageBytes, isText: false, now));
                _sent += MessageBytes;
            }
            _left = _total - _sent;
            if (_left > 0)
            {
                world.After(TimeSpan.FromMilliseconds(1), () => Feed(world, channel));
            }
        }
    }
}
