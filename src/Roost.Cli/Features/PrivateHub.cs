using Roost.Cli.Terminal;
using Roost.Core.Identity;
using Roost.Hub;
using Roost.Hub.Hosting;

namespace Roost.Cli.Features;

/// <summary>The hub of one session, inside this process: serves the page, the door, and that one room (it has no other purpose and keeps nothing).</summary>
internal sealed class PrivateHub(HubHost host, string bindAddress) : IAsyncDisposable
{
    public int Port => host.Port;

    /// <summary>Where this process reaches it.</summary>
    public string LocalOrigin => $"http://127.0.0.1:{host.Port}";

    /// <summary>Where viewers reach it: PUBLIC_URL, else this machine's address on its network.</summary>
    public string PublicOrigin { get; } = PublicOriginOf(host, bindAddress);

    /// <param name="room">The one room it serves.</param>
    /// <param name="bindAddress">Address to listen on.</param>
    /// <param name="port">The port wanted; null or 0 picks one.</param>
    /// <param name="fixedPort">Whether another port will not do.</param>
    /// <param name="screen">Where a changed port is told.</param>
    public static async Task<PrivateHub> StartAsync(RoomId room, string bindAddress, int? port, bool fixedPort, Screen screen)
    {
        HubHost host;
        try
        {
            host = await HubHost.StartAsync(Options(room, bindAddress, port ?? 0));
        }
        catch (HubStartException e) when (e.Code == "ROOST-1902" && !fixedPort && port is not null)
        {
            screen.Warn($"port {port} of last time is in use: links given out before don't work until it is free");
            host = await HubHost.StartAsync(Options(room, bindAddress, 0));
        }
        return new PrivateHub(host, bindAddress);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static HubOptions Options(RoomId room, string bindAddress, int port) => new()
    {
        Host = bindAddress,
        Port = port,
        PrivateRooms = true,
        Rooms = [room], // From the start: viewers that wait for a session that goes on dial the same port, and a refusal is final.
        PublicUrl = Environment.GetEnvironmentVariable("PUBLIC_URL") is { Length: > 0 } url ? url : null,
    };

    private static string PublicOriginOf(HubHost host, string bindAddress)
    {
        if (Environment.GetEnvironmentVariable("PUBLIC_URL") is { Length: > 0 } url && Mesh.Peers.HubAddress.TryParse(url, out var address))
        {
            return address.Origin;
        }
        bool everywhere = bindAddress is "0.0.0.0" or "::" or "*";
        string? lan = everywhere ? LanAddress.Find()?.ToString() : bindAddress;
        return $"http://{lan ?? "localhost"}:{host.Port}";
    }
}
