using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Roost.Hub.Connections;

namespace Roost.Hub.Endpoints;

/// <summary>Marks a route that only takes WebSocket upgrades which its door claims.</summary>
internal sealed record UpgradeOnly(HubDoor Door);

/// <summary>Hides routes marked <see cref="UpgradeOnly"/> from every other request.</summary>
internal sealed class UpgradeOnlyPolicy(HubService hub) : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<UpgradeOnly>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        bool upgrade = UpgradeEndpoint.IsUpgrade(httpContext);
        for (int i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<UpgradeOnly>() is { } only
                && !(upgrade && hub.DoorFor(UpgradeEndpoint.Describe(httpContext, hub)) == only.Door))
            {
                candidates.SetValidity(i, false);
            }
        }
        return Task.CompletedTask;
    }
}
