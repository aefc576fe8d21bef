using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Hub.Connections;
using Roost.Hub.Endpoints;
using Roost.Hub.Hosting;

namespace Roost.Hub;

/// <summary>Maps a hub's doors and pages. Each can be mapped alone.</summary>
public static class RoostHubEndpoints
{
    /// <summary>Maps everything that the options call for (<see cref="HubOptions.PrivateRooms"/> maps only the session's own).</summary>
    /// <exception cref="InvalidOperationException"><c>AddRoostHub()</c> is missing.</exception>
    public static IEndpointRouteBuilder MapRoostHub(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<HubService>() is null)
        {
            throw new InvalidOperationException("MapRoostHub() needs AddRoostHub() among the services.");
        }
        endpoints.MapRoostDoor();
        if (!endpoints.ServiceProvider.GetRequiredService<IOptions<HubOptions>>().Value.PrivateRooms)
        {
            endpoints.MapHubMesh(); // Before the Pigeon door, which takes every path that no other door claims.
            endpoints.MapPigeon();
            endpoints.MapHubApi();
            endpoints.MapTopics();
            endpoints.MapBootstrapList();
            endpoints.MapReady();
            endpoints.MapHubMetrics();
        }
        endpoints.MapHealth();
        endpoints.MapAssetList();
        endpoints.MapWebApp();
        return endpoints;
    }
}
