namespace Roost.Rtc.Simulation;

/// <summary>Throughput where the peers' machine is busy with other things.</summary>
public static class LoadTable
{
    private static readonly SimLinkOptions Rtt20 = new() { Latency = TimeSpan.FromMilliseconds(10), Jitter = 0.1 };

    public static void Print(int first, int count)
    {
        foreach (var usual in (double[])[0.05, 0.5, 1, 2, 5, 10])
        {
            foreach (var stalls in (double[])[0, 0.02])
            {
                var load = new MachineLoad(TimeSpan.FromMilliseconds(usual), stalls, TimeSpan.FromMilliseconds(25));
                Row($"RTT 20 ms, waits {usual} ms, {stalls:P0} stalls", Rtt20, load, first, count);
                Row("  the same, 130 MB/s, 256 KB queue", Rtt20 with { Rate = 130e6 }, load, first, count);
                Row("  RTT 40 ms, 100 Mbit/s, 256 KB queue", CongestionTable.Bottleneck, load, first, count);
            }
        }
    }

    private static void Row(string name, SimLinkOptions line, MachineLoad load, int first, int count)
    {
        var rates = Enumerable.Range(first, count).Select(seed => (Rate: Congestion.Measure(line, 64 << 20, seed, load: load) / 1e6, Seed: seed)).Order().ToArray();
        Console.WriteLine($"{name,-45} {rates[0].Rate,6:F1} (seed {rates[0].Seed,3}) {rates[count / 2].Rate,6:F1} {rates[^1].Rate,6:F1} MB/s");
    }
}
