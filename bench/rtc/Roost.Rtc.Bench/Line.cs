using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Roost.Rtc.Net.Bench;

/// <summary>A line between two peers of this machine, in real time: delay, a bottleneck with a queue that drops its tail, loss.</summary>
/// <remarks>Each peer takes one of two sockets for the other peer; what comes into one leaves by the other.</remarks>
internal static class Line
{
    private const int BufferBytes = 8 << 20;

    /// <summary>Runs until standard input ends. Prints its two ports, then reads those of the peers: two lines of JSON numbers.</summary>
    /// <param name="delay">One way.</param>
    /// <param name="bytesPerSecond">0: no bottleneck.</param>
    /// <param name="queueBytes">What waits at the bottleneck.</param>
    /// <param name="loss">Share of datagrams that vanish, each way.</param>
    internal static void Run(TimeSpan delay, double bytesPerSecond, int queueBytes, double loss)
    {
        using Socket first = Open(), second = Open();
        Console.Out.WriteLine($"[{PortOf(first)}, {PortOf(second)}]");
        Console.Out.Flush();
        var peers = Console.In.ReadLine()!.Split(',').Select(p => new IPEndPoint(IPAddress.Loopback, int.Parse(p))).ToArray();
        Forward(first, second, peers[1], delay, bytesPerSecond, queueBytes, new Random(1), loss);
        Forward(second, first, peers[0], delay, bytesPerSecond, queueBytes, new Random(2), loss);
        _ = Console.In.ReadLine();
    }

    private static void Forward(Socket from, Socket by, IPEndPoint to, TimeSpan delay, double bytesPerSecond, int queueBytes, Random random, double loss)
    {
        var under = Channel.CreateUnbounded<(long Due, byte[] Bytes, int Length)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var delayTicks = (long)(delay.TotalSeconds * Stopwatch.Frequency);
        Start(() =>
        {
            var free = 0L; // when the bottleneck has sent all it holds
            while (true)
            {
                var buffer = MessagePool.Rent(2048);
                var length = from.Receive(buffer);
                var now = Stopwatch.GetTimestamp();
                if (random.NextDouble() < loss || (bytesPerSecond > 0 && (free - now) / (double)Stopwatch.Frequency * bytesPerSecond > queueBytes))
                {
                    MessagePool.Return(buffer);
                    continue;
                }
                free = bytesPerSecond > 0 ? Math.Max(free, now) + (long)(length / bytesPerSecond * Stopwatch.Frequency) : now;
                under.Writer.TryWrite((free + delayTicks, buffer, length));
            }
        });
        var address = to.Serialize();
        Start(() =>
        {
            while (true)
            {
                if (!under.Reader.TryPeek(out var next) || next.Due > Stopwatch.GetTimestamp())
                {
                    Thread.Sleep(1); // everything due by then leaves at once: a millisecond of jitter
                    continue;
                }
                under.Reader.TryRead(out next);
                by.SendTo(next.Bytes.AsSpan(0, next.Length), SocketFlags.None, address);
                MessagePool.Return(next.Bytes);
            }
        });
    }

    private static void Start(Action loop) => new Thread(() =>
    {
        try
        {
            loop();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the run is over
        }
    })
    { IsBackground = true }.Start();

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = BufferBytes, SendBufferSize = BufferBytes };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
