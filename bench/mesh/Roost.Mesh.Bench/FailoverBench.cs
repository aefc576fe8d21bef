using System.Diagnostics;

namespace Roost.Mesh.Bench;

/// <summary>A hub of three is killed: when are its clients at another one, and when does a signal from elsewhere reach them there?</summary>
internal static class FailoverBench
{
    public static async Task RunAsync(int count)
    {
        var hubs = await OuterHub.StartAsync(3);
        await using var watcher = new Client(hubs[2].Origin);
        var clients = Enumerable.Range(0, count).Select(_ => new Client(hubs[0].Origin)).ToArray();
        await Task.WhenAll(clients.Append(watcher).Select(client => client.OnlineAsync));
        await Task.Delay(1_000);
        long killed = Stopwatch.GetTimestamp();
        hubs[0].Dispose();
        var clock = Stopwatch.StartNew();
        while (clients.Any(client => client.FoundAt == 0) && clock.Elapsed < TimeSpan.FromSeconds(30))
        {
            foreach (var client in clients.Where(client => client.FoundAt == 0))
            {
                watcher.Say(client.Id, "found?"u8.ToArray());
            }
            await Task.Delay(20);
        }
        double[] back = [.. clients.Where(client => client.BackAt != 0).Select(client => Stopwatch.GetElapsedTime(killed, client.BackAt).TotalMilliseconds)];
        double[] found = [.. clients.Where(client => client.FoundAt != 0).Select(client => Stopwatch.GetElapsedTime(killed, client.FoundAt).TotalMilliseconds)];
        Console.WriteLine($"{count} clients of a killed hub: at another one p50 {back.At(0.5):0} ms, p99 {back.At(0.99):0} ms ({back.Length} of {count}); found there p50 {found.At(0.5):0} ms, p99 {found.At(0.99):0} ms ({found.Length} of {count})");
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
        hubs[1].Dispose();
        hubs[2].Dispose();
    }
}
