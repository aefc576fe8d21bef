using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;

namespace Roost.Hub.Endpoints;

/// <summary>What a monitoring system scrapes.</summary>
public static class MetricsEndpoints
{
    /// <summary>Maps <c>/metrics</c> in Prometheus' text format.</summary>
    public static IEndpointConventionBuilder MapHubMetrics(this IEndpointRouteBuilder endpoints, string path = "/metrics")
    {
        var hub = endpoints.ServiceProvider.GetRequiredService<HubService>();
        return endpoints.MapGet(path, async context =>
        {
            var (networks, rooms, guests, mesh) = await hub.LookAsync(core => (core.Networks, core.Rooms, core.Guests, core.Mesh is { } mesh ? MeshSight.Of(mesh) : default));
            hub.Metrics.Observed(networks, rooms, guests);
            hub.Metrics.Observed(mesh with { BytesIn = hub.Links?.Traffic.BytesReceived ?? 0, BytesOut = hub.Links?.Traffic.BytesSent ?? 0 });
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await context.Response.WriteAsync(PrometheusText.Write(hub.Metrics.Meter), context.RequestAborted);
        });
    }
}
