using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;

namespace Roost.Hub.Endpoints;

/// <summary>What load balancers ask.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps <c>/ready</c>: 200 while the hub takes connections, 503 once it goes down.</summary>
    public static IEndpointConventionBuilder MapReady(this IEndpointRouteBuilder endpoints, string path = "/ready")
    {
        var hub = endpoints.ServiceProvider.GetRequiredService<HubService>();
        return endpoints.MapGet(path, async context =>
        {
            bool ready = !await hub.LookAsync(core => core.IsShuttingDown);
            await Json.WriteAsync(context, new JsonObject { ["ready"] = ready }, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }

    /// <summary>Maps <c>/health</c> with the fields of PigeonHub's README, and those of its code beside them.</summary>
    public static IEndpointConventionBuilder MapHealth(this IEndpointRouteBuilder endpoints, string path = "/health")
    {
        var services = endpoints.ServiceProvider;
        var hub = services.GetRequiredService<HubService>();
        var identity = services.GetRequiredService<HubIdentity>();
        var authorities = services.GetRequiredService<Authorities>();
        var started = hub.Clock.Now;
        var cors = new Cors(services.GetRequiredService<IOptions<HubOptions>>().Value.CorsOrigin);
        return cors.MapGet(endpoints, path, async context =>
        {
            int connections = await hub.LookAsync(core => core.Connections);
            var now = hub.Clock.Now;
            await Json.WriteAsync(context, new JsonObject
            {
                ["status"] = "healthy",
                ["nodeId"] = identity.Id.ToShortString(),
                ["uptime"] = (long)(now - started).TotalMilliseconds,
                ["connected"] = true,
                ["dhtReady"] = true,
                ["signalDirReady"] = true,
                ["connections"] = connections,
                ["port"] = authorities.Port,
                ["isBootstrapping"] = false,
                ["timestamp"] = now.UnixMilliseconds,
            });
        });
    }
}
