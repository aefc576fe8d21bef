using System.Buffers.Binary;
using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Worlds;

/// <summary>Signals sent at one moment between random pairs of peers at different hubs, counted as they arrive. Trials may overlap.</summary>
public sealed class SignalTrial
{
    private const int BodySize = 64;
    private readonly World _world;
    private readonly uint _trial;
    private readonly Dictionary<uint, (PeerId To, Instant At)> _sent = [];
    private readonly Dictionary<uint, TimeSpan> _arrived = [];
    private int _twice, _astray;

    /// <summary>Sends them now.</summary>
    /// <param name="world">Where.</param>
    /// <param name="count">How many are tried; pairs at one hub are left out.</param>
    /// <param name="honestOnly">Whether peers of lying hubs are left out.</param>
    public SignalTrial(World world, int count, bool honestOnly = false)
    {
        _world = world;
        _trial = world.NextTrial();
        world.Delivered += Count;
        var peers = world.Homes.Where(home => !honestOnly || !home.Value.IsLiar).Select(home => home.Key).ToArray();
        Array.Sort(peers, Compare); // By their text, so that a dictionary's order does not matter.
        for (uint i = 0; i < count; i++)
        {
            Send(i, peers[world.Dice.Next(peers.Length)], peers[world.Dice.Next(peers.Length)]);
        }
    }

    /// <summary>Stops counting and says what came.</summary>
    public Reached End()
    {
        _world.Delivered -= Count;
        var times = _arrived.Values.Order().ToList();
        return new(_sent.Count, _arrived.Count, _twice, _astray, times.Count == 0 ? default : times[times.Count / 2], times.Count == 0 ? default : times[^1]);
    }

    private void Send(uint number, PeerId from, PeerId to)
    {
        if (_world.Homes[from] == _world.Homes[to])
        {
            return;
        }
        _sent[number] = (to, _world.Now);
        var body = new byte[BodySize];
        BinaryPrimitives.WriteUInt32BigEndian(body, _trial);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(sizeof(uint)), number);
        _world.Signal(from, to, body);
    }

    private void Count(PeerId to, PeerId from, ReadOnlyMemory<byte> body)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(body.Span) != _trial)
        {
            return;
        }
        uint number = BinaryPrimitives.ReadUInt32BigEndian(body.Span[sizeof(uint)..]);
        if (!_sent.TryGetValue(number, out var expected) || expected.To != to)
        {
            _astray++;
        }
        else if (!_arrived.TryAdd(number, _world.Now - expected.At))
        {
            _twice++;
        }
    }

    private static int Compare(PeerId one, PeerId other)
    {
        Span<byte> a = stackalloc byte[PeerId.Size], b = stackalloc byte[PeerId.Size];
        one.CopyTo(a);
        other.CopyTo(b);
        return a.SequenceCompareTo(b);
    }
}
