using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Sessions;

/// <summary>One viewer, as the host of a stream sees it.</summary>
internal sealed class StreamSeat(PeerId peer, Instant since, RateLimit answers)
{
    private ulong? _lastWhenCame;

    public RateBucket Answers = new(answers, since);

    public PeerId Peer { get; } = peer;

    public Instant Since { get; } = since;

    public ulong Acked { get; set; }

    public bool CaughtUp { get; set; }

    /// <summary>Whether a hub says that it is in the room.</summary>
    public bool InRoom { get; set; }

    /// <summary>Whether frames go over a direct link.</summary>
    public bool IsDirect { get; set; }

    /// <summary>Whether the direct link takes no more for now.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether entries were not sent because the link was full: the viewer is shown the newest one when there is room, and asks for the rest.</summary>
    public bool Skipped { get; set; }

    /// <summary>A question that waits for room on the direct link; a newer one replaces it.</summary>
    public FeedFrame.Want? Want { get; set; }

    public ulong LastWhenCame(ulong last) => _lastWhenCame ??= last > 0 ? Math.Min(last, Math.Max(Acked, 1)) : 0;

    public void Unlink()
    {
        IsDirect = IsFull = Skipped = false;
        Want = null;
    }
}
