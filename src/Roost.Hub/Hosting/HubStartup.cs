using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Roost.Hub.Connections;
using Roost.Hub.Stun;

namespace Roost.Hub.Hosting;

/// <summary>What a hub does when its web server listens, and before it stops.</summary>
internal sealed class HubStartup(IServer server, Authorities authorities, StunService stun, HubService hub, IOptions<HubOptions> options, ILogger<ControlSocket> log) : IHostedLifecycleService
{
    private ControlSocket? _control;

    public async Task StartedAsync(CancellationToken cancellationToken)
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
        await hub.StartMeshAsync();
        if (options.Value is { DataDirectory: { } directory, PrivateRooms: false })
        {
            _control = ControlSocket.Open(directory, hub, log);
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_control is not null)
        {
            await _control.DisposeAsync();
        }
        await hub.ShutDownAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
