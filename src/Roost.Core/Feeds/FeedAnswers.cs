using Roost.Core.Identity;

namespace Roost.Core.Feeds;

/// <summary>Answers to WANT from a log: HEAD, then PACKs of which the last is signed (docs/protocol/feeds.md).</summary>
internal static class FeedAnswers
{
    /// <summary>The most payload that fits a SEND of 65,516 bytes (docs/protocol/door.md).</summary>
    public const int MaxFrame = 65_516 - 1 - Id16.Size - PeerId.Size;

    private const int PackOverhead = 100;

    /// <param name="feed">feed8 of the log.</param>
    /// <param name="head">Where the feed stands.</param>
    /// <param name="log">Its entries.</param>
    /// <param name="want">What is asked for.</param>
    public static IEnumerable<FeedFrame> To(ulong feed, FeedFrame.Head head, IFeedLog log, FeedFrame.Want want)
    {
        yield return head;
        if (want.Feed != 0 && want.Feed != feed)
        {
            yield break;
        }
        var entries = UpToSigned(log.Read(want.After, (int)Math.Min(want.Budget, FeedFrame.MaxAnswer)), log, head.N);
        int from = 0;
        int bytes = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            int size = entries[i].Sealed.Length + 4;
            if (bytes + size > MaxFrame - PackOverhead)
            {
                yield return new FeedFrame.Pack(feed, entries[from].N, null, entries[from..i]);
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        if (entries.Count > 0)
        {
            var end = new PackEnd(head.N, log.SignatureAt(entries[^1].N));
            yield return new FeedFrame.Pack(feed, entries[from].N, end, entries[from..]);
        }
    }

    /// <summary>Without the entries at the end that no signature covers yet: an archive has some.</summary>
    private static List<FeedEntry> UpToSigned(IReadOnlyList<FeedEntry> entries, IFeedLog log, ulong head)
    {
        int count = entries.Count;
        while (count > 0 && (entries[count - 1].N > head || !log.SignatureAt(entries[count - 1].N).AsSpan().ContainsAnyExcept((byte)0)))
        {
            count--;
        }
        return [.. entries.Take(count)];
    }
}
