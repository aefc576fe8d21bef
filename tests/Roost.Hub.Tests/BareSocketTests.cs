using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Roost.Hub.Sockets;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests;

/// <summary>What no WebSocket library would send.</summary>
public class BareSocketTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ=="; // RFC 6455 section 1.3
    private static readonly string Id = PigeonClient.IdOf('a');

    [Theory]
    [InlineData("GET //?peerId={id} HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("GET /?peerId={id} HTTP/1.1\r\nHost: [:::\r\n")]
    [InlineData("GET /?peerId={id} HTTP/1.1\r\nHost: \r\n")]
    [InlineData("GET /%zz//..?peerId={id}&x=%zz HTTP/1.1\r\nHost: a\r\n")]
    public async Task Odd_paths_and_hosts_kill_nobody(string head)
    {
        await using var hub = await TestHub.StartAsync();
        using var tcp = await DialAsync(hub);
        string answer = await AskAsync(tcp, head.Replace("{id}", Id, StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 101", answer, StringComparison.Ordinal);
        Assert.Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer, StringComparison.Ordinal);
        await using var other = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('b'));
    }

    [Theory]
    [InlineData("81023a7d")]                   // not masked
    [InlineData("c18000000000")]               // a reserved bit
    [InlineData("838000000000")]               // a reserved opcode
    [InlineData("808000000000")]               // a continuation of nothing
    [InlineData("098000000000")]               // a ping in fragments
    [InlineData("89fe007e00000000")]           // a ping of 126 bytes
    [InlineData("81ffffffffffffffffff00000000")] // a negative length
    public async Task Broken_frames_close_one_connection_with_1002(string hex)
    {
        await using var hub = await TestHub.StartAsync();
        using var tcp = await DialAsync(hub);
        await AskAsync(tcp, $"GET /?peerId={Id} HTTP/1.1\r\nHost: a\r\n");
        await ReadFrameAsync(tcp); // connected
        await tcp.GetStream().WriteAsync(Convert.FromHexString(hex), TestContext.Current.CancellationToken);
        var close = await ReadFrameAsync(tcp);
        Assert.Equal((0x88, "03ea"), (close[0], Convert.ToHexStringLower(close.AsSpan(2))));
    }

    [Fact]
    public async Task Fragments_and_single_bytes_are_joined_and_pings_between_them_answered()
    {
        await using var hub = await TestHub.StartAsync();
        using var tcp = await DialAsync(hub);
        await AskAsync(tcp, $"GET /?peerId={Id} HTTP/1.1\r\nHost: a\r\n");
        await ReadFrameAsync(tcp);
        byte[] stream = [.. Frame(0x01, "{\"type\":"), .. Frame(0x89, "hi"), .. Frame(0x00, ""), .. Frame(0x80, "\"ping\"}")];
        foreach (byte one in stream)
        {
            await tcp.GetStream().WriteAsync(new[] { one }, TestContext.Current.CancellationToken);
        }
        Assert.Equal("8a02" + Convert.ToHexStringLower("hi"u8), Convert.ToHexStringLower(await ReadFrameAsync(tcp)));
        Assert.Contains("pong", Encoding.UTF8.GetString(await ReadFrameAsync(tcp)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_doors_open_in_an_ordinary_app_with_and_without_the_fast_path(bool fast)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRoostHub(options => options.Host = "127.0.0.1");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (fast)
            {
                listen.UseRoostSockets();
            }
        }));
        await using var app = builder.Build();
        app.MapRoostHub();
        await app.StartAsync(TestContext.Current.CancellationToken);
        int port = new Uri(app.Urls.Single()).Port;
        await using var a = await PigeonClient.AnnounceAsync(port, '1');
        await using var b = await PigeonClient.AnnounceAsync(port, '2');
        await a.SayAsync($$"""{"type":"offer","data":"{{new string('x', 100_000)}}","targetPeerId":"{{b.Id}}"}""");
        Assert.Equal(100_000, ((string?)(await b.HearAsync("offer"))["data"])!.Length);
        await using var bad = await PigeonClient.ConnectAsync(port, "x", "/peers", connected: false);
        Assert.Equal(1008, (await bad.ClosedAsync()).Code);
        await using var peer = new TestPeer(1);
        await peer.DialAsync(port);
        await peer.AuthAsync("", $"localhost:{port}");
        await peer.HearAsync<DoorFrame.Welcome>();
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<TcpClient> DialAsync(TestHub hub)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, hub.Host.Port, TestContext.Current.CancellationToken);
        return tcp;
    }

    private static async Task<string> AskAsync(TcpClient tcp, string head)
    {
        await tcp.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(head + $"Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n\r\n"),
            TestContext.Current.CancellationToken);
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await tcp.GetStream().ReadAsync(one, TestContext.Current.CancellationToken) == 1)
        {
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    private static byte[] Frame(byte head, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        byte[] mask = [1, 2, 3, 4];
        return [head, (byte)(0x80 | body.Length), .. mask, .. body.Select((b, i) => (byte)(b ^ mask[i & 3]))];
    }

    private static async Task<byte[]> ReadFrameAsync(TcpClient tcp)
    {
        var head = new byte[4];
        await tcp.GetStream().ReadExactlyAsync(head.AsMemory(0, 2), TestContext.Current.CancellationToken);
        int size = 2;
        int length = head[1];
        if (length == 126)
        {
            await tcp.GetStream().ReadExactlyAsync(head.AsMemory(2, 2), TestContext.Current.CancellationToken);
            (size, length) = (4, head[2] << 8 | head[3]);
        }
        var body = new byte[length];
        await tcp.GetStream().ReadExactlyAsync(body, TestContext.Current.CancellationToken);
        return [.. head[..size], .. body];
    }
}
