using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Mesh.Documents;

/// <summary>What a <see cref="FeedSet"/> asks for or gives out.</summary>
public abstract record FeedSetEffect
{
    private FeedSetEffect()
    {
    }

    /// <summary>SEND this to a member.</summary>
    public sealed record Send(PeerId To, FeedFrame Frame) : FeedSetEffect;

    /// <summary>CAST this to the room.</summary>
    public sealed record Cast(FeedFrame Frame) : FeedSetEffect;

    /// <summary>The next entry of a feed: verified, kept, still sealed.</summary>
    public sealed record Entry(FeedId Feed, FeedEntry Sealed) : FeedSetEffect;

    /// <summary>The author of a feed signed two histories: nothing more is read of it.</summary>
    public sealed record Forked(FeedId Feed) : FeedSetEffect;

    /// <summary>The store refused: entries from here on are not kept, and so not taken.</summary>
    public sealed record Failed(string Problem) : FeedSetEffect;
}
