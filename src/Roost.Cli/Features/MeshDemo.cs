using Microsoft.Extensions.Logging;
using Roost.Cli.Terminal;
using Roost.Hub;
using Roost.Hub.Hosting;

namespace Roost.Cli.Features;

/// <summary><c>roost hub --mesh-demo N</c>: seed 002's <c>local:node1</c> to <c>node4</c> in one process, on neighbouring ports, to play with.</summary>
internal sealed class MeshDemo : IAsyncDisposable
{
    /// <summary>Hubs of one demo; each is a whole web server.</summary>
    public const int Most = 20;

    private readonly List<HubHost> _others = [];

    /// <summary>Gives the first hub of a demo its own data directory below the one that was named.</summary>
    public static HubOptions First(HubOptions options, int count)
    {
        if (count > 0 && options.PublicUrl is not null)
        {
            throw new ProblemException(new Problem("ROOST-1903", "--mesh-demo starts several hubs and PUBLIC_URL names one", "leave PUBLIC_URL out", ExitCode.Usage));
        }
        if (count > 0 && options.DataDirectory is { } directory)
        {
            options.DataDirectory = Path.Combine(directory, "1");
        }
        return options;
    }

    /// <summary>Starts the second hub to the last; each is told of the first only.</summary>
    /// <exception cref="HubStartException">One cannot start; those that had are stopped.</exception>
    public static async Task<MeshDemo> StartAsync(HubHost first, int count, Func<HubOptions> read, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var demo = new MeshDemo();
        try
        {
            for (int number = 2; number <= count; number++)
            {
                var options = read();
                options.BootstrapPeers = [.. options.BootstrapPeers, $"ws{(options.Certificate is null ? "" : "s")}://{HostOf(options)}:{first.Port}"];
                options.Port = options.Port == 0 ? 0 : first.Port + number - 1;
                options.DataDirectory = options.DataDirectory is { } directory ? Path.Combine(directory, $"{number}") : null;
                demo._others.Add(await HubHost.StartAsync(options, loggers, cancellation));
            }
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    /// <summary>The second hub to the last.</summary>
    public IReadOnlyList<HubHost> Others => _others;

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in Enumerable.Reverse(_others))
        {
            await hub.DisposeAsync();
        }
    }

    private static string HostOf(HubOptions options) => options.Host is "0.0.0.0" or "::" or "*" or "" ? "localhost" : options.Host;
}
