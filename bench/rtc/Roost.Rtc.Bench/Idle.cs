using System.Diagnostics;
using System.Net;

namespace Roost.Rtc.Net.Bench;

/// <summary>Resident memory of many idle connections, both ends in this process; and how long connecting takes.</summary>
internal static class Idle
{
    internal static async Task RunAsync(int count)
    {
        using var here = new RtcRuntime(new RtcRuntimeOptions { Loops = 1 });
        using var there = new RtcRuntime(new RtcRuntimeOptions { Loops = 1 });
        var configuration = new RtcConfiguration { BindAddresses = [IPAddress.Loopback] };
        var all = new List<RtcPeerConnection>();
        var times = new List<double>();
        async Task ConnectAsync()
        {
            var start = Stopwatch.GetTimestamp();
            var (a, b) = (here.CreateConnection(configuration), there.CreateConnection(configuration));
            var channel = a.CreateDataChannel("idle");
            await b.SetRemoteDescriptionAsync(await a.SetLocalDescriptionAsync());
            await a.SetRemoteDescriptionAsync(await b.SetLocalDescriptionAsync());
            await channel.Opened;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            all.Add(a);
            all.Add(b);
        }
        for (var i = 0; i < 20; i++)
        {
            await ConnectAsync(); // warms up, and fills what is shared
        }
        times.Clear();
        var before = Resident();
        for (var i = 0; i < count; i++)
        {
            await ConnectAsync();
        }
        var each = (Resident() - before) / (2.0 * count);
        times.Sort();
        Console.WriteLine($"{2 * count} idle connections: {each / 1000:F1} kB each (resident); offer to open channel p50 {times[count / 2]:F1} ms, p99 {times[count * 99 / 100]:F1} ms");
        foreach (var connection in all)
        {
            await connection.DisposeAsync();
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Process.GetCurrentProcess().WorkingSet64;
    }
}
