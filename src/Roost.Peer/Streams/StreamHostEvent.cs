using Roost.Core.Identity;
using Roost.Mesh.Signaling;

namespace Roost.Peer.Streams;

/// <summary>What the host of a stream may want to tell its user.</summary>
public abstract record StreamHostEvent
{
    private StreamHostEvent()
    {
    }

    /// <summary>A hub let the host in.</summary>
    public sealed record HubFound(string Origin) : StreamHostEvent;

    /// <summary>The hub is gone; it is dialled again.</summary>
    public sealed record HubLost(string Reason) : StreamHostEvent;

    /// <summary>The hub refused something.</summary>
    public sealed record Refused(ushort Code, string Message) : StreamHostEvent;

    /// <summary>Another process hosts with the same key: this one is out.</summary>
    public sealed record Replaced : StreamHostEvent;

    /// <summary>The hub keeps the sealed log for so long after the host is gone; zero: it does not, and <paramref name="Why"/>.</summary>
    public sealed record Kept(TimeSpan For, string Why) : StreamHostEvent;

    /// <summary>A viewer came.</summary>
    public sealed record ViewerCame(PeerId Viewer, int Count) : StreamHostEvent;

    /// <summary>A viewer has read all there was.</summary>
    public sealed record ViewerCaughtUp(PeerId Viewer, TimeSpan Took) : StreamHostEvent;

    /// <summary>How a viewer is reached has changed, or its round trip was measured anew; the round trip is null over the hub.</summary>
    public sealed record ViewerPath(PeerId Viewer, PeerPath Path, TimeSpan? RoundTrip) : StreamHostEvent;

    /// <summary>No direct links can be had on this machine: viewers read over the hub.</summary>
    public sealed record DirectUnavailable(string Why) : StreamHostEvent;

    /// <summary>A viewer went.</summary>
    public sealed record ViewerWent(PeerId Viewer, int Count) : StreamHostEvent;

    /// <summary>A viewer asks something; only where <see cref="TextStreamHostOptions.CanAsk"/> is set.</summary>
    public sealed record Asked(PeerId Viewer, string Text) : StreamHostEvent;

    /// <summary>The log cannot be written; what follows is not shared.</summary>
    public sealed record LogFailed(string Problem) : StreamHostEvent;
}
