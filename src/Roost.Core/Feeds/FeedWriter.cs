using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;

namespace Roost.Core.Feeds;

/// <summary>The author's side of a feed: numbers, chains, seals, signs and keeps entries, and answers readers who ask for them.</summary>
/// <remarks>Not thread-safe. An entry is in the log before anyone can send it, so that its nonce is spent for good.</remarks>
public sealed class FeedWriter : IDisposable
{
    private readonly SigningKey _author;
    private readonly IFeedLog _log;
    private readonly FeedSeal _seal;
    private readonly FeedChain _chain;

    /// <summary>Opens a feed to write on after what <paramref name="log"/> holds; the chain over it is computed anew.</summary>
    /// <param name="room">The room's keys.</param>
    /// <param name="author">Whose feed it is.</param>
    /// <param name="epoch">A new one, or that of the log.</param>
    /// <param name="log">Empty, or surely holding the last entry that was ever sent.</param>
    public FeedWriter(RoomKeys room, SigningKey author, Id16 epoch, IFeedLog log)
    {
        Feed = new FeedId(room.Room, author.PublicKey, epoch);
        _author = author;
        _log = log;
        _seal = new FeedSeal(room, Feed);
        _chain = new FeedChain(Feed);
        while (_chain.N < log.Last)
        {
            foreach (var entry in log.Read(_chain.N, FeedFrame.MaxAnswer))
            {
                _chain.Add(entry.Kind, entry.Sealed.Span);
            }
        }
    }

    /// <summary>The feed's name.</summary>
    public FeedId Feed { get; }

    /// <summary>The number of the last entry.</summary>
    public ulong Last => _chain.N;

    /// <summary>Whether the log that this writer was opened on ends with its author's signature; if not, it was damaged and must not be continued.</summary>
    public bool IsGenuine => _chain.N == 0 || _chain.Verify(_log.SignatureAt(_chain.N));

    /// <summary>chainₙ at the last entry, as hex.</summary>
    public string ChainHex => Convert.ToHexStringLower(_chain.Hash);

    /// <summary>Adds an entry and returns the frame that tells the room.</summary>
    /// <param name="kind">What it holds.</param>
    /// <param name="body">At most <see cref="FeedEntry.MaxBody"/> bytes.</param>
    public FeedFrame.Live Append(EntryKind kind, ReadOnlySpan<byte> body)
    {
        var entry = new FeedEntry(_chain.N + 1, kind, _seal.Seal(_chain.N + 1, kind, body));
        _chain.Add(kind, entry.Sealed.Span);
        var signature = _chain.Sign(_author);
        _log.Append(entry, signature);
        return new FeedFrame.Live(Feed.Short, entry, signature);
    }

    /// <summary>Where the feed stands.</summary>
    public FeedFrame.Head Head() => new(Feed.Author, Feed.Epoch, _chain.N, _chain.Hash.ToArray(), _chain.Sign(_author));

    /// <summary>The answer to a reader: HEAD, then the entries asked for in PACKs, the last of which is signed.</summary>
    /// <returns>Frames to SEND to the reader in this order; only HEAD when it asked for a feed that is not this one.</returns>
    public IEnumerable<FeedFrame> Answer(FeedFrame.Want want) => FeedAnswers.To(Feed.Short, Head(), _log, want);

    /// <inheritdoc/>
    public void Dispose() => _seal.Dispose();
}
