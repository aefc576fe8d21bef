using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Core.Cores;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Hub.Stun;
using Roost.Mesh.Doors;
using Roost.Mesh.Wire;

namespace Roost.Hub.Endpoints;

/// <summary>The door of own peers.</summary>
public static class RoostDoorEndpoints
{
    /// <summary>Maps <c>/roost</c> (docs/protocol/door.md).</summary>
    public static IEndpointConventionBuilder MapRoostDoor(this IEndpointRouteBuilder endpoints, string path = "/roost")
    {
        var services = endpoints.ServiceProvider;
        var hub = services.GetRequiredService<HubService>();
        var dice = services.GetRequiredService<Dice>();
        var door = MakeDoor(services, hub);
        var served = new HubDoor(RoostDoor.Dialect, DoorTypes.Subprotocol, DoorTypes.MaxFromPeer, request => request.Path == path, (id, _, now) =>
        {
            var nonce = new byte[DoorTypes.NonceSize];
            dice.Fill(nonce);
            return new RoostSession(door, id, nonce, now);
        });
        hub.AddDoor(served);
        return endpoints.Map(path, context => UpgradeEndpoint.IsUpgrade(context)
            ? UpgradeEndpoint.ServeAsync(context, hub, served, UpgradeEndpoint.Describe(context, hub))
            : UpgradeEndpoint.SayAsync(context, StatusCodes.Status426UpgradeRequired, "This is the WebSocket of Roost's own peers; open / in a browser."));
    }

    private static RoostDoor MakeDoor(IServiceProvider services, HubService hub)
    {
        var options = services.GetRequiredService<IOptions<HubOptions>>().Value;
        var authorities = services.GetRequiredService<Authorities>();
        var stun = services.GetRequiredService<StunService>();
        var limits = options.EffectiveLimits;
        var others = JsonNode.Parse(options.IceServers)!.AsArray();
        return new(services.GetRequiredService<HubIdentity>().Key, limits, authorities.AnswersTo, authorities.ToString, authority =>
        {
            var servers = new JsonArray();
            if (stun.IsRunning)
            {
                // The host that the peer itself dialled: the one name that surely reaches this hub from where the peer is.
                servers.Add(new JsonObject { ["urls"] = $"stun:{authority[..authority.LastIndexOf(':')]}:{authorities.Port}" });
            }
            foreach (var server in others)
            {
                servers.Add(server!.DeepClone());
            }
            return Encoding.UTF8.GetBytes(new JsonObject
            {
                ["v"] = 1,
                ["iceServers"] = servers,
                ["hubs"] = new JsonArray([.. hub.Alternatives.Select(url => (JsonNode)url)]),
                ["limits"] = new JsonObject
                {
                    ["frameBytes"] = DoorTypes.MaxFromPeer,
                    ["rooms"] = limits.MaxRoomsPerConnection,
                    ["pingMs"] = (int)limits.PingAfter.TotalMilliseconds,
                },
            }.ToJsonString());
        });
    }
}
