using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

internal sealed partial class RetransmissionQueue
{
    private uint _roundEnd = initialTsn;
    private uint _recoveryEnd;
    private bool _timedOut;

    /// <summary>Takes in a SACK (RFC 9260 §6.2.1).</summary>
    /// <param name="cumulative">Its cumulative TSN.</param>
    /// <param name="gaps">Its gap blocks: pairs of 16-bit offsets.</param>
    /// <param name="duplicates">How many duplicate TSNs it reports; DSACK of RFC 8985.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when it acknowledges what was never sent, or is older than what is known.</returns>
    internal bool OnSack(uint cumulative, ReadOnlySpan<byte> gaps, int duplicates, Instant now)
    {
        if (SctpWire.After(_chunks.First - 1, cumulative) || !SctpWire.After(_chunks.Next, cumulative))
        {
            return false;
        }
        _unblockedAt = now;
        var flightBefore = InFlight;
        var acked = 0L;
        _newest = default;
        var head = _chunks.First;
        while (!SctpWire.After(_chunks.First, cumulative))
        {
            ref var chunk = ref _chunks[_chunks.First];
            acked += Acknowledge(_chunks.First, ref chunk);
            Release(chunk.Message);
            _chunks.RemoveFirst();
        }
        var advanced = head != _chunks.First;
        for (var i = 0; i + 4 <= gaps.Length; i += 4)
        {
            // Offsets count from the cumulative TSN; blocks that reach beyond what was sent are cut.
            var last = cumulative + SctpWire.U16(gaps, i + 2);
            for (var tsn = cumulative + SctpWire.U16(gaps, i); !SctpWire.After(tsn, last) && _chunks.Contains(tsn); tsn++)
            {
                acked += Acknowledge(tsn, ref _chunks[tsn]);
            }
        }
        if (_chunks.Count > 0 && _chunks[_chunks.First].State == ChunkState.Acked)
        {
            // The receiver would have counted this one cumulatively if it still had it: it reneged (RFC 9260 §6.2).
            TakeBackGapAcks();
        }
        Advance();
        BytesAcked += acked;
        if (_newest.HasSample)
        {
            RoundTrip.AddSample(now - _newest.SentAt, now);
            Congestion.OnRoundTrip(now - _newest.SentAt);
        }
        if (advanced || acked > 0)
        {
            _probeSent = false;
        }
        DetectLoss(duplicates, flightBefore, now);
        if (Congestion.InRecovery && !SctpWire.After(_recoveryEnd, CumulativeAck))
        {
            Congestion.OnRecovered();
        }
        if (SctpWire.After(CumulativeAck + 1, _roundEnd))
        {
            Congestion.OnRoundOver();
            _roundEnd = _chunks.Next;
        }
        if (acked > 0)
        {
            _timedOut = false;
            Congestion.OnAcked(acked, InFlight, WindowWasFull, RoundTrip.Smoothed, now);
        }
        return true;
    }

    /// <summary>The retransmission timer ran out: all in flight is lost, the window starts over (RFC 9260 §6.3.3).</summary>
    internal void OnTimeout()
    {
        RoundTrip.BackOff();
        Congestion.OnTimeout(again: _timedOut);
        _timedOut = true;
        for (var tsn = _chunks.First; tsn != _chunks.Next; tsn++)
        {
            ref var chunk = ref _chunks[tsn];
            if (chunk.State == ChunkState.InFlight)
            {
                SetState(tsn, ref chunk, ChunkState.Lost);
            }
        }
        _probeSent = false;
    }

    private long Acknowledge(uint tsn, ref OutstandingChunk chunk)
    {
        if (chunk.State is ChunkState.Acked or ChunkState.Abandoned)
        {
            return 0;
        }
        OnDelivered(tsn, chunk);
        SetState(tsn, ref chunk, ChunkState.Acked);
        return chunk.Cost;
    }

    private void TakeBackGapAcks()
    {
        for (var tsn = _chunks.First; tsn != _chunks.Next; tsn++)
        {
            ref var chunk = ref _chunks[tsn];
            if (chunk.State == ChunkState.Acked)
            {
                SetState(tsn, ref chunk, ChunkState.Lost);
            }
        }
    }
}
