using Roost.Core.Cores;

namespace Roost.Rtc.Simulation;

/// <summary>One direction of a line: latency, jitter, loss, duplication, reordering, and a bottleneck with a tail-drop queue.</summary>
public sealed record SimLinkOptions
{
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(5);
    public double Jitter { get; init; }
    public double Loss { get; init; }
    public double Duplication { get; init; }

    /// <summary>Share of packets that take up to twice the latency and so are overtaken.</summary>
    public double Reordering { get; init; }

    /// <summary>Bytes per second; 0 for no limit.</summary>
    public double Rate { get; init; }
    public int QueueBytes { get; init; } = 256 * 1024;
}

/// <summary>A line with its queue.</summary>
public sealed class SimLink(SimLinkOptions options, Dice dice)
{
    private const int IpAndUdpHeaders = 28;
    private Instant _freeAt;
    private Instant _lastArrival;

    public long Dropped { get; private set; }
    public long Carried { get; private set; }

    /// <summary>When a packet sent now arrives: not at all, once, or twice.</summary>
    public void Arrivals(int bytes, Instant now, List<Instant> arrivals)
    {
        arrivals.Clear();
        if (dice.NextDouble() < options.Loss)
        {
            Dropped++;
            return;
        }
        var leaves = now;
        if (options.Rate > 0)
        {
            _freeAt = _freeAt < now ? now : _freeAt;
            if ((_freeAt - now).TotalSeconds * options.Rate > options.QueueBytes)
            {
                Dropped++;
                return;
            }
            _freeAt += TimeSpan.FromSeconds((bytes + IpAndUdpHeaders) / options.Rate);
            leaves = _freeAt;
        }
        Carried++;
        var at = leaves + dice.Jitter(options.Latency, options.Jitter);
        if (dice.NextDouble() < options.Reordering)
        {
            at += options.Latency * dice.NextDouble();
        }
        else if (at < _lastArrival)
        {
            at = _lastArrival; // jitter alone does not reorder: a line is a queue
        }
        _lastArrival = _lastArrival < at ? at : _lastArrival;
        arrivals.Add(at);
        if (dice.NextDouble() < options.Duplication)
        {
            arrivals.Add(at + options.Latency * dice.NextDouble());
        }
    }
}
