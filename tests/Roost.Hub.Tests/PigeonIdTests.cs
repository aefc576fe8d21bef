using System.Net.WebSockets;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Hub.Tests;

public class PigeonIdTests
{
    [Fact]
    public async Task An_id_in_use_by_a_live_socket_is_refused_within_three_seconds()
    {
        await using var hub = await TestHub.StartAsync();
        await using var first = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('a'));
        var alive = first.HearTextAsync(); // .NET's client answers pings only while somebody reads.
        await using var second = await PigeonClient.ConnectAsync(hub.Host.Port, first.Id, connected: false);
        Assert.Equal((1008, "Peer already connected"), await second.ClosedAsync());
        await first.SayAsync("""{"type":"ping"}""");
        Assert.Contains("pong", await alive, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_socket_does_not_lock_its_owner_out()
    {
        await using var hub = await TestHub.StartAsync();
        await using var dead = await PigeonClient.ConnectAsync(hub.Host.Port, PigeonClient.IdOf('a')); // Reads nothing, so no pong comes.
        var started = TimeProvider.System.GetTimestamp();
        await using var owner = await PigeonClient.ConnectAsync(hub.Host.Port, dead.Id);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 4);
        await owner.SayAsync("""{"type":"ping"}""");
        await owner.HearAsync("pong");
    }

    [Fact]
    public async Task The_late_close_of_an_old_socket_does_not_unlist_the_new_one()
    {
        await using var hub = await TestHub.StartAsync();
        await using var other = await PigeonClient.AnnounceAsync(hub.Host.Port, '1');
        for (int round = 0; round < 3; round++)
        {
            await using var old = await PigeonClient.AnnounceAsync(hub.Host.Port, 'a');
            await old.SayAsync("""{"type":"goodbye","data":{}}""");
            await other.HearAsync("goodbye");
            await old.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
            await using var again = await PigeonClient.AnnounceAsync(hub.Host.Port, 'a');
            await other.SayAsync($$"""{"type":"offer","data":{},"targetPeerId":"{{again.Id}}"}""");
            await again.HearAsync("offer");
            await again.SayAsync("""{"type":"goodbye","data":{}}""");
            await other.HearAsync("goodbye");
            again.Socket.Abort();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bound_id_evicts_a_guest_and_is_refused_to_guests(bool capitals)
    {
        await using var hub = await TestHub.StartAsync();
        using var probe = new SigningKeyOf(3);
        string id = capitals ? probe.Id.ToUpperInvariant() : probe.Id;
        await using var guest = await PigeonClient.ConnectAsync(hub.Host.Port, id);
        await using var owner = await TestPeer.EnterAsync(hub.Host, 3);
        Assert.Equal(1008, (await guest.ClosedAsync()).Code);
        await using var again = await PigeonClient.ConnectAsync(hub.Host.Port, id, connected: false);
        Assert.Equal((1008, Refusal.IdIsBound.Row().Text), await again.ClosedAsync());
    }

    [Fact]
    public async Task Bound_ids_are_remembered_across_a_restart()
    {
        string directory = Directory.CreateTempSubdirectory("roost-hub-").FullName;
        try
        {
            using var probe = new SigningKeyOf(3);
            await using (var hub = await TestHub.StartAsync(options => options.DataDirectory = directory))
            {
                await using var owner = await TestPeer.EnterAsync(hub.Host, 3);
            }
            await using (var hub = await TestHub.StartAsync(options => options.DataDirectory = directory))
            {
                await using var guest = await PigeonClient.ConnectAsync(hub.Host.Port, probe.Id, connected: false);
                Assert.Equal((1008, Refusal.IdIsBound.Row().Text), await guest.ClosedAsync());
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private sealed class SigningKeyOf(byte seed) : IDisposable
    {
        private readonly TestRoom _key = new(seed);

        public string Id => Core.Identity.PeerId.OfKey(_key.Key.PublicKey).ToString();

        public void Dispose() => _key.Dispose();
    }
}
