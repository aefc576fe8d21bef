using Roost.Core.Identity;
using Roost.Mesh.Signaling;

namespace Roost.Peer.Direct;

/// <summary>What <see cref="DirectLinks"/> tells a session.</summary>
internal abstract record DirectNews
{
    private DirectNews()
    {
    }

    /// <summary>Frames to this peer go over the link from here on.</summary>
    public sealed record Up(PeerId Peer) : DirectNews;

    /// <summary>Frames to this peer go over the hub again.</summary>
    public sealed record Down(PeerId Peer) : DirectNews;

    /// <summary>A frame of a feed came.</summary>
    public sealed record Frame(PeerId Peer, ReadOnlyMemory<byte> Payload) : DirectNews;

    /// <summary>The link has much to send yet: give it no more.</summary>
    public sealed record Full(PeerId Peer) : DirectNews;

    /// <summary>The link takes more again.</summary>
    public sealed record Drained(PeerId Peer) : DirectNews;

    /// <summary>How the peer is reached, and the round trip; null over the hub.</summary>
    public sealed record Path(PeerId Peer, PeerPath By, TimeSpan? RoundTrip) : DirectNews;

    /// <summary>No direct links can be had here; the text says why.</summary>
    public sealed record Unavailable(string Why) : DirectNews;
}
