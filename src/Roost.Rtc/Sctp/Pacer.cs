using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Spreads a window over its round trip, so that bursts do not overflow short queues (RFC 9002 §7.7 describes the same).</summary>
internal sealed class Pacer
{
    /// <summary>Below this round trip the path is a LAN or loopback, where spreading costs more than it saves.</summary>
    private static readonly TimeSpan PaceAbove = TimeSpan.FromMilliseconds(2);

    /// <summary>The grain: a loop that wakes once a millisecond can send that much at once.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    private const int BurstPackets = 10;

    /// <summary>
    /// Who is woken late on a busy machine is owed what could have been sent meanwhile, up to this part of a round trip's. Otherwise the pace and not the window would be
    /// the limit, and a window that is never full never grows.
    /// </summary>
    private const int LateShare = 4;

    /// <summary>And never more than this at once, since short queues drop what comes in lumps. A guess between 32 KiB (still slow) and no limit (losses); simulator, <c>load</c>.</summary>
    private const int LateBytes = 128 * 1024;

    private double _bytesPerTick;
    private double _budget;
    private double _burst;
    private double _lateBurst;
    private Instant _filledAt;

    /// <summary>Whether data waits for nothing but the pace.</summary>
    internal bool IsHolding { get; set; }

    /// <summary>Sets the rate from window and round trip; <paramref name="gain"/> is 2 in slow start and 1.25 after it.</summary>
    internal void SetRate(long window, TimeSpan smoothed, double gain, int packetBytes)
    {
        _bytesPerTick = smoothed > PaceAbove ? gain * window / smoothed.Ticks : 0;
        _burst = Math.Max(BurstPackets * packetBytes, _bytesPerTick * Grain.Ticks * 2);
        _lateBurst = Math.Max(_burst, Math.Min(LateBytes, _bytesPerTick * smoothed.Ticks / LateShare));
    }

    internal bool MaySend(Instant now)
    {
        if (_bytesPerTick == 0)
        {
            return true;
        }
        _budget = Math.Min(IsHolding ? _lateBurst : _burst, _budget + (now - _filledAt).Ticks * _bytesPerTick);
        _filledAt = now;
        return _budget > 0;
    }

    internal void OnSent(int bytes) => _budget -= _bytesPerTick == 0 ? 0 : bytes;

    /// <summary>When <see cref="MaySend"/> will be true again, with a grain's worth to send.</summary>
    internal Instant NextSend(Instant now) =>
        _bytesPerTick == 0 ? now : now + new TimeSpan(Math.Max((long)(-_budget / _bytesPerTick), 0)) + Grain / 2;
}
