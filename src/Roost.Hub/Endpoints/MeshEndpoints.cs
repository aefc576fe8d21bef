using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roost.Core.Cores;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;

namespace Roost.Hub.Endpoints;

/// <summary>The door of other hubs.</summary>
public static class MeshEndpoints
{
    /// <summary>Maps <c>/mesh</c> (docs/protocol/mesh.md) and makes the hub part of a mesh.</summary>
    public static IEndpointConventionBuilder MapHubMesh(this IEndpointRouteBuilder endpoints, string path = "/mesh")
    {
        var hub = endpoints.ServiceProvider.GetRequiredService<HubService>();
        var links = hub.JoinMesh(OptionsOf(endpoints.ServiceProvider), endpoints.ServiceProvider.GetRequiredService<Dice>());
        var served = new HubDoor(
            "mesh",
            MeshTypes.Subprotocol,
            MeshTypes.MaxMessage,
            request => request.Path == path && request.Offers(MeshTypes.Subprotocol),
            static (_, _, _) => throw new UnreachableException("This door serves its sockets itself."),
            links.ServeAsync);
        hub.AddDoor(served);
        return endpoints.Map(path, context => UpgradeEndpoint.IsUpgrade(context)
            ? UpgradeEndpoint.ServeAsync(context, hub, served, UpgradeEndpoint.Describe(context, hub))
            : UpgradeEndpoint.SayAsync(context, StatusCodes.Status426UpgradeRequired, "This is where other hubs link to this one; open / in a browser."));
    }

    private static MeshOptions OptionsOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<HubOptions>>().Value;
        var authorities = services.GetRequiredService<Authorities>();
        var self = new LinkSelf(
            services.GetRequiredService<HubIdentity>().Key,
            services.GetRequiredService<Dice>().NextUInt64(),
            options.AppId,
            options.MeshKeyFile is { } file ? ReadKey(file) : [],
            authorities.AnswersTo);
        return new MeshOptions
        {
            Self = self,
            Urls = () => options.PublicUrl is { } url ? [Reaches.DoorOf(url)] : [.. authorities.Urls().Select(Reaches.DoorOf)],
            Region = options.Region,
            Seeds = options.BootstrapPeers,
            Guesses = options.Development ? [.. options.DevelopmentPeers.Where(url => new Uri(url).Port != options.Port)] : [],
            SignalingTimeout = options.SignalingTimeout,
        };
    }

    private static byte[] ReadKey(string file)
    {
        try
        {
            return File.ReadAllBytes(file) is { Length: >= 16 } key ? key : throw new HubStartException("ROOST-1903", $"The mesh key {file} has fewer than 16 bytes; make one with: head -c 32 /dev/urandom > {file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException("ROOST-1903", $"The mesh key {file} cannot be read; {e.Message}", e);
        }
    }
}
