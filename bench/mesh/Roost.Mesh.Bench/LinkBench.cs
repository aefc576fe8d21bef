using System.Diagnostics;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Bench;

/// <summary>Two hubs, one link, 256-byte signals between peers without sockets: how many, and how long one takes. (NATS, two nodes here: 93 µs at p50, 643 at p99.)</summary>
internal static class LinkBench
{
    private const int Payload = 256, Window = 16_384, Samples = 20_000;

    public static async Task RunAsync()
    {
        await using var left = await InnerHub.StartAsync();
        await using var right = await InnerHub.StartAsync(left);
        await right.MeetsAsync(1);
        var (from, to) = (InnerHub.PeerOf(1), InnerHub.PeerOf(2));
        long heard = 0;
        TaskCompletionSource? one = null;
        var times = new List<double>(Samples);
        using var room = new SemaphoreSlim(Window);
        var sender = await left.EnterAsync(from);
        await right.EnterAsync(to, signal =>
        {
            times.Add(Stopwatch.GetElapsedTime(BitConverter.ToInt64(signal.Body.Span)).TotalMicroseconds);
            Interlocked.Increment(ref heard);
            room.Release();
            Volatile.Read(ref one)?.TrySetResult();
        });
        while (await left.Service.LookAsync(core => core.Mesh!.Leases) < 1)
        {
            await Task.Delay(10);
        }

        async ValueTask SendAsync()
        {
            await room.WaitAsync();
            var body = new byte[Payload];
            BitConverter.TryWriteBytes(body, Stopwatch.GetTimestamp());
            await left.Service.PostAsync(new HubInput.Signal(sender, 0, to, 0, body));
        }

        for (int i = 0; i < 200_000; i++)
        {
            await SendAsync(); // Lets the runtime compile what it uses.
        }
        await AllAsync();
        times.Clear();
        for (int i = 0; i < Samples; i++)
        {
            // The sender sleeps meanwhile: one that spins would keep a core from the threads that it waits for.
            var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref one, back);
            await SendAsync();
            await back.Task;
        }
        Volatile.Write(ref one, null);
        Console.WriteLine($"one way, one at a time: p50 {times.At(0.5):0} us, p99 {times.At(0.99):0} us ({Samples} signals of {Payload} B)");
        times.Clear();
        heard = 0;
        var clock = Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        long sent = 0;
        while (clock.Elapsed < TimeSpan.FromSeconds(5))
        {
            for (int i = 0; i < 1_000; i++)
            {
                await SendAsync();
            }
            sent += 1_000;
        }
        await AllAsync();
        Console.WriteLine($"one link: {heard / clock.Elapsed.TotalSeconds:0} signals/s of {Payload} B, {heard} of {sent} arrived, at most {Window} on their way; {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / heard:0.0} us of CPU each, bench and both hubs");

        async Task AllAsync()
        {
            while (room.CurrentCount < Window)
            {
                await Task.Delay(1);
            }
        }
    }
}
