using Roost.Rtc.Simulation;

namespace Roost.Rtc.Tests;

/// <summary>Throughput in virtual time where the machine, not the line, is what goes wrong. The bounds are far from what is reached, and far from what it was with the defect.</summary>
public sealed class BusyMachineTests
{
    private const long Bytes = 16 << 20;

    private static readonly SimLinkOptions Rtt20 = new() { Latency = TimeSpan.FromMilliseconds(10), Jitter = 0.1 };

    // One real run of 72 stayed at 1.4 MB/s: loops that wait about 10 ms for a processor sent ten packets each time and never filled their window, and of the
    // acknowledgements that came in one burst only the first let it grow. With both defects these seeds give 1.3 to 3 MB/s.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.02)]
    [InlineData(2, 0)]
    [InlineData(2, 0.02)]
    public void Loops_that_wait_for_a_processor_do_not_keep_the_window_small(int seed, double stalls)
    {
        var busy = new MachineLoad(TimeSpan.FromMilliseconds(10), stalls, TimeSpan.FromMilliseconds(25));
        Assert.InRange(Congestion.Measure(Rtt20, Bytes, seed, load: busy) / 1e6, 3.2, double.MaxValue);
        var bottleneck = new SimLinkOptions { Latency = TimeSpan.FromMilliseconds(20), Rate = 12_500_000, QueueBytes = 256_000 };
        Assert.InRange(Congestion.Measure(bottleneck, Bytes, seed, load: busy) / 1e6, 3.2, double.MaxValue);
    }

    // Timeouts one after another are one event: the threshold that slow start aims at afterwards must not shrink with each.
    [Fact]
    public void After_an_outage_of_several_timeouts_the_old_rate_is_soon_back()
    {
        const long Total = 64 << 20;
        var seconds = Total / Congestion.Measure(Rtt20, Total, seed: 1, outage: TimeSpan.FromSeconds(3));
        Assert.InRange(seconds, 3, 8);
    }
}
