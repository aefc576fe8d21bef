using Roost.Rtc.Sctp;

namespace Roost.Tests.Rtc.Sctp;

public sealed class AssociationTests
{
    private static readonly SctpSendOptions Reliable = new(Unordered: false);

    [Fact]
    public void Both_sides_may_start_at_once()
    {
        var pair = new SctpPair();
        pair.Connect();
        Assert.Equal(SctpState.Established, pair.A.State);
        Assert.Equal(SctpState.Established, pair.B.State);
        Assert.Single(pair.AtA, e => e.Kind == SctpEffectKind.Established);
        Assert.Single(pair.AtB, e => e.Kind == SctpEffectKind.Established);
    }

    [Fact]
    public void Nothing_is_done_after_the_peer_vanished_but_to_give_up()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.Loses = _ => true;
        pair.A.Send(0, 53, new byte[100], Reliable, pair.Now);
        pair.Run(TimeSpan.FromMinutes(10));
        Assert.Contains(pair.AtA, e => e is { Kind: SctpEffectKind.Closed, Reason: SctpCloseReason.Timeout });
        Assert.Null(pair.A.NextWake);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_gap_in_one_stream_does_not_hold_up_another(bool interleaving)
    {
        var pair = new SctpPair(new SctpOptions { Interleaving = interleaving });
        pair.Connect();
        pair.Loses = _ => true;
        pair.A.Send(1, 53, [1], Reliable, pair.Now);
        while (pair.A.TryTake(out _))
        {
        }
        pair.Loses = _ => false;
        pair.A.Send(2, 53, [2], Reliable, pair.Now);
        pair.Exchange();
        Assert.Equal((ushort)2, Assert.Single(pair.Received).Stream);
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.Equal([2, 1], pair.Received.Select(m => (int)m.Stream));
    }

    [Fact]
    public void A_reader_that_stops_closes_the_window_and_opens_it_again()
    {
        var options = new SctpOptions { ReceiveWindowBytes = 64 * 1024 };
        var pair = new SctpPair(options) { Reads = false };
        pair.Connect();
        for (var i = 0; i < 100; i++)
        {
            pair.A.Send(0, 53, new byte[4000], Reliable, pair.Now);
        }
        pair.Run(TimeSpan.FromSeconds(30));
        var held = pair.Received.Sum(m => m.Bytes.Length);
        Assert.InRange(held, 40_000, 70_000);
        Assert.Equal(SctpState.Established, pair.A.State);
        pair.B.Consumed(held, pair.Received.Count, pair.Now);
        pair.Reads = true;
        pair.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(100, pair.Received.Count);
    }

    [Fact]
    public void A_message_longer_than_agreed_ends_the_association()
    {
        var pair = new SctpPair(null, new SctpOptions { MaxMessageBytes = 10_000 });
        pair.Connect();
        pair.A.Send(0, 53, new byte[20_000], Reliable, pair.Now);
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.Contains(pair.AtB, e => e is { Kind: SctpEffectKind.Closed, Reason: SctpCloseReason.ProtocolViolation });
        Assert.Contains(pair.AtA, e => e is { Kind: SctpEffectKind.Closed, Reason: SctpCloseReason.PeerAborted });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_message_is_given_up_after_its_retransmissions_and_the_next_one_gets_through(int retransmits)
    {
        var pair = new SctpPair();
        pair.Connect();
        var tries = 0;
        pair.Loses = packet => packet.AsSpan().IndexOf("victim"u8) >= 0 && ++tries > 0;
        pair.A.Send(0, 51, "victim"u8, new SctpSendOptions(MaxRetransmits: retransmits), pair.Now);
        pair.Exchange();
        pair.A.Send(0, 51, "next"u8, Reliable, pair.Now);
        pair.Run(TimeSpan.FromSeconds(30));
        Assert.Equal("next"u8.ToArray(), Assert.Single(pair.Received).Bytes);
        Assert.InRange(tries, 1, retransmits + 1);
        Assert.Equal(1, pair.A.Statistics.MessagesAbandoned);
        Assert.True(pair.A.IsFlushed);
    }

    [Fact]
    public void A_reset_waits_for_the_data_before_it_and_is_repeated_until_answered()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.A.Send(3, 53, new byte[50_000], Reliable, pair.Now);
        pair.A.ResetStream(3, pair.Now);
        var lost = 0;
        pair.Loses = packet => packet[12] == 130 && ++lost <= 2;
        pair.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(50_000, Assert.Single(pair.Received).Bytes.Length);
        Assert.Single(pair.AtB, e => e is { Kind: SctpEffectKind.IncomingStreamReset, StreamId: 3 });
        Assert.Single(pair.AtA, e => e is { Kind: SctpEffectKind.OutgoingStreamReset, StreamId: 3 });
        Assert.InRange(lost, 3, 5);
    }

    [Fact]
    public void Packets_with_a_wrong_tag_or_checksum_are_counted_and_dropped()
    {
        var pair = new SctpPair(new SctpOptions { ZeroChecksum = false }) { Record = true };
        pair.Connect();
        pair.A.Send(0, 53, [1], Reliable, pair.Now);
        pair.Exchange();
        var packet = pair.Packets.Last(p => p[12] == 64);
        var wrongTag = (byte[])packet.Clone();
        wrongTag[5] ^= 1;
        var wrongSum = (byte[])packet.Clone();
        wrongSum[9] ^= 1;
        pair.B.Handle(new SctpInput(wrongTag), pair.Now);
        pair.B.Handle(new SctpInput(wrongSum), pair.Now);
        Assert.Equal(2, pair.B.Statistics.BadPackets);
        Assert.Single(pair.Received);
    }

    [Fact]
    public void A_full_queue_refuses_instead_of_growing()
    {
        var pair = new SctpPair(new SctpOptions { MaxQueuedMessages = 10 });
        var results = Enumerable.Range(0, 12).Select(_ => pair.A.Send(0, 53, [1], Reliable, pair.Now)).ToArray();
        Assert.Equal(10, results.Count(r => r == SctpSendResult.Queued));
        Assert.Equal(SctpSendResult.QueueFull, results[^1]);
    }

    [Fact]
    public void A_small_message_does_not_wait_behind_a_large_one_when_interleaving()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.A.Send(1, 53, new byte[200_000], Reliable, pair.Now);
        pair.A.Send(2, 53, [7], Reliable, pair.Now);
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.Equal([2, 1], pair.Received.Select(m => (int)m.Stream));
    }
}
