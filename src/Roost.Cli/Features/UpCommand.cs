using System.CommandLine;
using Roost.Cli.Terminal;
using Roost.Hub;
using Roost.Peer.Storage;

namespace Roost.Cli.Features;

/// <summary><c>roost up</c>: a hub for this network with a store, and a QR code to reach it.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var settings = new HubSettings { DefaultData = () => new DirectoryInfo(StateFolder.Of("hub")) };
        var up = new Command("up", """
            Start a hub for this network: prints its link and a QR code that a phone on the same network can open.

            Examples:
              roost up
              roost up --port 8080
            """);
        settings.AddTo(up);
        up.SetAction((parsed, cancellation) => HubCommand.RunAsync(settings, parsed, Welcome, cancellation));
        return up;
    }

    private static void Welcome(Screen screen, HubHost host)
    {
        string link = LinkOf(host);
        screen.Say($"  {Screen.Bold(RoostVersion.Text)} · hub {host.Id.ToShortString()}");
        screen.SayLink(link, withCode: true);
        if (!link.Contains("localhost", StringComparison.Ordinal))
        {
            screen.Say($"  on this machine http://localhost:{host.Port}");
        }
        screen.Say($"  share a log     tail -f app.log | {CommandName.Text} stream --hub {link}");
        screen.Say(Screen.Dim("  ^C stops."));
    }

    /// <summary>What a phone can reach: PUBLIC_URL, else the address with a way out of this machine.</summary>
    private static string LinkOf(HubHost host)
    {
        string best = host.Addresses[0];
        string? lan = LanAddress.Find() is { } address ? $"http://{address}:{host.Port}" : null;
        return lan is not null && host.Addresses.Contains(lan) && Uri.TryCreate(best, UriKind.Absolute, out var uri) && uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
            ? lan
            : best;
    }
}
