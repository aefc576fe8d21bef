using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Roost.Hub.Mesh;
using Roost.Mesh.Links;

namespace Roost.Hub.Tests.Mesh;

/// <summary>What a hub may find where it was told that another is.</summary>
public class StrangeHubTests
{
    [Fact]
    public async Task A_hub_of_another_version_is_named_as_that_and_does_no_harm()
    {
        using var old = new TcpListener(IPAddress.Loopback, 0);
        old.Start();
        _ = ServeAsync(old, async socket =>
        {
            var buffer = new byte[1_000];
            int length = (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).Count;
            buffer[1] = 0; // A HELLO of version 0, such as this hub's own was.
            await socket.SendAsync(buffer.AsMemory(0, length), WebSocketMessageType.Binary, true, CancellationToken.None);
            await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        });
        await using var hub = await TestHub.StartAsync(options => options.BootstrapPeers = [UrlOf(old)]);
        hub.Log.Expect("speaks another version");
        await ToldAsync(hub, "speaks another version");
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        Assert.Equal(0, await MeshOfHubs.HubsKnownTo(hub));
    }

    [Fact]
    public async Task A_hub_that_refuses_with_garbage_or_hangs_up_is_tried_again_and_does_no_harm()
    {
        using var odd = new TcpListener(IPAddress.Loopback, 0);
        odd.Start();
        int tries = 0;
        _ = ServeAsync(odd, async socket =>
        {
            var garbage = RandomNumberGenerator.GetBytes(200);
            garbage[0] = 0x0F; // REFUSED, with a code that nobody knows.
            garbage[1] = 0xEE;
            await socket.ReceiveAsync(new byte[1_000].AsMemory(), CancellationToken.None);
            if (Interlocked.Increment(ref tries) == 1)
            {
                return; // Hangs up in the middle of the handshake.
            }
            await socket.SendAsync(garbage, WebSocketMessageType.Binary, true, CancellationToken.None);
        });
        await using var hub = await TestHub.StartAsync(options => options.BootstrapPeers = [UrlOf(odd)]);
        hub.Log.Expect("is no hub of this kind");
        await ToldAsync(hub, "is no hub of this kind");
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        Assert.Equal(0, await MeshOfHubs.HubsKnownTo(hub));
    }

    [Fact]
    public async Task Two_hubs_with_one_key_are_told_and_the_first_goes_on()
    {
        string one = Directory.CreateTempSubdirectory("roost-twin-").FullName, other = Directory.CreateTempSubdirectory("roost-twin-").FullName;
        try
        {
            await using var first = await TestHub.StartAsync(options => options.DataDirectory = one);
            foreach (string file in Directory.GetFiles(one, "*key*"))
            {
                File.Copy(file, Path.Combine(other, Path.GetFileName(file)));
            }
            await using var third = await TestHub.StartAsync(options => options.BootstrapPeers = [$"ws://localhost:{first.Host.Port}"]);
            await MeshOfHubs.UntilAsync(async () => await MeshOfHubs.HubsKnownTo(third) == 1, "the third hub knows the first");
            await using var twin = await TestHub.StartAsync(options => (options.DataDirectory, options.BootstrapPeers) = (other, [$"ws://localhost:{first.Host.Port}"]));
            Assert.Equal(first.Host.Id, twin.Host.Id);
            twin.Log.Expect("has this hub's own key");
            await ToldAsync(twin, "has this hub's own key");
            await using var peer = await TestPeer.EnterAsync(first.Host, 1);
            await using var far = await TestPeer.EnterAsync(third.Host, 2);
            await peer.SayAsync(new Roost.Mesh.Wire.DoorFrame.Signal(default, far.Id, "hi"u8.ToArray()));
            Assert.Equal(peer.Id, (await far.HearAsync<Roost.Mesh.Wire.DoorFrame.Signal>()).From);
        }
        finally
        {
            Directory.Delete(one, recursive: true);
            Directory.Delete(other, recursive: true);
        }
    }

    [Fact]
    public async Task A_name_that_leads_to_a_private_address_is_not_dialled_for_somebody_else()
    {
        using var inside = new TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var port = ((IPEndPoint)inside.LocalEndpoint).Port;
        // "localhost" stands for any name that a hostile record may point inwards: it is held to its class after it is resolved.
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => new MeshDialler(() => null).DialAsync(new($"ws://localhost:{port}/mesh"), Reach.Public, TestContext.Current.CancellationToken));
        Assert.Contains("may be dialled", refused.ToString(), StringComparison.Ordinal);
        Assert.False(inside.Pending());
    }

    [Fact]
    public async Task A_hub_whose_certificate_nobody_trusts_is_named_as_that_and_takes_no_harm_from_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var secure = await TestHub.StartAsync(options => options.Certificate = certificate);
        await using var hub = await TestHub.StartAsync(options => options.BootstrapPeers = [$"wss://localhost:{secure.Host.Port}"]);
        await ToldAsync(hub, "its certificate is not trusted");
        Assert.Equal(0, await MeshOfHubs.HubsKnownTo(secure)); // And its log is clean.
    }

    private static string UrlOf(TcpListener listener) => $"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    private static Task ToldAsync(TestHub hub, string text) =>
        MeshOfHubs.UntilAsync(() => Task.FromResult(hub.Log.Lines.Any(line => line.Text.Contains(text, StringComparison.Ordinal))), text);

    /// <summary>Answers upgrades as a hub does; what comes then is the test's.</summary>
    private static async Task ServeAsync(TcpListener listener, Func<WebSocket, Task> serve)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var request = new StringBuilder();
                while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    request.Append((char)stream.ReadByte());
                }
                string key = request.ToString().Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(':')[1].Trim();
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1.
                string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: roost-hub.1\r\n\r\n"));
                using var socket = WebSocket.CreateFromStream(stream, isServer: true, "roost-hub.1", Timeout.InfiniteTimeSpan);
                await serve(socket);
            }
            catch (Exception e) when (e is IOException or WebSocketException)
            {
                // The hub hung up, as it may.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // The test is over.
            }
        }
    }
}
