using System.Globalization;
using Roost.Cli.Terminal;
using Roost.Core.Identity;
using Roost.Mesh.Signaling;
using Roost.Peer.Streams;

namespace Roost.Cli.Features;

/// <summary>Tells by which way viewers are reached: each change, not each measurement. Thread-safe.</summary>
internal sealed class PathWords(Screen screen, JsonLines json)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PeerId, PeerPath> _paths = [];
    private bool _toldOfNone;

    /// <summary>The way to a viewer, as <c>--json</c> calls it.</summary>
    public string Of(PeerId viewer)
    {
        lock (_lock)
        {
            return Name(_paths.GetValueOrDefault(viewer, PeerPath.Hub));
        }
    }

    /// <summary>Forgets a viewer that went.</summary>
    public void Forget(PeerId viewer)
    {
        lock (_lock)
        {
            _paths.Remove(viewer);
        }
    }

    /// <summary>Tells what happened, if it is news.</summary>
    public void Tell(StreamHostEvent happened)
    {
        lock (_lock)
        {
            switch (happened)
            {
                case StreamHostEvent.ViewerPath path when _paths.GetValueOrDefault(path.Viewer, PeerPath.Hub) != path.Path:
                    _paths[path.Viewer] = path.Path;
                    screen.Good($"viewer {path.Viewer.ToString()[..8]} is reached {Words(path.Path, path.RoundTrip)}");
                    json.Write("peer-path", ("peer", path.Viewer.ToString()), ("path", Name(path.Path)), ("rttMs", Milliseconds(path.RoundTrip)));
                    break;
                case StreamHostEvent.DirectUnavailable none when !_toldOfNone:
                    _toldOfNone = true;
                    screen.Warn($"ROOST-2007 no direct links: {none.Why}; viewers read over the hub");
                    json.Write("warn", ("code", "ROOST-2007"), ("message", none.Why));
                    break;
            }
        }
    }

    /// <summary>A path as <c>--json</c> calls it.</summary>
    public static string Name(PeerPath path) => path switch { PeerPath.Local => "local", PeerPath.Direct => "direct", PeerPath.Relayed => "relayed", _ => "hub" };

    /// <summary>A path as people say it.</summary>
    public static string Words(PeerPath path, TimeSpan? roundTrip)
    {
        string way = path switch
        {
            PeerPath.Local => "directly on this network",
            PeerPath.Direct => "directly",
            PeerPath.Relayed => "over a TURN server",
            _ => "over the hub",
        };
        return roundTrip is { } time ? string.Create(CultureInfo.InvariantCulture, $"{way}, {time.TotalMilliseconds:0.#} ms") : way;
    }

    /// <summary>A round trip for <c>--json</c>: milliseconds with one digit; null where there is none.</summary>
    public static double? Milliseconds(TimeSpan? roundTrip) => roundTrip is { } time ? Math.Round(time.TotalMilliseconds, 1) : null;
}
