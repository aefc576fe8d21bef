using Roost.Core.Identity;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Signaling;

/// <summary>Who of two members looks for a link.</summary>
public enum DirectRole
{
    /// <summary>This side only answers: the host of a session.</summary>
    Answers,

    /// <summary>This side offers, to hosts only: a viewer.</summary>
    Offers,

    /// <summary>The smaller id of two offers: members of a document.</summary>
    Equals,
}

/// <summary>How a peer keeps its direct links. Immutable.</summary>
public sealed record DirectOptions
{
    /// <summary>Who this is: the smaller id of two is the polite one (docs/protocol/signaling.md, "Glare").</summary>
    public required PeerId Self { get; init; }

    /// <summary>Who of two offers.</summary>
    public DirectRole Role { get; init; }

    /// <summary>Links at once, those under way included; who offers beyond is told <c>bye</c>. A guess: 32 copies of a fast stream are 1 MB/s and 4 MB of memory.</summary>
    public int MaxLinks { get; init; } = 32;

    /// <summary>From an offer to an open channel.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an open link is pinged.</summary>
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After so much silence the link counts as stalled, and frames go over the hub until it speaks again.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The waits before the first, second and last attempt to get a lost link back. Seed 001: "1s, 2s, 4s".</summary>
    public IReadOnlyList<TimeSpan> Retry { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    /// <summary>How long the side that does not offer keeps a lost link for the other one's attempts.</summary>
    public TimeSpan KeepLost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The first pause after giving up; doubles up to <see cref="MaxRest"/>.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause.</summary>
    public TimeSpan MaxRest { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>New connections that one peer may make us build.</summary>
    public RateLimit Builds { get; init; } = new(0.5, 6);
}
