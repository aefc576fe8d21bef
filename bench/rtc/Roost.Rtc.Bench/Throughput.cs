using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;
using Roost.Rtc.Sdp;

namespace Roost.Rtc.Net.Bench;

/// <summary>Ordered, reliable messages one way; prints wall time, CPU time and allocations of this process as one JSON line.</summary>
internal static class Throughput
{
    /// <summary>What is sent before the meters start: the compiler and the windows need some seconds' worth of data to settle.</summary>
    private const long WarmUpBytes = 256 << 20;

    private static ReadOnlySpan<byte> Warm => "warm"u8;

    internal static async Task RunAsync(string[] args)
    {
        var isOfferer = args[0] == "offer";
        var messageBytes = int.Parse(args[1]);
        var total = long.Parse(args[2]);
        var warmUp = args.Contains("cold") ? 0 : WarmUpBytes / messageBytes * messageBytes;
        using var runtime = new RtcRuntime(new RtcRuntimeOptions
        {
            Loops = 1,
            Segmentation = !args.Contains("plain"),
            PortableSockets = args.Contains("portable"),
        });
        await using var connection = runtime.CreateConnection(new RtcConfiguration
        {
            BindAddresses = [IPAddress.Loopback],
            Peer = new PeerOptions { Sctp = new SctpOptions { ZeroChecksum = !args.Contains("crc") } },
        });
        var done = new TaskCompletionSource();
        if (isOfferer)
        {
            var channel = connection.CreateDataChannel("bench");
            await ExchangeAsync(connection, isOfferer);
            await channel.Opened;
            await SendAsync(channel, messageBytes, total, warmUp, done);
        }
        else
        {
            connection.ChannelArrived += (_, channel) => Count(channel, total, warmUp, done);
            await ExchangeAsync(connection, isOfferer);
        }
        await done.Task;
        var statistics = await connection.GetStatisticsAsync();
        Console.Error.WriteLine(statistics.Sctp);
        // The sender stays until the receiver has everything and hangs up; then both end.
        _ = Console.In.ReadLine();
    }

    private static async Task SendAsync(DataChannel channel, int messageBytes, long total, long warmUp, TaskCompletionSource done)
    {
        var message = new byte[messageBytes];
        var warm = new TaskCompletionSource();
        var finished = new TaskCompletionSource();
        channel.OnMessage((_, message, _) => (message.SequenceEqual(Warm) ? warm : finished).TrySetResult());
        await SendAsync(channel, message, warmUp, null);
        if (warmUp > 0)
        {
            await warm.Task;
        }
        var meter = new Meter(total);
        await SendAsync(channel, message, total, meter);
        await finished.Task;
        meter.Report("sender");
        done.SetResult();
    }

    private static async Task SendAsync(DataChannel channel, byte[] message, long total, Meter? meter)
    {
        for (long sent = 0; sent < total; sent += message.Length)
        {
            meter?.At(sent);
            await channel.SendAsync(message);
        }
    }

    private static void Count(DataChannel channel, long total, long warmUp, TaskCompletionSource done)
    {
        Meter? meter = null;
        var received = -warmUp;
        channel.OnMessage((c, message, _) =>
        {
            meter ??= received >= 0 ? new Meter(total) : null;
            meter?.At(received);
            received += message.Length;
            if (received >= 0 && received < message.Length && warmUp > 0)
            {
                c.TrySend(Warm);
            }
            if (received >= total)
            {
                meter!.Report("receiver");
                c.TrySend("done");
                done.TrySetResult();
            }
        });
    }

    private static async Task ExchangeAsync(RtcPeerConnection connection, bool isOfferer)
    {
        if (!isOfferer)
        {
            await connection.SetRemoteDescriptionAsync(Hear());
        }
        await connection.SetLocalDescriptionAsync();
        await connection.Gathered;
        var description = await connection.GetLocalDescriptionAsync();
        Console.Out.WriteLine(JsonSerializer.Serialize(new { type = description.TypeName, sdp = description.Sdp }));
        Console.Out.Flush();
        if (isOfferer)
        {
            await connection.SetRemoteDescriptionAsync(Hear());
        }
    }

    private static SessionDescription Hear()
    {
        using var json = JsonDocument.Parse(Console.In.ReadLine()!);
        return SessionDescription.Parse(json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("sdp").GetString()!);
    }
}

/// <summary>Wall clock, CPU and allocations since it was made; the latter also part by part, since what is made once is no part's habit.</summary>
internal sealed class Meter(long total)
{
    private const int Parts = 8;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpu = Process.GetCurrentProcess().TotalProcessorTime;
    private readonly long[] _allocated = new long[Parts + 1];
    private int _next;

    /// <summary>So many bytes have passed.</summary>
    internal void At(long bytes)
    {
        if (_next <= Parts && bytes >= total / Parts * _next)
        {
            _allocated[_next++] = GC.GetTotalAllocatedBytes(precise: true);
        }
    }

    internal void Report(string role)
    {
        At(long.MaxValue);
        var parts = Enumerable.Range(0, Parts).Select(i => _allocated[i + 1] - _allocated[i]).Order().ToArray();
        Console.Out.WriteLine(JsonSerializer.Serialize(new
        {
            role,
            seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds,
            cpu = (Process.GetCurrentProcess().TotalProcessorTime - _cpu).TotalSeconds,
            allocated = _allocated[Parts] - _allocated[0],
            usual = (parts[(Parts / 2) - 1] + parts[Parts / 2]) / 2.0 * Parts, // of the median part, as if all were like it
        }));
    }
}
