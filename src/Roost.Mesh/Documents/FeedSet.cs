using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Mesh.Documents;

/// <summary>
/// All feeds of a document's room, as one member or keeper holds them: tells others where they stand, fetches what it lacks from whoever has it,
/// and believes nothing that the room's write key did not sign (docs/protocol/documents.md). It needs no secret.
/// </summary>
/// <remarks>Pure but for its store; not thread-safe, one driver.</remarks>
public sealed partial class FeedSet
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskRollEvery = TimeSpan.FromSeconds(1);

    private readonly RoomId _room;
    private readonly OwnerId _owner;
    private readonly IFeedStore _store;
    private readonly DocumentLimits _limits;
    private readonly Dictionary<ulong, HeldFeed> _feeds = [];
    private readonly Dictionary<Id16, ulong> _covered = [];
    private readonly Dictionary<PeerId, Instant> _askedRoll = [];
    private readonly Queue<FeedSetEffect> _effects = new();
    private PublicKey? _author;
    private Fetch? _fetch;
    private long _bytes;
    private bool _failed;

    /// <summary>Starts empty.</summary>
    /// <param name="room">The room.</param>
    /// <param name="owner">What its write key hashes to.</param>
    /// <param name="store">Where feeds are kept.</param>
    /// <param name="limits">What is taken.</param>
    public FeedSet(RoomId room, OwnerId owner, IFeedStore store, DocumentLimits limits)
    {
        _room = room;
        _owner = owner;
        _store = store;
        _limits = limits;
    }

    /// <summary>Feeds held.</summary>
    public int Count => _feeds.Count;

    /// <summary>Frames and lines that were refused: not signed by the write key, or no frame at all.</summary>
    public int Refused { get; private set; }

    /// <summary>Whether something is known to exist that is not here yet and that somebody here has.</summary>
    public bool IsFetching => _fetch is not null;

    /// <summary>Entries of updates that no checkpoint covers, and their bytes.</summary>
    public (int Entries, long Bytes) Loose => (_feeds.Values.Sum(f => f.Loose.Entries), _feeds.Values.Sum(f => f.Loose.Bytes));

    /// <summary>Bytes of the checkpoints held (and of feeds' first entries): what another checkpoint would say again.</summary>
    public long Checkpointed => _bytes - _feeds.Values.Sum(f => f.Loose.Bytes);

    /// <summary>When an answer is given up.</summary>
    public Wake? NextWake => _fetch is { } fetch ? new Wake(fetch.Until, "give up an answer") : null;

    /// <summary>The next effect.</summary>
    public bool TryTake([MaybeNullWhen(false)] out FeedSetEffect effect) => _effects.TryDequeue(out effect);

    /// <summary>Takes back a feed of an earlier run; its entries are given out anew.</summary>
    public void Recall(FeedId feed)
    {
        if (feed.Author.ToOwnerId() != _owner || Hold(feed) is not { } held || (!IsGenuine(held) && !TryMend(feed, ref held)))
        {
            return;
        }
        _author ??= feed.Author;
        ulong at = 0;
        while (at < held.Last)
        {
            foreach (var entry in held.Archive.Read(at, FeedFrame.MaxAnswer))
            {
                Give(held, entry);
                at = entry.N;
            }
        }
    }

    /// <summary>Adds an entry of our own: signed by the caller, kept here, then told to the room.</summary>
    /// <returns>False when it could not be kept: then nobody is told of it.</returns>
    public bool Publish(FeedId feed, in FeedEntry entry, byte[] signature)
    {
        _author ??= feed.Author;
        if (_failed || Hold(feed) is not { } held || !Keep(held, entry, signature))
        {
            return false;
        }
        _effects.Enqueue(new FeedSetEffect.Cast(new FeedFrame.Live(feed.Short, entry, signature)));
        return true;
    }

    /// <summary>The chain of a feed at its last entry, for whoever writes it.</summary>
    public FeedChain ChainOf(FeedId feed) => Hold(feed)?.Archive.Fork() ?? new FeedChain(feed);

    /// <summary>Where all feeds stand that have something signed.</summary>
    /// <param name="answer">Whether the receiver shall send its own.</param>
    public IEnumerable<FeedFrame> Roll(bool answer)
    {
        if (_author is not { } author)
        {
            // Whoever holds nothing yet does not know the write key either; it asks with any acceptable key and no lines.
            return answer ? [new FeedFrame.Roll(default, true, [])] : [];
        }
        var lines = _feeds.Values.Where(f => !f.IsForked).Select(f => f.Archive.Head).OfType<FeedFrame.Head>()
            .Select(h => new RollLine(h.Epoch, h.N, h.Chain, h.Signature)).ToList();
        return lines.Count == 0
            ? answer ? [new FeedFrame.Roll(author, true, [])] : []
            : lines.Chunk(FeedFrame.Roll.MaxLines).Select((chunk, i) => new FeedFrame.Roll(author, answer && i == 0, chunk));
    }

    /// <summary>Asks a member where its feeds stand, and tells it where ours do; at most once a second each.</summary>
    public void AskRoll(PeerId peer, Instant now)
    {
        if (_askedRoll.TryGetValue(peer, out var last) && now - last < AskRollEvery)
        {
            return;
        }
        _askedRoll[peer] = now;
        foreach (var roll in Roll(answer: true))
        {
            _effects.Enqueue(new FeedSetEffect.Send(peer, roll));
        }
    }

    /// <summary>What a member that asks gets.</summary>
    public IEnumerable<FeedFrame> Answer(FeedFrame.Want want) =>
        _feeds.TryGetValue(want.Feed, out var held) && !held.IsForked ? held.Archive.Answer(want) : Roll(answer: false);

    /// <summary>A member is gone.</summary>
    public void Lost(PeerId peer, Instant now)
    {
        _askedRoll.Remove(peer);
        foreach (var held in _feeds.Values)
        {
            held.Unclaim(peer);
        }
        if (_fetch?.From == peer)
        {
            _fetch = null;
            FetchNext(now);
        }
    }

    /// <summary>Everybody is gone.</summary>
    public void Offline()
    {
        _askedRoll.Clear();
        _fetch = null;
        foreach (var held in _feeds.Values)
        {
            held.UnclaimAll();
        }
    }

    /// <summary>Gives up on an answer that does not come.</summary>
    public void Tick(Instant now)
    {
        if (_fetch is { } fetch && fetch.Until <= now)
        {
            GiveUp(fetch, now);
        }
    }

    /// <summary>What all feeds hold at this moment, for a checkpoint to name.</summary>
    public IReadOnlyList<CoveredFeed> Standing() => [.. _feeds.Values.Where(f => f.Last > 0).Select(f => new CoveredFeed(f.Feed.Epoch, f.Last))];

    /// <summary>Whether a feed is held.</summary>
    public bool Holds(ulong feed) => _feeds.ContainsKey(feed);

    /// <summary>Whether a checkpoint covers an epoch.</summary>
    public bool IsCovered(Id16 epoch) => _covered.ContainsKey(epoch);

    /// <summary>A checkpoint that is kept here holds these: drops what it holds whole, and never fetches that again.</summary>
    public void Cover(IReadOnlyList<CoveredFeed> feeds, Instant now)
    {
        foreach (var (epoch, n) in feeds)
        {
            _covered[epoch] = Math.Max(n, _covered.GetValueOrDefault(epoch));
        }
        foreach (var (id, held) in _feeds.Where(f => _covered.TryGetValue(f.Value.Feed.Epoch, out ulong n) && f.Value.Last <= n).ToList())
        {
            _feeds.Remove(id);
            _bytes -= held.Bytes;
            _store.Forget(held.Feed);
            if (_fetch?.Held == held)
            {
                _fetch = null;
            }
        }
        FetchNext(now);
    }

    /// <summary>Whether what the store gave back ends with its author's signature.</summary>
    private static bool IsGenuine(HeldFeed held) =>
        held.Archive.Head is not { } head || Ed25519.Verify(head.Author, FeedChain.SignedText(held.Feed, head.N, head.Chain.Span), head.Signature.Span);

    /// <summary>A store that was damaged keeps what is signed before the damage; the rest comes anew from whoever has it.</summary>
    private bool TryMend(FeedId feed, ref HeldFeed held)
    {
        var chain = new FeedChain(feed);
        var good = new List<(FeedEntry Entry, byte[] Signature)>();
        int signed = 0;
        for (ulong at = 0; at < held.Last; at = chain.N)
        {
            foreach (var entry in held.Archive.Read(at, FeedFrame.MaxAnswer))
            {
                chain.Add(entry.Kind, entry.Sealed.Span);
                var signature = held.Archive.SignatureAt(entry.N);
                good.Add((entry, signature));
                signed = chain.Verify(signature) ? good.Count : signed;
            }
        }
        _feeds.Remove(feed.Short);
        _store.Forget(feed);
        if (Hold(feed) is not { } mended)
        {
            return false;
        }
        foreach (var (entry, signature) in good.Take(signed))
        {
            mended.Archive.Append(entry, signature.AsSpan().ContainsAnyExcept((byte)0) ? signature : null);
        }
        held = mended;
        return true;
    }

    private HeldFeed? Hold(FeedId feed)
    {
        if (_feeds.TryGetValue(feed.Short, out var known))
        {
            return known;
        }
        if (_feeds.Count >= _limits.MaxFeeds || _store.Open(feed) is not { } log)
        {
            return null;
        }
        var held = new HeldFeed(new FeedArchive(feed, log));
        _feeds.Add(feed.Short, held);
        return held;
    }

    /// <summary>Keeps a verified entry and gives it out.</summary>
    private bool Keep(HeldFeed held, in FeedEntry entry, byte[]? signature)
    {
        if (_failed || _bytes + entry.Sealed.Length > _limits.MaxBytes)
        {
            Fail("the document takes more than its limit");
            return false;
        }
        try
        {
            held.Archive.Append(entry, signature);
        }
        catch (IOException e)
        {
            Fail(e.Message);
            return false;
        }
        Give(held, entry);
        return true;
    }

    private void Give(HeldFeed held, in FeedEntry entry)
    {
        _bytes += entry.Sealed.Length;
        held.Bytes += entry.Sealed.Length;
        if (entry.Kind == EntryKind.Update)
        {
            held.Loose = (held.Loose.Entries + 1, held.Loose.Bytes + entry.Sealed.Length);
        }
        _effects.Enqueue(new FeedSetEffect.Entry(held.Feed, entry));
    }

    private void Fail(string problem)
    {
        if (!_failed)
        {
            _failed = true;
            _fetch = null;
            _effects.Enqueue(new FeedSetEffect.Failed(problem));
        }
    }
}
