using Roost.Rtc.Sctp;

namespace Roost.Tests.Rtc.Sctp;

public sealed class SctpFaultTests
{
    private const int ReConfig = 130;
    private const int Sack = 3;
    private static readonly SctpSendOptions Reliable = new(Unordered: false);

    [Fact]
    public void A_reset_that_is_never_answered_counts_as_done_in_the_end_and_the_other_streams_go_on()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.A.Send(3, 53, [1], Reliable, pair.Now);
        pair.Exchange();
        pair.LosesBack = packet => packet[12] == ReConfig;
        pair.A.ResetStream(3, pair.Now);
        pair.Run(TimeSpan.FromMinutes(10));
        Assert.Single(pair.AtA, e => e is { Kind: SctpEffectKind.OutgoingStreamReset, StreamId: 3 });
        Assert.Equal(SctpState.Established, pair.A.State);
        pair.A.Send(4, 53, [2], Reliable, pair.Now);
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.Equal((ushort)4, pair.Received[^1].Stream);
        pair.LosesBack = _ => false;
        pair.A.ResetStream(4, pair.Now);
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.Single(pair.AtA, e => e is { Kind: SctpEffectKind.OutgoingStreamReset, StreamId: 4 });
    }

    [Fact]
    public void A_reset_answered_with_in_progress_for_ever_does_not_grow_anything()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.Loses = packet => packet[12] is 0 or 64; // the data before the reset never comes, so it can't be performed
        pair.A.Send(3, 53, [1], new SctpSendOptions(Unordered: false, MaxRetransmits: 0), pair.Now);
        pair.A.ResetStream(3, pair.Now);
        var packets = 0;
        var loses = pair.Loses;
        pair.Loses = packet => { packets++; return loses(packet); };
        pair.Run(TimeSpan.FromMinutes(5));
        Assert.InRange(packets, 1, 600);
    }

    [Fact]
    public void A_window_that_stays_shut_is_probed_and_lost_news_of_its_opening_does_no_harm()
    {
        var pair = new SctpPair(new SctpOptions { ReceiveWindowBytes = 64 * 1024 }) { Reads = false };
        pair.Connect();
        for (var i = 0; i < 100; i++)
        {
            pair.A.Send(0, 53, new byte[4000], Reliable, pair.Now);
        }
        pair.Run(TimeSpan.FromMinutes(5)); // far longer than ten retransmissions take: a shut window is no failure
        Assert.Equal(SctpState.Established, pair.A.State);
        var held = pair.Received.Sum(m => m.Bytes.Length);
        pair.Reads = true;
        pair.LosesBack = packet => packet[12] == Sack;
        pair.B.Consumed(held, pair.Received.Count, pair.Now);
        pair.Exchange();
        pair.LosesBack = _ => false;
        pair.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(100, pair.Received.Count);
    }

    [Fact]
    public void An_init_replayed_into_a_living_association_changes_nothing()
    {
        var pair = new SctpPair { Record = true };
        pair.Connect();
        var starts = pair.Packets.Where(p => p[12] is 1 or 10).ToList();
        Assert.Equal(2, starts.Count);
        foreach (var packet in starts)
        {
            pair.B.Handle(new SctpInput(packet), pair.Now);
            pair.Exchange();
        }
        Assert.Equal(SctpState.Established, pair.A.State);
        Assert.Equal(SctpState.Established, pair.B.State);
        pair.A.Send(0, 53, [7], Reliable, pair.Now);
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.Equal([7], Assert.Single(pair.Received).Bytes);
    }
}
