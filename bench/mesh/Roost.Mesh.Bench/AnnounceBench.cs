using System.Diagnostics;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Bench;

/// <summary>So many peers enter one hub at once: when does the other hub know of all?</summary>
internal static class AnnounceBench
{
    public static async Task RunAsync(int count)
    {
        await using var left = await InnerHub.StartAsync();
        await using var right = await InnerHub.StartAsync(left);
        await right.MeetsAsync(1);
        for (int round = 0; round < 3; round++)
        {
            var peers = Enumerable.Range(1 + round * count, count).Select(InnerHub.PeerOf).ToArray();
            int before = await right.Service.LookAsync(core => core.Mesh!.Leases);
            var clock = Stopwatch.StartNew();
            var cpu = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < count; i++)
            {
                var id = new ConnectionId(1_000_000_000L + round * count + i);
                await left.Service.PostAsync(new HubInput.Opened(id, InnerHub.Dialect, new((UInt128)i)));
                await left.Service.PostAsync(new HubInput.Entered(id, peers[i], Bound: false, new(InnerHub.Dialect, "")));
            }
            while (await right.Service.LookAsync(core => core.Mesh!.Leases) < before + count)
            {
                await Task.Delay(1);
            }
            Console.WriteLine($"{count} announces visible on the other hub after {clock.ElapsedMilliseconds} ms; {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / count:0.0} us of CPU each, bench and both hubs");
        }
    }
}
