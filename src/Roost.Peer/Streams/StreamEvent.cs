using Roost.Core.Feeds;
using Roost.Mesh.Signaling;

namespace Roost.Peer.Streams;

/// <summary>What happens to somebody who follows a stream.</summary>
public abstract record StreamEvent
{
    private StreamEvent()
    {
    }

    /// <summary>A hub let us in.</summary>
    public sealed record HubFound(string Origin) : StreamEvent;

    /// <summary>The hub is gone; it is dialled again.</summary>
    public sealed record HubLost(string Reason) : StreamEvent;

    /// <summary>The hub refused something.</summary>
    public sealed record Refused(ushort Code, string Message) : StreamEvent;

    /// <summary>The host is here.</summary>
    public sealed record HostCame : StreamEvent;

    /// <summary>The host is not here; it may come back.</summary>
    public sealed record HostGone : StreamEvent;

    /// <summary>How the host is reached has changed, or the round trip was measured anew; null over the hub.</summary>
    public sealed record Path(PeerPath By, TimeSpan? RoundTrip) : StreamEvent;

    /// <summary>No direct link can be had on this machine: it goes on over the hub.</summary>
    public sealed record DirectUnavailable(string Why) : StreamEvent;

    /// <summary>A log begins; a second one means that the host lost its first.</summary>
    public sealed record Opened(string Epoch) : StreamEvent;

    /// <summary>What the stream is called and how it is to be shown.</summary>
    public sealed record Meta(string Title, string Format) : StreamEvent;

    /// <summary>The next bytes.</summary>
    public sealed record Text(ulong N, ReadOnlyMemory<byte> Bytes) : StreamEvent;

    /// <summary>Everything so far is read; what comes now is live.</summary>
    public sealed record CaughtUp(ulong N) : StreamEvent;

    /// <summary>The stream ended.</summary>
    public sealed record Ended(int? Exit, string Reason) : StreamEvent;

    /// <summary>The host contradicted what it signed before: nothing more can be believed.</summary>
    public sealed record Broken(FeedFault Fault, ulong N) : StreamEvent;
}
