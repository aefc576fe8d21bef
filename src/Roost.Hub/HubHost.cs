using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Hub.Connections;
using Roost.Hub.Hosting;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;

namespace Roost.Hub;

/// <summary>A hub in a web server of its own: what <c>roost hub</c> runs, and <c>roost stream</c> where no hub is configured.</summary>
/// <remarks>Reads no file and no environment by itself and installs no signal handler: that is the caller's.</remarks>
public sealed class HubHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HubService _hub;
    private readonly Authorities _authorities;
    private int _disposed;

    private HubHost(WebApplication app)
    {
        _app = app;
        _hub = app.Services.GetRequiredService<HubService>();
        _authorities = app.Services.GetRequiredService<Authorities>();
    }

    /// <summary>The port it listens on.</summary>
    public int Port => _authorities.Port;

    /// <summary>URLs under which others may reach it, the best first, localhost last.</summary>
    public IReadOnlyList<string> Addresses => _authorities.Urls();

    /// <summary>The hub's public key.</summary>
    public PublicKey Key => _app.Services.GetRequiredService<HubIdentity>().Key.PublicKey;

    /// <summary>The hub's key pair, for what acts in its name in the same process.</summary>
    public SigningKey SigningKey => _app.Services.GetRequiredService<HubIdentity>().Key;

    /// <summary>The hub's id.</summary>
    public HubId Id => _app.Services.GetRequiredService<HubIdentity>().Id;

    /// <summary>The app's services: metrics, <see cref="HubService"/>.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a hub and returns when it listens.</summary>
    /// <param name="options">What it shall be.</param>
    /// <param name="loggers">Where it logs to; null logs nothing.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="HubStartException">The port is taken, the data directory cannot be used, or an option cannot be meant.</exception>
    public static async Task<HubHost> StartAsync(HubOptions options, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        if (new HubOptionsValidator().Validate(null, options) is { Failed: true, Failures: var failures })
        {
            throw new HubStartException("ROOST-1903", string.Join(" ", failures));
        }
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "roost" });
        if (loggers is not null)
        {
            builder.Services.AddSingleton(loggers);
        }
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.AddRoostHub();
        builder.WebHost.UseKestrelCore();
        // A message is then read, routed and sent without a hand-over between threads; nothing of a hub's blocks.
        builder.Services.Configure<SocketTransportOptions>(transport => transport.UnsafePreferInlineScheduling = true);
        if (options.Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }
        else if (LoopTransport.IsSupported)
        {
            builder.Services.AddSingleton<IConnectionListenerFactory, LoopTransport>();
        }
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        WebApplication? app = null;
        try
        {
            app = builder.Build();
            var host = new HubHost(app);
            app.UseRouting();
            app.MapRoostHub();
            app.UseEndpoints(_ => { });
            await app.StartAsync(cancellationToken);
            return host;
        }
        catch (Exception exception)
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }
            if (Explain(exception, options) is { } clear)
            {
                throw clear;
            }
            throw;
        }
    }

    /// <summary>Serves a room of a private hub.</summary>
    public ValueTask OpenRoomAsync(RoomId room) => _hub.OpenRoomAsync(room);

    /// <summary>Stops serving a room of a private hub.</summary>
    public ValueTask CloseRoomAsync(RoomId room) => _hub.CloseRoomAsync(room);

    /// <summary>Tells everybody that the hub goes down, then stops it. A second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _app.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Someone does not hang up; disposing cuts them.
        }
        await _app.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, HubOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections + 1_000; // Pages and health checks are answered by a full hub too.
        Action<ListenOptions> listen = endpoint =>
        {
            if (options.Certificate is { } certificate)
            {
                endpoint.UseHttps(certificate);
            }
            endpoint.UseRoostSockets();
        };
        if (options.Host is "0.0.0.0" or "::" or "*" or "")
        {
            kestrel.ListenAnyIP(options.Port, listen);
        }
        else if (IPAddress.TryParse(options.Host.Trim('[', ']'), out var address))
        {
            kestrel.Listen(address, options.Port, listen);
        }
        else
        {
            var addresses = options.Host == "localhost" && options.Port == 0 ? [IPAddress.Loopback] : Resolve(options.Host);
            foreach (var one in addresses)
            {
                kestrel.Listen(one, options.Port, listen);
            }
        }
    }

    private static IPAddress[] Resolve(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (SocketException exception)
        {
            throw new HubStartException("ROOST-1903", $"The host \"{host}\" has no address; give an address of this machine.", exception);
        }
    }

    private static HubStartException? Explain(Exception exception, HubOptions options)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HubStartException already:
                    return already;
                case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } or Microsoft.AspNetCore.Connections.AddressInUseException:
                    return new("ROOST-1902", $"Port {options.Port} is in use; stop the program that has it, or choose another with --port (0 picks a free one).", exception);
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return new("ROOST-1904", $"Port {options.Port} needs a privilege that this process has not got; choose one above 1023.", exception);
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return new("ROOST-1905", $"{options.Host} is not an address of this machine.", exception);
            }
        }
        return null;
    }

    /// <summary>The process belongs to the caller: no signal handlers, no console.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
