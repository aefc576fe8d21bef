using Roost.Core.Cores;
using Roost.Rtc;
using Roost.Rtc.Sctp;
using Roost.Testing;

namespace Roost.Tests.Rtc;

/// <summary>Tests of the pool of messages, which all tests share: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PoolCollection
{
    internal const string Name = "The pool of messages";
}

/// <summary>What an association allocates once windows and pools are full: nothing, with losses and without.</summary>
[Collection(PoolCollection.Name)]
public sealed class SteadyStateTests
{
    private const int Slots = 512;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(1);

    private readonly SctpAssociation _a = new(new SctpOptions(), new SeededDice(1));
    private readonly SctpAssociation _b = new(new SctpOptions(), new SeededDice(2));
    private readonly byte[][] _slots = [.. Enumerable.Range(0, Slots).Select(_ => new byte[2048])];
    private readonly int[] _lengths = new int[Slots];
    private Instant _now = Instant.FromUnixMilliseconds(1000);
    private long _packets;
    private long _delivered;

    [Theory]
    [InlineData(100, 0)]
    [InlineData(100, 50)]
    [InlineData(1400, 50)]
    [InlineData(65_536, 0)]
    [InlineData(65_536, 50)]
    public void Nothing_is_allocated_per_packet(int messageBytes, int lossEvery)
    {
        _a.Connect(_now);
        _b.Connect(_now);
        Pass(20_000_000, messageBytes, lossEvery);
        var (packets, delivered, before) = (_packets, _delivered, GC.GetAllocatedBytesForCurrentThread());
        Pass(5_000_000, messageBytes, lossEvery);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        packets = _packets - packets;
        Assert.InRange(_delivered - delivered, 5_000_000 - 1, long.MaxValue);
        Assert.InRange(packets, 3000, long.MaxValue);
        // A list that grows once more, because luck piles losses up, is less than a byte per packet.
        Assert.InRange(allocated, 0, packets);
    }

    private void Pass(long bytes, int messageBytes, int lossEvery)
    {
        for (var until = _delivered + bytes; _delivered < until;)
        {
            while (_a.State == SctpState.Established && _a.QueuedBytes < 256 * 1024)
            {
                Assert.True(_a.SendOwned(1, 53, MessagePool.Rent(messageBytes), messageBytes, default, _now) == SctpSendResult.Queued);
            }
            Carry(_a, _b, lossEvery);
            Carry(_b, _a, 0);
            _now += Turn;
            _a.Tick(_now);
            _b.Tick(_now);
        }
    }

    /// <summary>What one side says in this turn reaches the other at its end.</summary>
    private void Carry(SctpAssociation from, SctpAssociation to, int lossEvery)
    {
        var count = 0;
        while (count < Slots && from.TryTake(out var effect))
        {
            if (effect.Kind == SctpEffectKind.Packet)
            {
                effect.Packet.CopyTo(_slots[count]);
                _lengths[count++] = effect.Packet.Length;
            }
            else if (effect.Kind == SctpEffectKind.Message)
            {
                _delivered += effect.Length;
                MessagePool.Return(effect.Buffer!);
                from.Consumed(effect.Length, 1, _now);
            }
        }
        for (var i = 0; i < count; i++)
        {
            if (lossEvery == 0 || ++_packets % lossEvery != 0)
            {
                to.Handle(new SctpInput(_slots[i].AsMemory(0, _lengths[i]), MoreFollows: i + 1 < count), _now);
            }
        }
        _packets += lossEvery == 0 ? count : 0;
    }
}
