namespace Roost.Core.Feeds;

/// <summary>Somebody else's feed, kept sealed: takes verified entries in and answers readers, without being able to read or to sign.</summary>
/// <remarks>Not thread-safe. It shows entries only as far as one of the author's signatures reaches.</remarks>
public sealed class FeedArchive
{
    private static readonly byte[] NoSignature = new byte[Crypto.Ed25519.SignatureSize];

    private readonly IFeedLog _log;
    private readonly FeedChain _chain;
    private FeedFrame.Head? _head;

    /// <summary>Opens an archive on what <paramref name="log"/> holds.</summary>
    public FeedArchive(FeedId feed, IFeedLog log)
    {
        _log = log;
        _chain = new FeedChain(feed);
        while (_chain.N < log.Last)
        {
            foreach (var entry in log.Read(_chain.N, FeedFrame.MaxAnswer))
            {
                _chain.Add(entry.Kind, entry.Sealed.Span);
                Note(log.SignatureAt(entry.N));
            }
        }
    }

    /// <summary>The feed's name.</summary>
    public FeedId Feed => _chain.Feed;

    /// <summary>The number of the last entry kept.</summary>
    public ulong Last => _chain.N;

    /// <summary>Where the feed stands as far as it is signed; null while nothing is.</summary>
    public FeedFrame.Head? Head => _head;

    /// <summary>A copy of the chain at the last entry, to verify further entries with.</summary>
    public FeedChain Fork() => _chain.Fork();

    /// <summary>Reads kept entries above <paramref name="after"/>, sealed; together at most <paramref name="budget"/> bytes, but at least one where there is one.</summary>
    public IReadOnlyList<FeedEntry> Read(ulong after, int budget) => _log.Read(after, budget);

    /// <summary>The signature kept with an entry, 64 bytes; zeros where there is none.</summary>
    public byte[] SignatureAt(ulong n) => _log.SignatureAt(n);

    /// <summary>Keeps the next entry; <paramref name="signature"/> where the author's is known for it.</summary>
    public void Append(in FeedEntry entry, byte[]? signature)
    {
        _log.Append(entry, signature ?? NoSignature);
        _chain.Add(entry.Kind, entry.Sealed.Span);
        Note(signature ?? NoSignature);
    }

    /// <summary>The answer to a reader; none while nothing signed is kept.</summary>
    public IEnumerable<FeedFrame> Answer(FeedFrame.Want want) =>
        _head is { } head ? FeedAnswers.To(Feed.Short, head, _log, want) : [];

    private void Note(byte[] signature)
    {
        if (signature.AsSpan().ContainsAnyExcept((byte)0))
        {
            _head = new FeedFrame.Head(Feed.Author, Feed.Epoch, _chain.N, _chain.Hash.ToArray(), signature);
        }
    }
}
