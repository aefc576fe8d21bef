using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>RACK-TLP (RFC 8985): a chunk is lost when one sent later has arrived and a little time has passed.</summary>
internal sealed partial class RetransmissionQueue
{
    /// <summary>Recoveries for which a widened reordering window is kept (RFC 8985 §6.2 step 4).</summary>
    private const int WideningLasts = 16;
    private const int DuplicateThreshold = 3;

    /// <summary>A round trip longer than the minimum by this factor and <see cref="QueueGrace"/> shows a standing queue.</summary>
    private const double QueueFactor = 1.1;
    private static readonly TimeSpan QueueGrace = TimeSpan.FromMilliseconds(1);

    /// <summary>The peer may withhold an acknowledgement of a lone packet this long (RFC 9260 §6.2 recommends 200 ms).</summary>
    private static readonly TimeSpan PeerSackDelay = TimeSpan.FromMilliseconds(200);

    private Newest _newest;
    private Instant _rackSentAt;
    private uint _rackTsn = initialTsn - 1;
    private uint _highestAcked = initialTsn - 1;
    private int _windowMultiplier = 1;
    private int _wideningLeft;
    private bool _reorderingSeen;
    private bool _probeSent;
    private Instant _unblockedAt;

    /// <summary>When a chunk that is late, but not yet lost, must be judged again.</summary>
    internal Instant ReorderingDeadline { get; private set; } = Instant.Never;

    /// <summary>When to probe the tail: twice the round trip after the last sending (RFC 8985 §7.2); never while recovering or without a sample.</summary>
    internal Instant ProbeAt(Instant lastSent)
    {
        if (_probeSent || InFlight == 0 || !RoundTrip.HasSample || LostCount > 0 || Congestion.InRecovery)
        {
            return Instant.Never;
        }
        var wait = RoundTrip.Smoothed * 2 + TimeSpan.FromMilliseconds(2);
        // What stood in the way of a probe, such as a recovery, may have ended long after it would have been due: then it is due from that moment.
        var due = lastSent + (_chunks.Count == 1 ? wait + PeerSackDelay : wait);
        return due > _unblockedAt ? due : _unblockedAt;
    }

    /// <summary>Takes the highest chunk in flight for a probe when there is no new data to probe with.</summary>
    internal bool TryTakeProbe(out uint tsn)
    {
        _probeSent = true;
        for (tsn = _chunks.Next - 1; _chunks.Contains(tsn); tsn--)
        {
            if (_chunks[tsn].State == ChunkState.InFlight)
            {
                return !_chunks[tsn].Message.MayBeAbandoned;
            }
        }
        return false;
    }

    internal void OnProbedWithNewData() => _probeSent = true;

    /// <summary>Judges what is late; also called when <see cref="ReorderingDeadline"/> comes.</summary>
    internal void DetectLoss(int duplicates, long flightBefore, Instant now)
    {
        if (duplicates > 0 && _windowMultiplier < 20)
        {
            // Something was sent again for nothing: wait longer before the next judgement.
            _windowMultiplier++;
            _wideningLeft = WideningLasts;
        }
        ReorderingDeadline = Instant.Never;
        var lost = false;
        var window = ReorderingWindow();
        while (_chunks.TryEarliest(out var tsn))
        {
            ref var chunk = ref _chunks[tsn];
            if (!SentBefore(chunk.SentAt, tsn, _rackSentAt, _rackTsn))
            {
                break;
            }
            var deadline = chunk.SentAt + RoundTrip.Latest + window;
            if (deadline > now)
            {
                ReorderingDeadline = deadline;
                break;
            }
            SetState(tsn, ref chunk, ChunkState.Lost);
            lost = true;
        }
        if (lost)
        {
            EnterRecovery(flightBefore);
        }
    }

    private void EnterRecovery(long flightBefore)
    {
        if (Congestion.InRecovery)
        {
            return;
        }
        if (_wideningLeft > 0 && --_wideningLeft == 0)
        {
            _windowMultiplier = 1;
        }
        var queueSeen = RoundTrip.Latest > RoundTrip.Minimum * QueueFactor + QueueGrace || Congestion.InSlowStart;
        Congestion.OnLoss(flightBefore, queueSeen);
        _recoveryEnd = _chunks.Next - 1;
    }

    private TimeSpan ReorderingWindow()
    {
        if (!_reorderingSeen && (Congestion.InRecovery || (int)(_highestAcked - CumulativeAck) > DuplicateThreshold))
        {
            return TimeSpan.Zero;
        }
        var quarter = RoundTrip.HasSample ? RoundTrip.Minimum * _windowMultiplier / 4 : TimeSpan.FromMilliseconds(10);
        return quarter < RoundTrip.Smoothed || !RoundTrip.HasSample ? quarter : RoundTrip.Smoothed;
    }

    private void OnDelivered(uint tsn, in OutstandingChunk chunk)
    {
        if (SctpWire.After(_highestAcked, tsn))
        {
            // Delivered after a later one although it was sent once: the path reorders.
            _reorderingSeen |= chunk.Transmissions == 1;
        }
        else
        {
            _highestAcked = tsn;
        }
        if (SentBefore(_rackSentAt, _rackTsn, chunk.SentAt, tsn))
        {
            _rackSentAt = chunk.SentAt;
            _rackTsn = tsn;
        }
        if (chunk.Transmissions == 1 && (!_newest.HasSample || chunk.SentAt > _newest.SentAt))
        {
            // Karn's rule: a chunk sent twice says nothing about the round trip.
            _newest = new Newest(true, chunk.SentAt);
        }
    }

    private static bool SentBefore(Instant at, uint tsn, Instant otherAt, uint otherTsn) =>
        at < otherAt || (at == otherAt && SctpWire.After(otherTsn, tsn));

    private readonly record struct Newest(bool HasSample, Instant SentAt);
}
