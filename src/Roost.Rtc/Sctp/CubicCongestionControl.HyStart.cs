namespace Roost.Rtc.Sctp;

/// <summary>HyStart++ (RFC 9406): leaves slow start when round trips grow, before the queue overflows.</summary>
internal sealed partial class CubicCongestionControl
{
    private const int ConservativeDivisor = 4;
    private const int ConservativeRounds = 5;
    private const int SamplesNeeded = 8;
    private static readonly TimeSpan MinThreshold = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MaxThreshold = TimeSpan.FromMilliseconds(16);

    private bool _inConservative;
    private int _rounds;
    private int _samples;
    private TimeSpan _minimumLast = TimeSpan.MaxValue;
    private TimeSpan _minimumNow = TimeSpan.MaxValue;
    private TimeSpan _baseline = TimeSpan.MaxValue;

    /// <summary>A round of the window is over: everything that was in flight at its start is acknowledged.</summary>
    internal void OnRoundOver()
    {
        _minimumLast = _minimumNow;
        _minimumNow = TimeSpan.MaxValue;
        _samples = 0;
        if (InSlowStart && _inConservative && ++_rounds >= ConservativeRounds)
        {
            _slowStartThreshold = Window;
            _inConservative = false;
        }
    }

    /// <summary>Takes in a round-trip sample.</summary>
    internal void OnRoundTrip(TimeSpan sample)
    {
        if (!InSlowStart || InRecovery)
        {
            return;
        }
        _samples++;
        _minimumNow = sample < _minimumNow ? sample : _minimumNow;
        if (_samples < SamplesNeeded || _minimumNow == TimeSpan.MaxValue || _minimumLast == TimeSpan.MaxValue)
        {
            return;
        }
        if (_inConservative)
        {
            // The growth was a blip: back to full speed.
            _inConservative = _minimumNow >= _baseline;
            return;
        }
        var threshold = _minimumLast / 8;
        threshold = threshold < MinThreshold ? MinThreshold : threshold > MaxThreshold ? MaxThreshold : threshold;
        if (_minimumNow >= _minimumLast + threshold)
        {
            _baseline = _minimumNow;
            _inConservative = true;
            _rounds = 0;
        }
    }
}
