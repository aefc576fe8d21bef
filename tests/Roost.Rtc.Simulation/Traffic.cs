using System.Buffers.Binary;
using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;

namespace Roost.Rtc.Simulation;

/// <summary>Channels with numbered messages both ways, and the law of each kind: reliable ones arrive once each, ordered ones in order.</summary>
public sealed class Traffic
{
    private const int Header = 8;
    private readonly SimWorld _world;
    private readonly SimHost _a;
    private int _channels;
    private readonly List<Flow> _flows = [];
    private readonly Dictionary<(SimHost, string), Flow> _expected = [];

    public Traffic(SimWorld world, SimHost a, SimHost b)
    {
        _world = world;
        _a = a;
        Listen(a);
        Listen(b);
        Other = host => host == a ? b : a;
    }

    private Func<SimHost, SimHost> Other { get; }

    public bool IsComplete => _flows.Count == 2 * _channels && _flows.TrueForAll(f => f.IsComplete);

    public void MakeChannels()
    {
        var dice = _world.Dice;
        _channels = 1 + dice.Next(4);
        for (var i = _channels; i > 0; i--)
        {
            var init = new DataChannelInit
            {
                Label = $"channel {i}",
                Ordered = dice.Next(3) != 0,
                MaxRetransmits = dice.Next(4) == 0 ? dice.Next(3) : null,
                Priority = (ushort)(128 << dice.Next(4)),
            };
            init = init.MaxRetransmits is null && dice.Next(4) == 0 ? init with { MaxPacketLifeTime = TimeSpan.FromMilliseconds(dice.Next(300)) } : init;
            _a.Do((core, now) => core.CreateChannel(init, now, out _));
        }
    }

    /// <summary>Both sides send as soon as they know a channel.</summary>
    private void Listen(SimHost host)
    {
        host.Message = (channel, buffer, length, isText) => OnMessage(host, channel, buffer.AsSpan(0, length));
        host.Noticed += notice =>
        {
            var channel = notice switch
            {
                PeerNotice.ChannelArrived arrived => arrived.Channel,
                PeerNotice.ChannelChanged { State: DataChannelState.Open } opened => opened.Channel,
                _ => null,
            };
            if (channel is not null)
            {
                Begin(host, channel);
            }
        };
    }

    private void Begin(SimHost from, PeerChannel channel)
    {
        var dice = _world.Dice;
        var flow = new Flow(from, channel, 1 + dice.Next(40), dice.Next(3) == 0 ? 60_000 : 2_000);
        _flows.Add(flow);
        _expected[(Other(from), channel.Init.Label)] = flow;
        _world.After(TimeSpan.FromMilliseconds(dice.Next(50)), () => Step(flow));
    }

    private void Step(Flow flow)
    {
        var dice = _world.Dice;
        for (var burst = 1 + dice.Next(10); burst > 0 && flow.Sent < flow.Count; burst--)
        {
            var length = Header + dice.Next(flow.MaxBytes);
            var buffer = MessagePool.Rent(length);
            BinaryPrimitives.WriteInt32BigEndian(buffer, flow.Sent);
            BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(4), length);
            for (var i = Header; i < length; i++)
            {
                buffer[i] = (byte)(i * 7 + flow.Sent);
            }
            var result = flow.From.Do((core, now) => core.Send(flow.Channel, buffer, length, isText: false, now));
            if (result != SctpSendResult.Queued)
            {
                throw new InvalidOperationException($"a message was refused: {result}");
            }
            flow.Sent++;
        }
        if (flow.Sent < flow.Count)
        {
            _world.After(TimeSpan.FromMilliseconds(dice.Next(100)), () => Step(flow));
        }
        else if (!flow.IsReliable)
        {
            // Whatever is still to come must come within a while; the flow then counts as complete.
            _world.After(TimeSpan.FromSeconds(20), () => flow.IsOver = true);
        }
    }

    private void OnMessage(SimHost at, PeerChannel channel, ReadOnlySpan<byte> message)
    {
        var flow = _expected[(at, channel.Init.Label)];
        var number = BinaryPrimitives.ReadInt32BigEndian(message);
        if (message.Length != BinaryPrimitives.ReadInt32BigEndian(message[4..]) || !flow.Seen.Add(number))
        {
            throw new InvalidOperationException($"message {number} on {channel.Init.Label} came twice or damaged ({message.Length} bytes)");
        }
        for (var i = Header; i < message.Length; i++)
        {
            if (message[i] != (byte)(i * 7 + number))
            {
                throw new InvalidOperationException($"message {number} on {channel.Init.Label} is damaged at {i}");
            }
        }
        if (channel.Init.Ordered && number < flow.Last)
        {
            throw new InvalidOperationException($"message {number} came after {flow.Last} on an ordered channel");
        }
        if (channel.Init.Ordered && flow.IsReliable && number != flow.Last + 1)
        {
            throw new InvalidOperationException($"message {number} came after {flow.Last} on a reliable ordered channel");
        }
        flow.Last = number;
    }

    public void CloseChannels()
    {
        foreach (var flow in _flows.Where(f => f.From == _a))
        {
            _a.Do((core, now) => { core.CloseChannel(flow.Channel, now); return true; });
        }
    }

    public override string ToString() => string.Join(", ", _flows.Select(f => $"{f.From.Name} {f.Channel.Init.Label} {f.Seen.Count}/{f.Count}"));

    private sealed class Flow(SimHost from, PeerChannel channel, int count, int maxBytes)
    {
        internal SimHost From => from;
        internal PeerChannel Channel => channel;
        internal int Count => count;
        internal int MaxBytes => maxBytes;
        internal int Sent { get; set; }
        internal int Last { get; set; } = -1;
        internal bool IsOver { get; set; }
        internal HashSet<int> Seen { get; } = [];
        internal bool IsReliable => channel.Init is { MaxRetransmits: null, MaxPacketLifeTime: null };
        internal bool IsComplete => Sent == count && (IsReliable ? Seen.Count == count : IsOver || Seen.Count == count);
    }
}
