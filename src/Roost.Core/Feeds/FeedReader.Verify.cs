using Roost.Core.Cores;
using Roost.Core.Crypto;

namespace Roost.Core.Feeds;

public sealed partial class FeedReader
{
    private Batch? _batch;
    private FeedFrame.Head? _head;

    private void HandleHead(FeedFrame.Head head, ulong seenThisWay, Instant now)
    {
        if (head.Author.ToOwnerId() != _owner
            || !Ed25519.Verify(head.Author, FeedChain.SignedText(new FeedId(_room, head.Author, head.Epoch), head.N, head.Chain.Span), head.Signature.Span))
        {
            Refused++;
            return;
        }
        if (_chain is null || (_chain.Feed.Epoch != head.Epoch && head.Epoch.High > _chain.Feed.Epoch.High))
        {
            Open(new FeedId(_room, head.Author, head.Epoch), now);
        }
        if (_chain!.Feed.Epoch != head.Epoch)
        {
            return;
        }
        if (head.N < _chain.N)
        {
            // A keeper may lag behind, and so may another way; an author may not.
            if (_isHost && head.N < seenThisWay)
            {
                Break(FeedFault.RolledBack, head.N);
            }
        }
        else if (head.N == _chain.N)
        {
            if (!head.Chain.Span.SequenceEqual(_chain.Hash))
            {
                Break(FeedFault.Forked, head.N);
                return;
            }
            Arrived(now);
        }
        else
        {
            _head = head;
        }
    }

    private void Open(FeedId feed, Instant now)
    {
        bool knewAnother = _chain is not null;
        _opener?.Dispose();
        _chain = new FeedChain(feed);
        _opener = _openers(feed);
        _aside.Clear();
        _batch = null;
        _head = null;
        _acked = 0;
        _seenByHub = _seenByLink = 0;
        _caughtUp = false;
        _effects.Enqueue(new FeedReaderEffect.Opened(feed));
        if (knewAnother)
        {
            // The question that brought this answer was about the old feed.
            Ask(now);
        }
    }

    private void HandleLive(FeedFrame.Live live, Instant now)
    {
        if (live.Entry.N <= _chain!.N)
        {
            if (_isHost && live.Entry.N == _chain.N)
            {
                // Shown again what is read already: the host has lost sight of this reader for a while, and with it what was acknowledged.
                _acked = 0;
                _ackAt ??= now;
            }
            return;
        }
        if (_batch is null && live.Entry.N == _chain.N + 1)
        {
            TakeLive(live, now);
            return;
        }
        if (_aside.Count < MaxAside)
        {
            _aside[live.Entry.N] = live;
        }
        if (_askAgainAt is null)
        {
            Ask(now);
        }
    }

    private bool TakeLive(FeedFrame.Live live, Instant now)
    {
        var next = _chain!.Fork();
        next.Add(live.Entry.Kind, live.Entry.Sealed.Span);
        if (!next.Verify(live.Signature.Span) || !_opener!.TryOpen(live.Entry, out var body))
        {
            // Junk, or a history that is not ours: the host's HEAD will tell which.
            Refused++;
            Ask(now);
            return false;
        }
        _chain = next;
        Give(live.Entry, body, live.Signature, now);
        return true;
    }

    private void HandlePack(FeedFrame.Pack pack, Instant now)
    {
        _batch ??= new Batch(_chain!.Fork());
        if (!_batch.TryAdd(pack, _chain!.N))
        {
            Refused++;
            _batch = null;
            return;
        }
        if (pack.End is null)
        {
            _askAgainAt = now + AskAgainAfter;
            return;
        }
        var batch = _batch;
        _batch = null;
        var bodies = new List<byte[]>(batch.Entries.Count);
        foreach (var entry in batch.Entries)
        {
            if (!_opener!.TryOpen(entry, out var body))
            {
                Refused++;
                return;
            }
            bodies.Add(body);
        }
        if (!batch.Chain.Verify(pack.End.Signature.Span))
        {
            Refused++;
            if (_head is { } head && head.N == batch.Chain.N && !head.Chain.Span.SequenceEqual(batch.Chain.Hash))
            {
                Break(FeedFault.Forked, _chain!.N);
            }
            return;
        }
        _chain = batch.Chain;
        for (int i = 0; i < bodies.Count; i++)
        {
            Give(batch.Entries[i], bodies[i], i == bodies.Count - 1 ? pack.End.Signature : default, now);
        }
        TakeAside(now);
        if (_chain.N < pack.End.Head)
        {
            Ask(now);
        }
        else
        {
            Arrived(now);
        }
    }

    private void TakeAside(Instant now)
    {
        while (_aside.Count > 0)
        {
            var (n, live) = _aside.First();
            if (n > _chain!.N + 1)
            {
                return;
            }
            _aside.Remove(n);
            if (n == _chain.N + 1 && !TakeLive(live, now))
            {
                return;
            }
        }
    }

    private void Arrived(Instant now)
    {
        _askAgainAt = null;
        TakeAside(now);
        if (_aside.Count > 0)
        {
            // Beyond what the host itself says there is: junk, or a gap that has just opened. Looked at again in a while, not at the pace of the wire.
            _aside.Clear();
            _askAgainAt = now + AskAgainAfter;
        }
        if (!_caughtUp)
        {
            _caughtUp = true;
            _effects.Enqueue(new FeedReaderEffect.CaughtUp(Cursor));
        }
        _ackAt ??= now;
    }

    private void Give(in FeedEntry entry, byte[] body, ReadOnlyMemory<byte> signature, Instant now)
    {
        _effects.Enqueue(new FeedReaderEffect.Entry(entry.N, entry.Kind, body, signature.IsEmpty ? null : signature.ToArray()));
        _ackAt = entry.Kind == EntryKind.End ? now : _ackAt ?? now + AckEvery;
    }

    /// <summary>The PACKs of one answer, chained on from the cursor but not believed before the last one's signature.</summary>
    private sealed class Batch(FeedChain chain)
    {
        public FeedChain Chain { get; } = chain;

        public List<FeedEntry> Entries { get; } = [];

        public bool TryAdd(FeedFrame.Pack pack, ulong cursor)
        {
            if (pack.First > Chain.N + 1)
            {
                return false;
            }
            foreach (var entry in pack.Entries)
            {
                if (entry.N <= Chain.N)
                {
                    continue;
                }
                Chain.Add(entry.Kind, entry.Sealed.Span);
                Entries.Add(entry);
            }
            return Chain.N >= cursor && Entries.Sum(e => (long)e.Sealed.Length) <= 2 * FeedFrame.MaxAnswer;
        }
    }
}
