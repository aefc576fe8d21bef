using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Roost.Hub.Mesh;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Links;

namespace Roost.Hub.Tests.Mesh;

/// <summary>How a hub reaches another's door: on its own loop, and through .NET's sockets where that does not serve.</summary>
public sealed class DiallingTests : IAsyncLifetime
{
    private readonly SocketLoop _loop;
    private readonly LoopDialler _loops;

    public DiallingTests() => _loops = new([_loop = new(exception => Assert.Fail(exception.ToString()))]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _loops.DisposeAsync();
        _loop.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_sent_masked_is_understood_and_the_reason_of_a_close_comes_back(bool byLoop)
    {
        await using var hub = await TestHub.StartAsync();
        var (socket, reach) = await DiallerOf(byLoop).DialAsync(new($"ws://localhost:{hub.Host.Port}/mesh"), null, Cancel);
        await using var _ = socket;
        Assert.Equal(Reach.Loopback, reach);
        Assert.Equal(byLoop, socket.Loop is not null);
        await socket.SendAsync(new byte[] { 1, 0 }.Concat(new byte[300]).ToArray()); // A HELLO of version 0, as the protocol describes it.
        SocketMessage message;
        do
        {
            message = await socket.ReceiveAsync();
            MeshSocket.Return(message);
        }
        while (message.Event == SocketEvent.Binary);
        Assert.Equal(LinkRefusal.OtherVersion, socket.CloseReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_answers_otherwise_is_no_hub(bool byLoop)
    {
        string[] answers =
        [
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\nSec-WebSocket-Protocol: roost-hub.1\r\n\r\n",
            "SSH-2.0-x\r\n\r\n",
            new string('x', 9_000),
        ];
        foreach (string answer in answers)
        {
            using var odd = Listen();
            var serving = AnswerAsync(odd, answer);
            await Assert.ThrowsAsync<WebSocketException>(() => DiallerOf(byLoop).DialAsync(UrlOf(odd), null, Cancel));
            await serving;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_there_and_a_hang_up_are_failures_that_may_pass(bool byLoop)
    {
        using var odd = Listen();
        var serving = AnswerAsync(odd, "");
        Assert.NotNull(await Record.ExceptionAsync(() => DiallerOf(byLoop).DialAsync(UrlOf(odd), null, Cancel)) as IOException);
        await serving;
        var gone = UrlOf(odd);
        odd.Stop();
        var refused = await Record.ExceptionAsync(() => DiallerOf(byLoop).DialAsync(gone, null, Cancel));
        Assert.True(refused is IOException or SocketException, refused?.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_accepts_and_says_nothing_is_given_up_in_time(bool byLoop)
    {
        using var silent = Listen();
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var dialling = DiallerOf(byLoop).DialAsync(UrlOf(silent), null, soon.Token);
        using var accepted = await silent.AcceptSocketAsync(Cancel);
        Assert.False(dialling.IsCompleted);
        await soon.CancelAsync();
        Assert.NotNull(await Record.ExceptionAsync(() => dialling.WaitAsync(TimeSpan.FromSeconds(30), Cancel)));
    }

    [Fact]
    public async Task A_dialled_connection_carries_both_ways_more_than_the_kernel_holds()
    {
        using var far = Listen();
        var near = await _loops.DialAsync((IPEndPoint)far.LocalEndpoint, Cancel);
        using var other = await far.AcceptSocketAsync(Cancel);
        var sent = new byte[8_000_000];
        new Random(1).NextBytes(sent);
        near.Writer.Write(sent);
        var flush = near.Writer.FlushAsync(Cancel).AsTask();
        var got = new byte[sent.Length];
        for (int at = 0; at < got.Length;)
        {
            at += await other.ReceiveAsync(got.AsMemory(at), Cancel);
        }
        Assert.False((await flush).IsCompleted);
        Assert.True(sent.AsSpan().SequenceEqual(got));
        await other.SendAsync("back"u8.ToArray(), Cancel);
        Assert.Equal("back", Encoding.ASCII.GetString((await near.Reader.ReadAsync(Cancel)).Buffer));
        near.Reader.Complete();
        near.Writer.Complete();
    }

    private MeshDialler DiallerOf(bool byLoop) => new(() => byLoop ? _loops : null);

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static Uri UrlOf(TcpListener listener) => new($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/mesh");

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync(Cancel);
        var stream = client.GetStream();
        string asked = "";
        var buffer = new byte[4_096];
        while (!asked.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer, Cancel);
            Assert.NotEqual(0, read);
            asked += Encoding.ASCII.GetString(buffer, 0, read);
        }
        Assert.StartsWith("GET /mesh HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Cancel);
        client.Client.Shutdown(SocketShutdown.Send);
        try
        {
            while (await stream.ReadAsync(buffer, Cancel) > 0)
            {
                // Until the dialler hangs up: what it has not read is not lost by a reset.
            }
        }
        catch (IOException)
        {
            // It hung up without reading all.
        }
    }
}
