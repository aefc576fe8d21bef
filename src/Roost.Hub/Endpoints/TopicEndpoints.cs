using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Hub.Mesh;
using Roost.Mesh.Hubs;
using Roost.Mesh.Topics;

namespace Roost.Hub.Endpoints;

/// <summary>PigeonHub's <c>/api/publish</c> and <c>/api/find</c>, over the whole mesh instead of four ports of one machine.</summary>
public static class TopicEndpoints
{
    private const string Find = "/api/find/";
    private const int MaxBody = 4 * TopicRecord.MaxData; // White space and escapes are not kept.

    // Whoever calls puts something into every hub of a small mesh.
    private static readonly RateLimit Publishes = new(5, 50), Finds = new(50, 200);

    /// <summary>Maps <c>POST /api/publish</c> and <c>GET /api/find/{topic}</c>. Without a mesh (<see cref="MeshEndpoints.MapHubMesh"/>) they answer 404.</summary>
    public static IEndpointRouteBuilder MapTopics(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var cors = new Cors(services.GetRequiredService<IOptions<HubOptions>>().Value.CorsOrigin);
        var api = new TopicApi(services.GetRequiredService<HubService>(), services.GetRequiredService<HubIdentity>().Id.ToShortString());
        cors.MapPost(endpoints, "/api/publish", api.PublishAsync);
        cors.MapGet(endpoints, "/api/find/{**topic}", api.FindAsync);
        return endpoints;
    }

    private sealed class TopicApi(HubService hub, string nodeId)
    {
        private readonly CallRates _publishes = new(Publishes), _finds = new(Finds);

        public async Task PublishAsync(HttpContext context)
        {
            if (await DeskAsync(context, _publishes) is not { } desk)
            {
                return;
            }
            if (!context.Request.HasJsonContentType())
            {
                await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "send JSON with Content-Type: application/json");
                return;
            }
            var (topic, data, ttl, wrong) = await ReadAsync(context.Request);
            if (wrong is not null)
            {
                await RefuseAsync(context, data.Length > TopicRecord.MaxData ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, wrong);
                return;
            }
            var (record, putTo) = await desk.PublishAsync(topic, data, ttl);
            if (record is null)
            {
                await RefuseAsync(context, StatusCodes.Status507InsufficientStorage, "there is no room for it at this hub at the moment");
                return;
            }
            int others = await hub.LookAsync(core => core.Mesh!.Hubs().Count(other => other is { IsUp: true, HasRecord: true }));
            await Json.WriteAsync(context, new JsonObject
            {
                ["success"] = true,
                ["topic"] = topic,
                ["recordId"] = IdOf(record),
                ["nodeId"] = nodeId,
                ["method"] = "mesh",
                ["replicatedTo"] = putTo,
                ["totalNodes"] = others + 1,
            });
        }

        public async Task FindAsync(HttpContext context)
        {
            if (await DeskAsync(context, _finds) is not { } desk)
            {
                return;
            }
            string topic = TopicOf(context);
            var record = TopicRecord.IsTopic(topic) ? await desk.SeekAsync(topic) : null;
            long now = hub.Clock.Now.UnixMilliseconds;
            await Json.WriteAsync(context, new JsonObject
            {
                ["topic"] = topic,
                ["count"] = record is null ? 0 : 1,
                ["records"] = record is null ? new JsonArray() : new JsonArray(Describe(record, now)),
                ["nodeId"] = nodeId,
                ["source"] = "mesh",
                ["timestamp"] = now,
            });
        }

        private JsonObject Describe(TopicRecord record, long now)
        {
            var described = new JsonObject
            {
                ["id"] = IdOf(record),
                ["topic"] = record.Topic,
                ["data"] = Parsed(record.Data.Span),
                ["nodeId"] = NodeOf(record),
                ["timestamp"] = (long)record.Seq,
                ["expiresAt"] = now + record.Ttl * 1_000L,
            };
            if (NodeOf(record) != nodeId)
            {
                described["replicated"] = true;
            }
            return described;
        }

        /// <summary>Where what the mesh makes of a topic is waited for; null: the caller has its answer already.</summary>
        private async Task<TopicDesk?> DeskAsync(HttpContext context, CallRates rates)
        {
            if (hub.Links is not { } links)
            {
                await RefuseAsync(context, StatusCodes.Status404NotFound, "this hub is no part of a mesh");
                return null;
            }
            var client = hub.ClientOf(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"].ToString());
            if (!rates.TryTake(ClientAddresses.Of(client), hub.Clock.Now))
            {
                context.Response.Headers.RetryAfter = "1";
                await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too many calls; wait a second");
                return null;
            }
            return links.Topics;
        }

        private Task RefuseAsync(HttpContext context, int status, string why) => Json.WriteAsync(context, new JsonObject { ["error"] = why, ["nodeId"] = nodeId }, status);

        private static async Task<(string Topic, byte[] Data, ushort Ttl, string? Wrong)> ReadAsync(HttpRequest request)
        {
            using var body = new MemoryStream();
            var part = new byte[8 * 1024];
            int read;
            while ((read = await request.Body.ReadAsync(part, request.HttpContext.RequestAborted)) > 0)
            {
                body.Write(part, 0, read);
                if (body.Length > MaxBody)
                {
                    return ("", new byte[TopicRecord.MaxData + 1], 0, TooLarge);
                }
            }
            try
            {
                var said = JsonNode.Parse(body.GetBuffer().AsSpan(0, (int)body.Length)) as JsonObject;
                if (said?["topic"] is not JsonValue named || !named.TryGetValue(out string? topic) || topic.Length == 0 || said["data"] is not { } data)
                {
                    return ("", [], 0, "topic and data required");
                }
                if (!TopicRecord.IsTopic(topic))
                {
                    return (topic, [], 0, $"a topic has at most {TopicRecord.MaxTopic} bytes");
                }
                ushort ttl = 300;
                if (said["ttl"] is { } life && (life is not JsonValue number || !number.TryGetValue(out ttl) || ttl == 0))
                {
                    return (topic, [], 0, $"ttl is a whole number of seconds from 1 to {ushort.MaxValue}");
                }
                var bytes = Encoding.UTF8.GetBytes(data.ToJsonString());
                return (topic, bytes, ttl, bytes.Length > TopicRecord.MaxData ? TooLarge : null);
            }
            catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
            {
                return ("", [], 0, "that is no JSON object"); // Of two members with one name, too.
            }
        }

        private static readonly string TooLarge = $"data may have {TopicRecord.MaxData} bytes";

        // A slash of a topic is written %2F, which routing leaves as it is, so that it could not be told from a topic's own %2F.
        private static string TopicOf(HttpContext context)
        {
            string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
            int at = target.IndexOf(Find, StringComparison.OrdinalIgnoreCase);
            return at < 0 ? "" : Uri.UnescapeDataString(target[(at + Find.Length)..]);
        }

        // Another hub's word that it is JSON is worth nothing.
        private static JsonNode? Parsed(ReadOnlySpan<byte> data)
        {
            try
            {
                return JsonNode.Parse(data);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private static string NodeOf(TopicRecord record) => record.Home.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

        private static string IdOf(TopicRecord record) => $"{NodeOf(record)}-{record.Seq}";
    }
}
