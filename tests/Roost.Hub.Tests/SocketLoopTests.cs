using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Roost.Hub.Sockets.Loop;

namespace Roost.Hub.Tests;

/// <summary>The hub's own socket loop, and which connections it keeps.</summary>
public sealed class SocketLoopTests : IDisposable
{
    private readonly SocketLoop _loop = new(exception => Assert.Fail(exception.ToString()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task Bytes_in_a_readers_hands_stay_as_they_are_while_others_receive()
    {
        var (first, firstFar) = await PairAsync();
        var (second, secondFar) = await PairAsync();
        await firstFar.SendAsync("held by the first"u8.ToArray(), Cancel);
        var held = await first.Reader.ReadAsync(Cancel);
        await Task.Yield(); // Off the loop's thread, with the bytes not given back.
        for (int i = 0; i < 20; i++)
        {
            await secondFar.SendAsync(Encoding.ASCII.GetBytes($"{i:d3} overwrites what it can"), Cancel);
            var other = await second.Reader.ReadAsync(Cancel);
            second.Reader.AdvanceTo(other.Buffer.End);
        }
        Assert.Equal("held by the first", Encoding.ASCII.GetString(held.Buffer));
        first.Reader.AdvanceTo(held.Buffer.GetPosition(5));
        var rest = await first.Reader.ReadAsync(Cancel);
        Assert.Equal("by the first", Encoding.ASCII.GetString(rest.Buffer));
        first.Reader.AdvanceTo(rest.Buffer.End);
        End(first, firstFar);
        End(second, secondFar);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7_000)]
    [InlineData(1_000_000)]
    public async Task A_reader_that_asks_for_more_gets_all_in_order(int atLeast)
    {
        var (near, far) = await PairAsync();
        var sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        var sending = Task.Run(
            async () =>
            {
                for (int at = 0; at < sent.Length;)
                {
                    at += await far.SendAsync(sent.AsMemory(at, Math.Min(50_000, sent.Length - at)), Cancel);
                }
                far.Shutdown(SocketShutdown.Send);
            },
            Cancel);
        var got = new List<byte>();
        while (true)
        {
            var result = await near.Reader.ReadAsync(Cancel);
            if (result.Buffer.Length < atLeast && !result.IsCompleted)
            {
                near.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }
            // Not all of it, as one who takes message after message.
            var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, Math.Max(atLeast, 20_000)));
            got.AddRange(part.ToArray());
            bool all = result.IsCompleted && part.Length == result.Buffer.Length;
            near.Reader.AdvanceTo(part.End);
            if (all)
            {
                break;
            }
        }
        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(got.ToArray()));
        End(near, far);
    }

    [Fact]
    public async Task A_flush_ends_when_a_slow_reader_has_taken_the_bytes()
    {
        var (near, far) = await PairAsync();
        var sent = new byte[20_000_000];
        new Random(2).NextBytes(sent);
        near.Writer.Write(sent);
        var flush = near.Writer.FlushAsync(Cancel).AsTask();
        Assert.False(flush.IsCompleted);
        var got = new byte[sent.Length];
        for (int at = 0; at < got.Length;)
        {
            at += await far.ReceiveAsync(got.AsMemory(at), Cancel);
        }
        Assert.False((await flush).IsCompleted);
        Assert.True(sent.AsSpan().SequenceEqual(got));
        End(near, far);
    }

    [Fact]
    public async Task A_cut_ends_a_pending_read_and_a_pending_flush()
    {
        var (near, far) = await PairAsync();
        near.Writer.Write(new byte[20_000_000]);
        var flush = near.Writer.FlushAsync(Cancel).AsTask();
        var read = near.Reader.ReadAsync(Cancel).AsTask();
        near.Abort();
        Assert.True((await flush).IsCompleted);
        Assert.True((await read).IsCompleted);
        End(near, far);
    }

    [Fact]
    public async Task A_message_may_come_with_the_opening_and_the_opening_in_pieces()
    {
        await using var hub = await TestHub.StartAsync();
        byte[] ping = [0x89, 0x82, 0, 0, 0, 0, (byte)'h', (byte)'i'];
        byte[] opening =
        [
            .. "GET /?peerId=0123456789012345678901234567890123456789 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"u8,
            .. "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8,
            .. ping,
        ];
        foreach (int cut in (int[])[1, 40, opening.Length - 10, opening.Length - ping.Length, opening.Length - 3, opening.Length])
        {
            using var tcp = new TcpClient { NoDelay = true };
            await tcp.ConnectAsync(IPAddress.Loopback, hub.Host.Port, Cancel);
            await tcp.GetStream().WriteAsync(opening.AsMemory(0, cut), Cancel);
            await Task.Delay(20, Cancel); // Usually two packets; one is as good.
            await tcp.GetStream().WriteAsync(opening.AsMemory(cut), Cancel);
            var heard = new List<byte>();
            var buffer = new byte[4096];
            while (!heard.ToArray().AsSpan().EndsWith<byte>([0x8A, 2, (byte)'h', (byte)'i']))
            {
                int read = await tcp.GetStream().ReadAsync(buffer, Cancel);
                Assert.NotEqual(0, read);
                heard.AddRange(buffer[..read]);
            }
        }
    }

    [Fact]
    public async Task What_no_door_claims_is_served_as_a_page_even_byte_by_byte()
    {
        await using var hub = await TestHub.StartAsync();
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, hub.Host.Port, Cancel);
        foreach (byte one in "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray())
        {
            await tcp.GetStream().WriteAsync(new[] { one }, Cancel);
        }
        using var reader = new StreamReader(tcp.GetStream());
        string answer = await reader.ReadToEndAsync(Cancel);
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("nodeId", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_an_opening_is_no_obstacle_to_going_down()
    {
        var hub = await TestHub.StartAsync();
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, hub.Host.Port, Cancel);
        using var half = new TcpClient();
        await half.ConnectAsync(IPAddress.Loopback, hub.Host.Port, Cancel);
        await half.GetStream().WriteAsync("GET /?peer"u8.ToArray(), Cancel);
        await hub.DisposeAsync();
        Assert.Equal(0, await EndOfAsync(silent));
        Assert.Equal(0, await EndOfAsync(half));
    }

    private static async Task<int> EndOfAsync(TcpClient tcp)
    {
        try
        {
            return await tcp.GetStream().ReadAsync(new byte[1], Cancel);
        }
        catch (IOException)
        {
            return 0; // Reset, since it had not been read: ended all the same.
        }
    }

    private async Task<(LoopSocket Near, Socket Far)> PairAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(listener.LocalEndPoint!, Cancel);
        var accepted = await listener.AcceptAsync(Cancel);
        int descriptor = (int)accepted.Handle;
        accepted.SafeHandle.SetHandleAsInvalid(); // The loop owns it from here.
        var near = new LoopSocket(_loop, descriptor, _ => { });
        _loop.Watch(descriptor, near, LoopSocket.Events);
        return (near, far);
    }

    private static void End(LoopSocket near, Socket far)
    {
        near.Reader.Complete();
        near.Writer.Complete();
        far.Dispose();
    }
}
