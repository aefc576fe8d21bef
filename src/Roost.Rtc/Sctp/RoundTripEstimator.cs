using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Round-trip times: smoothed, minimal, and the retransmission timeout made of them (RFC 9260 §6.3.1).</summary>
internal sealed class RoundTripEstimator(SctpOptions options)
{
    /// <summary>A minimum older than one to two of these is forgotten, since routes change.</summary>
    private static readonly TimeSpan MinimumWindow = TimeSpan.FromSeconds(15);

    /// <summary>Variance is taken as at least this, because a delayed acknowledgement may come that much later.</summary>
    private static readonly TimeSpan MinVariance = TimeSpan.FromMilliseconds(55); // dcSCTP: 220 ms, before the factor of four

    private TimeSpan _variance;
    private TimeSpan _minimumNow = TimeSpan.MaxValue;
    private TimeSpan _minimumBefore = TimeSpan.MaxValue;
    private Instant _windowStart;
    private int _backoff;

    internal TimeSpan Smoothed { get; private set; }
    internal TimeSpan Latest { get; private set; }
    internal bool HasSample => Smoothed > TimeSpan.Zero;
    internal TimeSpan Minimum => _minimumNow < _minimumBefore ? _minimumNow : _minimumBefore;

    internal TimeSpan Rto
    {
        get
        {
            var variance = 4 * (_variance > MinVariance ? _variance : MinVariance);
            var rto = HasSample ? Smoothed + variance : options.InitialRto;
            rto = rto < options.MinRto && HasSample ? options.MinRto : rto;
            rto *= 1 << _backoff;
            return rto > options.MaxRto ? options.MaxRto : rto;
        }
    }

    internal void AddSample(TimeSpan sample, Instant now)
    {
        sample = sample > TimeSpan.Zero ? sample : new TimeSpan(1);
        Latest = sample;
        _backoff = 0;
        if (now - _windowStart > MinimumWindow)
        {
            _minimumBefore = _minimumNow;
            _minimumNow = TimeSpan.MaxValue;
            _windowStart = now;
        }
        _minimumNow = sample < _minimumNow ? sample : _minimumNow;
        if (!HasSample)
        {
            Smoothed = sample;
            _variance = sample / 2;
            return;
        }
        var off = sample > Smoothed ? sample - Smoothed : Smoothed - sample;
        _variance += (off - _variance) / 4;
        Smoothed += (sample - Smoothed) / 8;
    }

    internal void BackOff() => _backoff = Math.Min(_backoff + 1, 10);

    internal void ForgetBackOff() => _backoff = 0;
}
