using System.CommandLine;
using Microsoft.Extensions.Logging;
using Roost.Cli.Terminal;
using Roost.Hub;
using Roost.Hub.Hosting;
using Roost.Peer.Keeping;

namespace Roost.Cli.Features;

/// <summary><c>roost hub</c>: run a hub until told to stop.</summary>
internal static class HubCommand
{
    public static Command Create()
    {
        var settings = new HubSettings();
        var hub = new Command("hub", """
            Run a hub: signaling, rooms, the web app, and PeerPigeon's door.
            SIGTERM, ^C and a terminal that closes end it in order; under nohup it goes on. A second ^C ends it at once.

            Examples:
              roost hub --data /var/lib/roost --public-url https://roost.example.org
              PORT=8080 roost hub
              roost hub --mesh-demo 4 --data /tmp/demo
            """);
        settings.AddTo(hub);
        var demo = new Option<int>("--mesh-demo") { Description = "Start so many hubs at once, on this port and the next ones, as one mesh to play with", HelpName = "N" };
        demo.Within(2, MeshDemo.Most, $"2 to {MeshDemo.Most} hubs");
        hub.Options.Add(demo);
        hub.SetAction((parsed, cancellation) => RunAsync(settings, parsed, welcome: null, cancellation, parsed.GetValue(demo)));
        return hub;
    }

    internal static Task<int> RunAsync(HubSettings settings, ParseResult parsed, Action<Screen, HubHost>? welcome, CancellationToken cancellation, int demo = 0)
    {
        var screen = new Screen(parsed.GetValue(settings.Quiet));
        var json = new JsonLines(parsed.GetValue(settings.Json));
        return Running.GuardAsync(screen, json, async () =>
        {
            var options = MeshDemo.First(settings.Read(parsed), demo);
            using var loggers = Loggers(Enum.Parse<LogLevel>(parsed.GetValue(settings.LogLevel)!, ignoreCase: true));
            foreach (string note in HubEnvironment.Notes(Environment.GetEnvironmentVariable))
            {
                screen.Warn(note);
            }
            using var stop = new Interrupts(cancellation, json.Broken);
            var host = await HubHost.StartAsync(options, loggers, stop.Token);
            await using (host)
            await using (KeeperOf(host, options))
            await using (var mesh = await MeshDemo.StartAsync(host, demo, () => settings.Read(parsed), loggers, stop.Token))
            {
                foreach (var hub in mesh.Others.Prepend(host))
                {
                    json.Write("ready", ("port", hub.Port), ("url", hub.Addresses[0]), ("hub", hub.Id.ToString()));
                    (welcome ?? Welcome)(screen, hub);
                }
                await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                screen.Say("  draining …");
            }
            return ExitCode.Done;
        });
    }

    /// <summary>A hub that has a place to keep things keeps sessions for hosts that ask (<c>stream --keep</c>).</summary>
    private static Keeper? KeeperOf(HubHost host, HubOptions options) =>
        options is { DataDirectory: { } data, Certificate: null }
            ? new Keeper($"http://{(options.Host is "0.0.0.0" or "::" or "*" or "localhost" ? "127.0.0.1" : options.Host)}:{host.Port}", host.SigningKey, Path.Combine(data, "kept"))
            : null;

    /// <summary>The server below says a line or more for each request; that is for whoever looks for a fault in it.</summary>
    private static ILoggerFactory Loggers(LogLevel least) => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(least)
        .AddFilter("Microsoft", least == LogLevel.Information ? LogLevel.Warning : least)
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // Says where in the server below a start failed; the hub says why.
        .AddProvider(new StderrLoggerProvider()));

    private static void Welcome(Screen screen, HubHost host)
    {
        screen.Good($"hub {host.Id.ToShortString()} listens; open {host.Addresses[0]}");
        foreach (string url in host.Addresses.Skip(1))
        {
            screen.Say($"    also {url}");
        }
    }
}
