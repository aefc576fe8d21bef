using Roost.Core.Feeds;

namespace Roost.Mesh.Documents;

/// <summary>Where a document's feeds are kept: a shell's folder or a test's memory.</summary>
public interface IFeedStore
{
    /// <summary>The log of a feed, opened or made; null when there is no room for it.</summary>
    IFeedLog? Open(FeedId feed);

    /// <summary>Deletes a feed that a checkpoint has made dispensable.</summary>
    void Forget(FeedId feed);
}

/// <summary>Feeds in memory. Not thread-safe.</summary>
public sealed class MemoryFeedStore : IFeedStore
{
    private readonly Dictionary<FeedId, MemoryFeedLog> _logs = [];

    /// <summary>What is kept.</summary>
    public IReadOnlyCollection<FeedId> Feeds => _logs.Keys;

    /// <inheritdoc/>
    public IFeedLog Open(FeedId feed)
    {
        if (!_logs.TryGetValue(feed, out var log))
        {
            _logs.Add(feed, log = new MemoryFeedLog());
        }
        return log;
    }

    /// <inheritdoc/>
    public void Forget(FeedId feed) => _logs.Remove(feed);
}
