namespace Roost.Rtc.Simulation;

/// <summary>The table of docs/rtc.md.</summary>
public static class CongestionTable
{
    public static void Print()
    {
        Row("RTT 20 ms, no loss", new SimLinkOptions { Latency = TimeSpan.FromMilliseconds(10) }, 128 << 20);
        Row("RTT 100 ms, no loss", new SimLinkOptions { Latency = TimeSpan.FromMilliseconds(50) }, 128 << 20);
        Row("RTT 20 ms, 0.1 % loss", new SimLinkOptions { Latency = TimeSpan.FromMilliseconds(10), Loss = 0.001 }, 64 << 20);
        Row("RTT 20 ms, 1 % loss", new SimLinkOptions { Latency = TimeSpan.FromMilliseconds(10), Loss = 0.01 }, 32 << 20);
        Row("RTT 40 ms, 100 Mbit/s, 256 KB queue", Bottleneck, 128 << 20);
        Row("the same, 32 KB queue", Bottleneck with { QueueBytes = 32_000 }, 64 << 20);
        Row("RTT 20 ms, 5 % reordered", new SimLinkOptions { Latency = TimeSpan.FromMilliseconds(10), Reordering = 0.05 }, 64 << 20);
        for (var seed = 1; seed <= 3; seed++)
        {
            Console.WriteLine($"{"two flows, seed " + seed,-38} {Congestion.Share(Bottleneck, seed):P0} for the first");
        }
    }

    internal static SimLinkOptions Bottleneck { get; } = new() { Latency = TimeSpan.FromMilliseconds(20), Rate = 12_500_000, QueueBytes = 256_000 };

    private static void Row(string name, SimLinkOptions line, long bytes) =>
        Console.WriteLine($"{name,-38} {Congestion.Measure(line, bytes, seed: 1) / 1e6:F1} MB/s");
}
