using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Signaling;

// Idle ──offer──▶ Connecting ──open──▶ Up ⇄ Lost ──attempts used──▶ Resting ──▶ Connecting
//                     └── not in time, bye ────────────────────────────▲         (the side that only answers forgets instead of resting)
internal enum DirectState
{
    Idle,
    Connecting,
    Up,
    Lost,
    Resting,
}

/// <summary>One peer's link, as <see cref="DirectLinksCore"/> sees it.</summary>
internal sealed class DirectLink(PeerId peer, SessionId session, RateLimit builds, Instant now)
{
    public RateBucket Builds = new(builds, now);

    public PeerId Peer { get; } = peer;

    public SessionId Session { get; set; } = session;

    public DirectState State { get; set; }

    /// <summary>The connection; "" when there is none.</summary>
    public string C { get; set; } = "";

    /// <summary>Whether our offer is unanswered.</summary>
    public bool Offered { get; set; }

    /// <summary>Attempts since the link was last up.</summary>
    public int Attempts { get; set; }

    /// <summary>Rests since the link was last up.</summary>
    public int Rests { get; set; }

    public Instant WakeAt { get; set; } = Instant.Never;

    public Instant HeardAt { get; set; }

    public bool HasConnection => C.Length > 0;
}
