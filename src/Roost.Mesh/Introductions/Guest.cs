using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Mesh.Introductions;

/// <summary>One peer of a network as the one who introduces it sees it.</summary>
internal sealed class Guest(PeerId id, int maxLinks)
{
    public PeerId Id { get; } = id;

    /// <summary>As the client compares ids: by their text.</summary>
    public string Text { get; } = id.ToString();

    public int MaxLinks { get; set; } = maxLinks;

    /// <summary>Everyone it was introduced to, or was seen to answer.</summary>
    public Dictionary<PeerId, Acquaintance> Known { get; } = [];

    /// <summary>Acquaintances that are links, or may still become one.</summary>
    public int Links { get; set; }

    public int FreeSlots => MaxLinks - Links;

    /// <summary>Introductions in a row that came to nothing; the next waits twice as long.</summary>
    public int InVain { get; set; }

    public Instant NotBefore { get; set; } = Instant.Epoch;
}

/// <summary>Two peers that know of each other, or will in a moment.</summary>
internal sealed class Acquaintance(Guest larger, Guest smaller, Instant now)
{
    /// <summary>The one whose id sorts last: PeerPigeon's rule is that it makes the offer.</summary>
    public Guest Larger { get; } = larger;

    public Guest Smaller { get; } = smaller;

    public Instant Since { get; set; } = now;

    public bool SmallerKnows { get; set; }

    /// <summary>Whether an answer was seen to pass.</summary>
    public bool Linked { get; set; }

    /// <summary>Neither linked nor given up.</summary>
    public bool Pending { get; set; } = true;

    public Guest Other(Guest one) => one == Larger ? Smaller : Larger;
}

/// <summary>Tell <paramref name="To"/> of <paramref name="About"/>.</summary>
internal readonly record struct Introduction(PeerId To, PeerId About);
