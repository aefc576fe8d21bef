using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Timers: retransmission, tail loss probe, reordering, acknowledgement, heartbeat, stream reset, pace.</summary>
public sealed partial class SctpAssociation
{
    private Instant _retransmissionTimer = Instant.Never;
    private long _timeouts;
    private long _probes;

    /// <inheritdoc/>
    public Wake? NextWake
    {
        get
        {
            if (CloseReason != SctpCloseReason.None || State == SctpState.Closed)
            {
                return null;
            }
            if (State != SctpState.Established)
            {
                return new Wake(_handshakeTimer, "repeat the SCTP handshake");
            }
            if (_burstLeft == 0)
            {
                return new Wake(_now, "go on with a burst");
            }
            var wake = new Wake(_heartbeatTimer, "send a heartbeat");
            wake = Earlier(wake, _searchTimer, "probe the path MTU");
            wake = Earlier(wake, _sackTimer, "acknowledge data");
            wake = Earlier(wake, _retransmissionTimer, "retransmit data");
            wake = Earlier(wake, _sent.ReorderingDeadline, "judge late data");
            wake = Earlier(wake, _sent.ProbeAt(_lastDataSent), "probe the tail");
            wake = Earlier(wake, _resetTimer, "repeat a stream reset");
            if ((_sent.LostCount > 0 || !_sendQueue.IsEmpty) && _sent.MaySend(1) && !_pacer.MaySend(_now))
            {
                wake = Earlier(wake, _pacer.NextSend(_now), "send at the pace");
            }
            return wake.At == Instant.Never ? null : wake;
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        _now = now;
        _corked = false;
        _burstLeft = _options.MaxBurstPackets;
        if (CloseReason != SctpCloseReason.None)
        {
            return;
        }
        if (_handshakeTimer <= now)
        {
            OnHandshakeTimer();
        }
        if (State != SctpState.Established)
        {
            return;
        }
        if (_sackTimer <= now)
        {
            _sackTimer = Instant.Never;
            _sackNow = _sackPending;
        }
        if (_sent.ReorderingDeadline <= now)
        {
            _sent.DetectLoss(0, _sent.InFlight, now);
        }
        if (_sent.ProbeAt(_lastDataSent) <= now)
        {
            ProbeTail();
        }
        if (_retransmissionTimer <= now)
        {
            OnRetransmissionTimer();
        }
        OnPathTimers();
        if (_resetTimer <= now)
        {
            OnResetTimer();
        }
    }

    private void ProbeTail()
    {
        _probes++;
        if (!_sendQueue.IsEmpty && _sent.MaySend(1))
        {
            // New data held back only by the pace probes as well as old.
            _sent.OnProbedWithNewData();
            return;
        }
        if (_sent.TryTakeProbe(out var tsn))
        {
            _sent.MarkForProbe(tsn);
        }
        ArmRetransmission(restart: true);
    }

    private void OnRetransmissionTimer()
    {
        _retransmissionTimer = Instant.Never;
        if (!_sent.HasOutstanding)
        {
            return;
        }
        _timeouts++;
        // A closed window is no sign of a dead peer as long as it answers; answers reset the count (RFC 9260 §6.1 A).
        if (++_errors > _options.MaxRetransmissions)
        {
            End(SctpCloseReason.Timeout, tellPeer: true);
            return;
        }
        _sent.OnTimeout();
        OnPossibleBlackHole();
        UpdatePace();
        _forwardAgain = true;
        ArmRetransmission();
    }

    private void ArmRetransmission(bool restart = false)
    {
        if (_retransmissionTimer == Instant.Never || restart)
        {
            _retransmissionTimer = _now + _sent.RoundTrip.Rto;
        }
    }

    private static Wake Earlier(Wake wake, Instant at, string why) => at < wake.At ? new Wake(at, why) : wake;
}
