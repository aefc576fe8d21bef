using System.Diagnostics;
using System.Net;

namespace Roost.Rtc.Net.Bench;

/// <summary>One-way latency of small messages between two loops of one process, by one clock.</summary>
internal static class Latency
{
    internal static async Task RunAsync(int count)
    {
        var (here, there, stop) = await ConnectAsync();
        await using (stop)
        {
            var times = new double[count];
            var arrived = new SemaphoreSlim(0);
            var number = -100; // the first ones warm up
            var sentAt = 0L;
            there.OnMessage((_, _, _) =>
            {
                if (number >= 0 && number < count)
                {
                    times[number] = Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds;
                }
                arrived.Release();
            });
            var message = new byte[100];
            for (; number < count; number++)
            {
                sentAt = Stopwatch.GetTimestamp();
                here.TrySend(message);
                await arrived.WaitAsync();
            }
            Array.Sort(times);
            Console.WriteLine($"100 B one way, {count} messages: p50 {times[count / 2]:F3} ms, p99 {times[count * 99 / 100]:F3} ms, max {times[^1]:F3} ms");
        }
    }

    internal static async Task<(DataChannel Here, DataChannel There, IAsyncDisposable Stop)> ConnectAsync()
    {
        var options = new RtcRuntimeOptions { Loops = 1 };
        var (first, second) = (new RtcRuntime(options), new RtcRuntime(options));
        var configuration = new RtcConfiguration { BindAddresses = [IPAddress.Loopback] };
        var (a, b) = (first.CreateConnection(configuration), second.CreateConnection(configuration));
        var arrived = new TaskCompletionSource<DataChannel>();
        b.ChannelArrived += (_, channel) => arrived.SetResult(channel);
        a.CandidateFound += (_, candidate) => b.AddIceCandidate(candidate?.ToString());
        b.CandidateFound += (_, candidate) => a.AddIceCandidate(candidate?.ToString());
        var here = a.CreateDataChannel("latency");
        await b.SetRemoteDescriptionAsync(await a.SetLocalDescriptionAsync());
        await a.SetRemoteDescriptionAsync(await b.SetLocalDescriptionAsync());
        await here.Opened;
        return (here, await arrived.Task, new Stop(a, b, first, second));
    }

    private sealed class Stop(RtcPeerConnection a, RtcPeerConnection b, RtcRuntime first, RtcRuntime second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await a.DisposeAsync();
            await b.DisposeAsync();
            first.Dispose();
            second.Dispose();
        }
    }
}
