using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Roost.Hub.Connections;
using Roost.Hub.Stun;

namespace Roost.Hub.Hosting;

/// <summary>What a hub does when its web server listens, and before it stops.</summary>
internal sealed class HubStartup(IServer server, Authorities authorities, StunService stun, HubService hub) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // "http://[::]:3000": a URL but for its host.
        var ports = server.Features.Get<IServerAddressesFeature>()?.Addresses
            .Select(address => Uri.TryCreate(address.Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://*", "://localhost", StringComparison.Ordinal), UriKind.Absolute, out var url) ? url.Port : 0)
            .Where(port => port > 0)
            .Distinct()
            .ToList() ?? [];
        if (ports.Count > 0)
        {
            authorities.Listening(ports);
            stun.Start(ports[0]);
        }
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => hub.ShutDownAsync();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
