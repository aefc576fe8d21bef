using Roost.Core.Cores;
using Roost.Rtc;
using Roost.Rtc.Sctp;
using Roost.Testing;

namespace Roost.Tests.Rtc;

/// <summary>Two associations whose packets cross in no time, or are lost where a test says so.</summary>
internal sealed class SctpPair
{
    internal SctpPair(SctpOptions? options = null, SctpOptions? other = null)
    {
        A = new SctpAssociation(options ?? new SctpOptions(), new SeededDice(1));
        B = new SctpAssociation(other ?? options ?? new SctpOptions(), new SeededDice(2));
    }

    internal SctpAssociation A { get; }
    internal SctpAssociation B { get; }
    internal Instant Now { get; set; } = Instant.FromUnixMilliseconds(1000);

    /// <summary>Packets from A to B that this returns true for are lost.</summary>
    internal Func<byte[], bool> Loses { get; set; } = _ => false;

    /// <summary>Packets from B to A that this returns true for are lost.</summary>
    internal Func<byte[], bool> LosesBack { get; set; } = _ => false;
    internal bool Reads { get; set; } = true;

    /// <summary>Keep what A sends in <see cref="Packets"/>.</summary>
    internal bool Record { get; set; }
    internal List<byte[]> Packets { get; } = [];
    internal List<SctpEffect> AtA { get; } = [];
    internal List<SctpEffect> AtB { get; } = [];
    internal List<(ushort Stream, byte[] Bytes)> Received { get; } = [];

    internal void Connect()
    {
        A.Connect(Now);
        B.Connect(Now);
        Exchange();
    }

    /// <summary>Carries packets both ways until both are silent.</summary>
    internal void Exchange()
    {
        while (Carry(A, B, AtA, Loses) | Carry(B, A, AtB, LosesBack))
        {
        }
    }

    /// <summary>Lets time pass to each wake in turn, for a while.</summary>
    internal void Run(TimeSpan span)
    {
        var end = Now + span;
        Exchange();
        while (Wake.Earlier(A.NextWake, B.NextWake) is { } wake && wake.At <= end)
        {
            Now = wake.At > Now ? wake.At : Now;
            A.Tick(Now);
            Carry(A, B, AtA, Loses);
            B.Tick(Now);
            Exchange();
        }
        Now = end;
    }

    private bool Carry(SctpAssociation from, SctpAssociation to, List<SctpEffect> events, Func<byte[], bool> loses)
    {
        var packets = new List<byte[]>();
        while (from.TryTake(out var effect))
        {
            if (effect.Kind == SctpEffectKind.Packet)
            {
                packets.Add(effect.Packet.ToArray());
            }
            else if (effect.Kind == SctpEffectKind.Message)
            {
                Received.Add((effect.StreamId, effect.Buffer.AsSpan(0, effect.Length).ToArray()));
                MessagePool.Return(effect.Buffer!);
                if (Reads)
                {
                    from.Consumed(effect.Length, 1, Now);
                }
            }
            else
            {
                events.Add(effect);
            }
        }
        foreach (var packet in packets.Where(p => !loses(p)))
        {
            if (Record && from == A)
            {
                Packets.Add(packet);
            }
            to.Handle(new SctpInput(packet), Now);
        }
        return packets.Count > 0;
    }
}
