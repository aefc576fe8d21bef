using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Roost.Hub.Hosting;

namespace Roost.Hub.Tests.Mesh;

/// <summary>What <c>roost mesh</c> asks a running hub, over the real socket.</summary>
public sealed class ControlSocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("roost-control-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task It_lists_the_mesh_takes_round_trips_anew_and_takes_the_hub_out_and_back_in()
    {
        await using var mesh = await MeshOfHubs.StartAsync(2);
        var hub = await mesh.AddAsync(options => options.DataDirectory = _directory);
        await MeshOfHubs.UntilAsync(async () => (await AskAsync("mesh"))["hubs"]!.AsArray().Count(other => (bool)other!["linked"]!) == 2, "it is linked to both", seconds: 30);
        await using var peer = await TestPeer.EnterAsync(hub.Host, 1);
        await using var guest = await Guest.AnnouncedAsync(hub, 'a');
        await MeshOfHubs.UntilAsync(async () => await AskAsync("mesh") is var seen && (int)seen["own"]! == 1 && (int)seen["guests"]! == 1, "both clients are counted", seconds: 30);

        await MeshOfHubs.UntilAsync(async () => (await AskAsync("mesh ping"))["hubs"]!.AsArray().All(other => (double)other!["roundTripMs"]! > 0), "both answer a ping", seconds: 30);

        Assert.True((bool)(await AskAsync("mesh drain"))["ok"]!);
        Assert.True((bool)(await AskAsync("mesh"))["draining"]!);
        Assert.True((bool)(await AskAsync("mesh undrain"))["ok"]!);
        Assert.False((bool)(await AskAsync("mesh"))["draining"]!);
    }

    [Fact]
    public async Task What_it_does_not_know_is_answered_and_nobody_is_waited_for()
    {
        await using var hub = await TestHub.StartAsync(options => options.DataDirectory = _directory);
        Assert.Equal("unknown command", (string?)(await AskAsync("mesh explode"))["error"]);
        Assert.Equal("unknown command", (string?)(await AskAsync(new string('x', 900)))["error"]);
        using (var silent = await ConnectAsync())
        {
            Assert.Empty((await AskAsync("mesh ping"))["hubs"]!.AsArray()); // Nobody there: nothing to wait for.
        }
    }

    private async Task<JsonNode> AskAsync(string line)
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return JsonNode.Parse((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlSocket.PathIn(_directory)), TestContext.Current.CancellationToken);
        return socket;
    }
}
