using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Mesh.Documents;

public sealed partial class FeedSet
{
    /// <summary>Takes a frame that a member sent; <paramref name="from"/> is what the hub stamped. WANTs are the caller's, who answers at the link's pace.</summary>
    public void Hear(PeerId from, FeedFrame frame, Instant now)
    {
        switch (frame)
        {
            case FeedFrame.Roll roll:
                HearRoll(from, roll, now);
                break;
            case FeedFrame.Live live:
                HearLive(from, live, now);
                break;
            case FeedFrame.Head head when _fetch is { } fetch && fetch.From == from && head.Author.ToOwnerId() == _owner && head.Epoch == fetch.Held.Feed.Epoch:
                HearHead(fetch, head, now);
                break;
            case FeedFrame.Pack pack when _fetch is { } fetch && fetch.From == from && pack.Feed == fetch.Held.Feed.Short:
                HearPack(fetch, pack, now);
                break;
            case FeedFrame.Cover cover:
                HearCover(cover, now);
                break;
        }
    }

    private void HearRoll(PeerId from, FeedFrame.Roll roll, Instant now)
    {
        if (roll.Lines.Count > 0 && roll.Author.ToOwnerId() != _owner)
        {
            Refused++;
            return;
        }
        foreach (var line in roll.Lines)
        {
            if (!HearLine(from, roll.Author, line))
            {
                Refused++;
                break;
            }
        }
        if (roll.Answer)
        {
            var answer = Roll(answer: false).ToList();
            if (answer.Count == 0)
            {
                answer.Add(new FeedFrame.Roll(_author ?? default, false, []));
            }
            foreach (var mine in answer)
            {
                _effects.Enqueue(new FeedSetEffect.Send(from, mine));
            }
        }
        FetchNext(now);
    }

    /// <summary>Takes in where somebody's copy of a feed stands; false for a line that the write key did not sign.</summary>
    private bool HearLine(PeerId from, PublicKey author, RollLine line)
    {
        if (_covered.TryGetValue(line.Epoch, out ulong covered) && line.N <= covered)
        {
            return true;
        }
        var id = new FeedId(_room, author, line.Epoch);
        bool known = _feeds.TryGetValue(id.Short, out var held);
        if (known && (line.N < held!.Last || (line.N == held.Last && (line.N == 0 || line.Chain.Span.SequenceEqual(held.Archive.Fork().Hash)))))
        {
            return true;
        }
        if (!Ed25519.Verify(author, FeedChain.SignedText(id, line.N, line.Chain.Span), line.Signature.Span))
        {
            return false;
        }
        _author ??= author;
        held ??= Hold(id);
        if (held is null)
        {
            return true;
        }
        if (known && line.N == held.Last)
        {
            Fork(held);
        }
        else
        {
            held.Claim(from, line.N);
        }
        return true;
    }

    private void HearLive(PeerId from, FeedFrame.Live live, Instant now)
    {
        if (!_feeds.TryGetValue(live.Feed, out var held))
        {
            AskRoll(from, now);
            return;
        }
        if (held.IsForked || live.Entry.N <= held.Last)
        {
            return;
        }
        if (live.Entry.N == held.Last + 1 && _fetch?.Held != held)
        {
            if (TakeLive(held, live))
            {
                TakeAside(held);
            }
            return;
        }
        if (held.Aside.Count < _limits.MaxAside)
        {
            held.Aside[live.Entry.N] = live;
        }
        held.Claim(from, live.Entry.N);
        FetchNext(now);
    }

    private bool TakeLive(HeldFeed held, FeedFrame.Live live)
    {
        var next = held.Archive.Fork();
        next.Add(live.Entry.Kind, live.Entry.Sealed.Span);
        if (!next.Verify(live.Signature.Span))
        {
            Refused++;
            return false;
        }
        return Keep(held, live.Entry with { Sealed = live.Entry.Sealed.ToArray() }, live.Signature.ToArray());
    }

    private void TakeAside(HeldFeed held)
    {
        while (held.Aside.Count > 0)
        {
            var (n, live) = held.Aside.First();
            if (n > held.Last + 1)
            {
                return;
            }
            held.Aside.Remove(n);
            if (n == held.Last + 1 && !TakeLive(held, live))
            {
                return;
            }
        }
    }

    /// <summary>Drops what a checkpoint covers that this holder cannot read but keeps.</summary>
    private void HearCover(FeedFrame.Cover cover, Instant now)
    {
        if (cover.Author.ToOwnerId() != _owner || !Ed25519.Verify(cover.Author, cover.SignedText(_room), cover.Signature.Span))
        {
            Refused++;
            return;
        }
        if (_feeds.TryGetValue(new FeedId(_room, cover.Author, cover.Epoch).Short, out var held) && held.Last >= cover.N)
        {
            Cover(cover.Feeds, now);
        }
    }

    private void Fork(HeldFeed held)
    {
        if (!held.IsForked)
        {
            held.IsForked = true;
            _effects.Enqueue(new FeedSetEffect.Forked(held.Feed));
        }
    }
}
