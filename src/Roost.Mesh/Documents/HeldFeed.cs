using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Mesh.Documents;

/// <summary>One writer's feed as a member holds it: what is verified and kept, what waits for a gap to close, and who has more.</summary>
internal sealed class HeldFeed(FeedArchive archive)
{
    private readonly Dictionary<PeerId, ulong> _claims = [];

    public FeedArchive Archive { get; } = archive;

    public FeedId Feed => Archive.Feed;

    public ulong Last => Archive.Last;

    public SortedDictionary<ulong, FeedFrame.Live> Aside { get; } = [];

    /// <summary>Whether its author signed two histories: nothing more is read of it.</summary>
    public bool IsForked { get; set; }

    /// <summary>Bytes of its entries, sealed.</summary>
    public long Bytes { get; set; }

    /// <summary>Entries that are pieces of updates, and their bytes: what a checkpoint would save.</summary>
    public (int Entries, long Bytes) Loose { get; set; }

    public void Claim(PeerId peer, ulong n) => _claims[peer] = n;

    public void Unclaim(PeerId peer) => _claims.Remove(peer);

    public void UnclaimAll() => _claims.Clear();

    /// <summary>Somebody who says to have more than we.</summary>
    public PeerId? Source()
    {
        foreach (var (peer, n) in _claims)
        {
            if (n > Last)
            {
                return peer;
            }
        }
        return null;
    }
}
