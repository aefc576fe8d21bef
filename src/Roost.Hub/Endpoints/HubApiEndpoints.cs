using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Dialects.Pigeon;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Endpoints;

/// <summary>PigeonHub's REST API as far as one hub can serve it.</summary>
public static class HubApiEndpoints
{
    private const int MostPeers = 1_000;

    /// <summary>Maps <c>/signaling</c>, <c>/generate-peer-id</c>, <c>/peers</c> and <c>/hubs</c>.</summary>
    public static IEndpointRouteBuilder MapHubApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var api = new HubApi(
            services.GetRequiredService<HubService>(),
            services.GetRequiredService<HubIdentity>().Id.ToShortString(),
            services.GetRequiredService<Authorities>(),
            services.GetRequiredService<Dice>());
        var cors = new Cors(services.GetRequiredService<IOptions<HubOptions>>().Value.CorsOrigin);
        cors.MapGet(endpoints, "/signaling", api.SignalingAsync);
        cors.MapGet(endpoints, "/generate-peer-id", api.GeneratePeerIdAsync);
        cors.MapGet(endpoints, "/peers", api.PeersAsync);
        cors.MapGet(endpoints, "/hubs", api.HubsAsync);
        return endpoints;
    }

    private sealed class HubApi(HubService hub, string nodeId, Authorities authorities, Dice dice)
    {
        public async Task SignalingAsync(HttpContext context)
        {
            var (guests, connections) = await hub.LookAsync(core => (core.GuestsOf(NetworkOf(context), MostPeers), core.Connections));
            string host = HostOf(context);
            string local = $"127.0.0.1:{authorities.Port}";
            await Json.WriteAsync(context, new JsonObject
            {
                ["nodeId"] = nodeId,
                ["signalingPort"] = authorities.Port,
                ["wsUrl"] = $"ws{Tls(context)}://{host}",
                ["webrtcUrl"] = $"ws{Tls(context)}://{host}",
                ["generatePeerIdUrl"] = $"http{Tls(context)}://{host}/generate-peer-id",
                ["connectedPeers"] = new JsonArray([.. guests.Select(guest => PeerOf(guest, withData: false))]),
                ["totalConnections"] = connections,
                ["peerDataEntries"] = guests.Count,
                ["instructions"] = "Connect a WebSocket to wsUrl with ?peerId= and 40 hex digits, then send an announce message.",
                ["alternativeUrls"] = new JsonObject { ["wsUrl127"] = $"ws{Tls(context)}://{local}", ["webrtcUrl127"] = $"ws{Tls(context)}://{local}" },
                ["timestamp"] = hub.Clock.Now.UnixMilliseconds,
            });
        }

        public Task GeneratePeerIdAsync(HttpContext context)
        {
            Span<byte> bytes = stackalloc byte[PeerId.Size];
            dice.Fill(bytes);
            string peerId = PeerId.FromBytes(bytes).ToString();
            string url = $"ws{Tls(context)}://{HostOf(context)}";
            return Json.WriteAsync(context, new JsonObject
            {
                ["peerId"] = peerId,
                ["length"] = peerId.Length,
                ["wsUrl"] = $"{url}?peerId={peerId}",
                ["usage"] = new JsonObject
                {
                    ["description"] = "A random id for a client that has no key.",
                    ["example"] = $"new WebSocket('{url}?peerId={peerId}')",
                    ["alternativeExample"] = $"new WebSocket('ws{Tls(context)}://127.0.0.1:{authorities.Port}?peerId={peerId}')",
                },
                ["nodeId"] = nodeId,
                ["timestamp"] = hub.Clock.Now.UnixMilliseconds,
            });
        }

        public async Task PeersAsync(HttpContext context)
        {
            var guests = await hub.LookAsync(core => core.GuestsOf(NetworkOf(context), MostPeers));
            await Json.WriteAsync(context, new JsonObject
            {
                ["nodeId"] = nodeId,
                ["peers"] = new JsonArray([.. guests.Select(guest => PeerOf(guest, withData: true))]),
                ["count"] = guests.Count,
                ["timestamp"] = hub.Clock.Now.UnixMilliseconds,
            });
        }

        public async Task HubsAsync(HttpContext context)
        {
            var others = await hub.LookAsync(core => core.Mesh?.Hubs().Where(other => other is { IsUp: true, HasRecord: true }).ToList() ?? []);
            await Json.WriteAsync(context, new JsonObject
            {
                ["timestamp"] = hub.Clock.Now.ToString(),
                ["totalHubs"] = others.Count,
                ["hubs"] = new JsonArray([.. others.Select(other => (JsonNode)new JsonObject
                {
                    ["hubId"] = other.Id.ToShortString(),
                    ["url"] = other.Urls.Count > 0 ? other.Urls[0] : null,
                    ["region"] = other.Region,
                    ["connected"] = other.IsLinked,
                })]),
            });
        }

        private JsonObject PeerOf(GuestView guest, bool withData)
        {
            string text = guest.Peer.ToString();
            var peer = new JsonObject
            {
                ["peerId"] = $"{text[..8]}...",
                ["fullPeerId"] = text,
                ["nodeId"] = nodeId,
                ["connected"] = true,
                ["timestamp"] = guest.Since.UnixMilliseconds,
            };
            if (withData)
            {
                peer["data"] = guest.Card.IsEmpty ? new JsonObject() : JsonNode.Parse($"{{{Encoding.UTF8.GetString(guest.Card.Span[1..])}}}", null, Lenient);
            }
            return peer;
        }

        // The name that was dialled where it is this hub's; a name out of a forged Host header is not put into links.
        private string HostOf(HttpContext context)
        {
            string dialled = context.Request.Host.Value ?? "";
            return authorities.AnswersTo(dialled.ToLowerInvariant()) ? dialled : new Uri(authorities.Urls()[0]).Authority;
        }

        private static readonly JsonDocumentOptions Lenient = new() { AllowDuplicateProperties = true };

        private static NetworkName NetworkOf(HttpContext context) =>
            new(PigeonSession.Dialect, context.Request.Query["networkName"].ToString() is { Length: > 0 } named ? named : PigeonSession.DefaultNetwork);

        private static string Tls(HttpContext context) => context.Request.IsHttps ? "s" : "";
    }
}
