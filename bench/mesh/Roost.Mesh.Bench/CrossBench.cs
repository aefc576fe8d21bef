using System.Diagnostics;
using Roost.Core.Identity;

namespace Roost.Mesh.Bench;

/// <summary>Signals between clients with sockets: at one hub, and at two. What the second hub adds to their way, and what it costs.</summary>
internal static class CrossBench
{
    private const int Payload = 256, Samples = 4_000, Pairs = 20, PerSecond = 800; // A connection may say 1,000 a second.
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    public static async Task RunAsync()
    {
        var hubs = await OuterHub.StartAsync(2);
        try
        {
            var (alone, aloneCpu) = await MeasureAsync("at one hub", hubs, hubs[0], hubs[0]);
            var (across, acrossCpu) = await MeasureAsync("across two", hubs, hubs[0], hubs[1]);
            Console.WriteLine($"the second hub adds {(across - alone) / 2:0} us at p50 to one way; CPU of both hubs is {acrossCpu / aloneCpu:0.00} of that at one");
        }
        finally
        {
            foreach (var hub in hubs)
            {
                hub.Dispose();
            }
        }
    }

    private static async Task<(double RoundTrip, double Cpu)> MeasureAsync(string name, OuterHub[] hubs, OuterHub here, OuterHub there)
    {
        var ones = Enumerable.Range(0, Pairs).Select(_ => new Client(here.Origin)).ToArray();
        var others = Enumerable.Range(0, Pairs).Select(_ => new Client(there.Origin)).ToArray();
        await Task.WhenAll(ones.Concat(others).Select(client => client.OnlineAsync));
        foreach (var other in others)
        {
            other.Heard = signal => other.Say(signal.From, signal.Payload.ToArray()); // Back to who sent it.
        }
        await PingAsync(ones[0], others[0].Id, 800);
        var times = await PingAsync(ones[0], others[0].Id, Samples);
        double cpu = hubs.Sum(hub => hub.CpuSeconds);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(ones.Zip(others).Select(async pair =>
        {
            long signals = 0;
            while (clock.Elapsed < Length)
            {
                signals += 2 * (await PingAsync(pair.First, pair.Second.Id, 100)).Count;
            }
            return signals;
        }));
        double micros = (hubs.Sum(hub => hub.CpuSeconds) - cpu) * 1e6 / counts.Sum();
        Console.WriteLine($"{name}: round trip p50 {times.At(0.5):0} us, p99 {times.At(0.99):0} us; {counts.Sum() / clock.Elapsed.TotalSeconds:0} signals/s at {micros:0.0} us of the hubs' CPU each");
        foreach (var client in ones.Concat(others))
        {
            await client.DisposeAsync();
        }
        return (times.At(0.5), micros);
    }

    private static async Task<List<double>> PingAsync(Client from, PeerId to, int count)
    {
        var times = new List<double>(count);
        var body = new byte[Payload];
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            from.Heard = _ => back.TrySetResult();
            long at = Stopwatch.GetTimestamp();
            from.Say(to, body);
            await back.Task;
            times.Add(Stopwatch.GetElapsedTime(at).TotalMicroseconds);
            var early = TimeSpan.FromSeconds((double)(i + 1) / PerSecond) - clock.Elapsed;
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early);
            }
        }
        return times;
    }
}
