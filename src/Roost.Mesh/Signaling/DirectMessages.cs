using Roost.Core.Identity;

namespace Roost.Mesh.Signaling;

/// <summary>What <see cref="DirectLinksCore"/> is told. <c>C</c> names a connection, as in <see cref="Signal"/>.</summary>
public abstract record DirectInput
{
    private DirectInput()
    {
    }

    /// <summary>A peer to be linked with is in the room.</summary>
    public sealed record Here(PeerId Peer, SessionId Session) : DirectInput;

    /// <summary>A peer left the room on purpose.</summary>
    public sealed record Gone(PeerId Peer) : DirectInput;

    /// <summary>There is a hub, or none.</summary>
    public sealed record Hub(bool IsOnline) : DirectInput;

    /// <summary>A peer said something, over a hub or over the link. The session is that of the envelope; default over the link.</summary>
    public sealed record Heard(PeerId Peer, SessionId Session, Signal Signal) : DirectInput;

    /// <summary>The channel is open.</summary>
    public sealed record Opened(PeerId Peer, string C) : DirectInput;

    /// <summary>Something came over the channel.</summary>
    public sealed record Alive(PeerId Peer, string C) : DirectInput;

    /// <summary>The connection failed, was closed, or could not be made.</summary>
    public sealed record Failed(PeerId Peer, string C) : DirectInput;
}

/// <summary>What <see cref="DirectLinksCore"/> asks for.</summary>
public abstract record DirectEffect
{
    private DirectEffect()
    {
    }

    /// <summary>Make a connection in the place of any other to this peer; say an offer if it <paramref name="Offers"/>.</summary>
    public sealed record Build(PeerId Peer, string C, bool Offers) : DirectEffect;

    /// <summary>Give the connection the peer's offer, and say the answer.</summary>
    public sealed record Accept(PeerId Peer, string C, string Sdp) : DirectEffect;

    /// <summary>Give the connection the peer's answer.</summary>
    public sealed record Take(PeerId Peer, string C, string Sdp) : DirectEffect;

    /// <summary>Give the connection one of the peer's addresses; null after the last.</summary>
    public sealed record Add(PeerId Peer, string C, string? Candidate) : DirectEffect;

    /// <summary>Restart ICE, and say the offer.</summary>
    public sealed record Restart(PeerId Peer, string C) : DirectEffect;

    /// <summary>Close the connection to this peer.</summary>
    public sealed record Drop(PeerId Peer) : DirectEffect;

    /// <summary>Ping over the channel.</summary>
    public sealed record Ping(PeerId Peer) : DirectEffect;

    /// <summary>Say something to the peer.</summary>
    public sealed record Say(PeerId Peer, Signal Signal) : DirectEffect;

    /// <summary>From here on frames go over the link.</summary>
    public sealed record Up(PeerId Peer) : DirectEffect;

    /// <summary>From here on they don't.</summary>
    public sealed record Down(PeerId Peer) : DirectEffect;
}
