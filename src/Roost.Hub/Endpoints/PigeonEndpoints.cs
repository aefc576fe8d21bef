using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Dialects.Pigeon;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;

namespace Roost.Hub.Endpoints;

/// <summary>The door of unmodified PeerPigeon clients.</summary>
public static class PigeonEndpoints
{
    private static readonly string[] Known = ["/", "/ws", "/signaling"];

    /// <summary>
    /// Maps the Pigeon door: any WebSocket with <c>?peerId=</c> that no other door claims, and those at <c>/</c>, <c>/ws</c> and
    /// <c>/signaling</c> even without, since their clients want to be told what is missing.
    /// </summary>
    /// <remarks>Map it after the other doors.</remarks>
    public static IEndpointConventionBuilder MapPigeon(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var hub = services.GetRequiredService<HubService>();
        var limits = services.GetRequiredService<IOptions<HubOptions>>().Value.EffectiveLimits;
        var door = new HubDoor(
            PigeonSession.Dialect,
            null,
            PigeonLimits.MaxMessage,
            request => request.QueryValue("peerId") is not null || Known.Contains(request.Path),
            (id, request, now) => new PigeonSession(id, request.QueryValue("peerId"), limits, now));
        hub.AddDoor(door);
        // Before routing by method or pattern: an upgrade may come to any path, even one that a page has.
        return endpoints.Map("/{**path}", context => UpgradeEndpoint.ServeAsync(context, hub, door, UpgradeEndpoint.Describe(context, hub)))
            .WithMetadata(new UpgradeOnly(door))
            .WithOrder(-1);
    }

    private static IEndpointConventionBuilder WithOrder(this IEndpointConventionBuilder builder, int order)
    {
        builder.Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = order);
        return builder;
    }
}
