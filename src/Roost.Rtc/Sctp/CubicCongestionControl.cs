using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>CUBIC (RFC 9438) with HyStart++ (RFC 9406) and proportional rate reduction (RFC 6937), counted in bytes.</summary>
internal sealed partial class CubicCongestionControl
{
    private const double C = 0.4;
    private const int MinimumPackets = 4;

    private readonly SctpOptions _options;
    private readonly double _beta;
    private int _packet;
    private long _slowStartThreshold = long.MaxValue;

    // CUBIC's curve.
    private double _windowMax;
    private double _k;
    private double _windowAtEpoch;
    private double _renoWindow;
    private Instant _epoch = Instant.Never;

    // Proportional rate reduction.
    private long _recoveryFlight;
    private long _deliveredInRecovery;
    private long _sentInRecovery;

    internal CubicCongestionControl(SctpOptions options)
    {
        _options = options;
        _beta = options.CongestionBeta;
        _packet = options.BasePacketBytes;
        Window = options.InitialWindowPackets * _packet;
    }

    internal long Window { get; private set; }
    internal bool InRecovery { get; private set; }
    internal bool InSlowStart => Window < _slowStartThreshold;

    /// <summary>The pacing gain that fits the phase (RFC 9406 §4.2 asks slow start not to be slowed down).</summary>
    internal double PacingGain => InSlowStart && !_inConservative ? 2 : 1.25;

    internal void SetPacketBytes(int bytes) => _packet = bytes;

    /// <summary>The window never needs to exceed what the peer will take; seeding it bounds the first slow start.</summary>
    internal void SetPeerWindow(long bytes) => _slowStartThreshold = Math.Min(_slowStartThreshold, Math.Max(bytes, MinimumPackets * _packet));

    /// <summary>Takes in one acknowledgement.</summary>
    /// <param name="acked">Bytes newly acknowledged.</param>
    /// <param name="inFlight">Bytes in flight afterwards.</param>
    /// <param name="windowWasFull">The sender was held back by the window; otherwise it must not grow (RFC 9260 §7.2.1).</param>
    /// <param name="smoothed">Smoothed round trip.</param>
    /// <param name="now">The time.</param>
    internal void OnAcked(long acked, long inFlight, bool windowWasFull, TimeSpan smoothed, Instant now)
    {
        if (InRecovery)
        {
            ReduceProportionally(acked, inFlight);
            return;
        }
        if (!windowWasFull)
        {
            return;
        }
        if (InSlowStart)
        {
            Window += _inConservative ? acked / ConservativeDivisor : acked;
            Window = Math.Min(Window, Math.Max(_slowStartThreshold, _packet));
            return;
        }
        GrowCubic(acked, smoothed, now);
    }

    /// <summary>A loss was seen: one reduction per round trip (RFC 9438 §4.6).</summary>
    /// <param name="inFlight">Bytes in flight before the loss was subtracted.</param>
    /// <param name="queueSeen">Whether round trips show a standing queue, so that the loss means congestion.</param>
    internal void OnLoss(long inFlight, bool queueSeen)
    {
        if (InRecovery)
        {
            return;
        }
        Reduce(queueSeen ? _beta : _options.RandomLossBeta);
        InRecovery = true;
        _recoveryFlight = Math.Max(inFlight, _packet);
        _deliveredInRecovery = _sentInRecovery = 0;
    }

    internal void OnSent(int bytes) => _sentInRecovery += InRecovery ? bytes : 0;

    internal void OnRecovered()
    {
        if (InRecovery)
        {
            InRecovery = false;
            Window = Math.Max(_slowStartThreshold, MinimumPackets * _packet);
        }
    }

    /// <summary>Nothing was acknowledged for a whole timeout: the window starts over.</summary>
    /// <param name="again">Nothing was acknowledged since the last time either: that is the same event, so the threshold stays (RFC 5681 §3.1).</param>
    internal void OnTimeout(bool again)
    {
        if (!again)
        {
            Reduce(_beta);
        }
        InRecovery = false;
        Window = _packet;
    }

    private void Reduce(double beta)
    {
        // Fast convergence (RFC 9438 §4.7): a flow that lost below its last peak gives room to others.
        _windowMax = Window < _windowMax && beta == _beta ? Window * (1 + beta) / 2 : Window;
        _slowStartThreshold = Math.Max((long)(Window * beta), MinimumPackets * _packet);
        _epoch = Instant.Never;
        _inConservative = false;
    }

    private void GrowCubic(long acked, TimeSpan smoothed, Instant now)
    {
        if (_epoch == Instant.Never)
        {
            _epoch = now;
            _windowAtEpoch = _renoWindow = Window;
            _windowMax = Math.Max(_windowMax, Window);
            _k = Math.Cbrt((_windowMax - _windowAtEpoch) / _packet / C);
        }
        var t = (now - _epoch + smoothed).TotalSeconds - _k;
        var target = Math.Clamp(C * t * t * t * _packet + _windowMax, Window, Window * 1.5);
        // Reno-friendly region (RFC 9438 §4.3): never slower than Reno would be with the same losses.
        var alpha = _renoWindow < _windowMax ? 3 * (1 - _beta) / (1 + _beta) : 1;
        _renoWindow += alpha * acked * _packet / Window;
        Window = _renoWindow > target
            ? Math.Max(Window, (long)_renoWindow)
            : Window + (long)((target - Window) * acked / Window);
    }

    private void ReduceProportionally(long acked, long inFlight)
    {
        _deliveredInRecovery += acked;
        long send;
        if (inFlight > _slowStartThreshold)
        {
            send = _deliveredInRecovery * _slowStartThreshold / _recoveryFlight - _sentInRecovery;
        }
        else
        {
            // Slow start reduction bound: refill towards the threshold, one packet faster than data is delivered.
            var limit = Math.Max(_deliveredInRecovery - _sentInRecovery, acked) + _packet;
            send = Math.Min(_slowStartThreshold - inFlight, limit);
        }
        Window = inFlight + Math.Max(send, 0);
    }
}
