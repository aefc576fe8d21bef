using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Mesh.Documents;

public sealed partial class FeedSet
{
    /// <summary>Asks for the next thing that is missing, one question at a time: an answer has up to a megabyte.</summary>
    private void FetchNext(Instant now)
    {
        if (_fetch is not null || _failed)
        {
            return;
        }
        foreach (var held in _feeds.Values)
        {
            if (!held.IsForked && held.Source() is { } source)
            {
                _fetch = new Fetch(source, held, held.Archive.Fork(), now + AnswerWithin);
                _effects.Enqueue(new FeedSetEffect.Send(source, new FeedFrame.Want(held.Feed.Short, held.Last, FeedFrame.MaxAnswer)));
                return;
            }
        }
    }

    private void HearHead(Fetch fetch, FeedFrame.Head head, Instant now)
    {
        var held = fetch.Held;
        if (!Ed25519.Verify(head.Author, FeedChain.SignedText(held.Feed, head.N, head.Chain.Span), head.Signature.Span))
        {
            Refused++;
            GiveUp(fetch, now);
            return;
        }
        fetch.Head = head;
        if (head.N <= held.Last)
        {
            // It has no more than we, whatever was claimed.
            if (head.N == held.Last && !head.Chain.Span.SequenceEqual(held.Archive.Fork().Hash))
            {
                Fork(held);
            }
            GiveUp(fetch, now);
        }
    }

    private void HearPack(Fetch fetch, FeedFrame.Pack pack, Instant now)
    {
        if (pack.First > fetch.Chain.N + 1)
        {
            Refused++;
            GiveUp(fetch, now);
            return;
        }
        foreach (var entry in pack.Entries.Where(e => e.N > fetch.Chain.N))
        {
            fetch.Chain.Add(entry.Kind, entry.Sealed.Span);
            fetch.Entries.Add(entry with { Sealed = entry.Sealed.ToArray() });
            fetch.Bytes += entry.Sealed.Length;
        }
        if (fetch.Bytes > 2 * FeedFrame.MaxAnswer)
        {
            Refused++;
            GiveUp(fetch, now);
            return;
        }
        if (pack.End is null)
        {
            fetch.Until = now + AnswerWithin;
            return;
        }
        Finish(fetch, pack.End, now);
    }

    private void Finish(Fetch fetch, PackEnd end, Instant now)
    {
        var held = fetch.Held;
        if (!fetch.Chain.Verify(end.Signature.Span) || fetch.Entries.Count == 0)
        {
            Refused++;
            if (fetch.Head is { } head && head.N == fetch.Chain.N && !head.Chain.Span.SequenceEqual(fetch.Chain.Hash))
            {
                Fork(held);
            }
            GiveUp(fetch, now);
            return;
        }
        _fetch = null;
        for (int i = 0; i < fetch.Entries.Count; i++)
        {
            var entry = fetch.Entries[i];
            if (entry.N == held.Last + 1 && !Keep(held, entry, i == fetch.Entries.Count - 1 ? end.Signature.ToArray() : null))
            {
                return;
            }
        }
        TakeAside(held);
        FetchNext(now);
    }

    private void GiveUp(Fetch fetch, Instant now)
    {
        fetch.Held.Unclaim(fetch.From);
        fetch.Held.Aside.Clear();
        _fetch = null;
        FetchNext(now);
    }

    /// <summary>One question under way, and the part of its answer that has come; not believed before its signature.</summary>
    private sealed class Fetch(PeerId from, HeldFeed held, FeedChain chain, Instant until)
    {
        public PeerId From { get; } = from;

        public HeldFeed Held { get; } = held;

        public FeedChain Chain { get; } = chain;

        public Instant Until { get; set; } = until;

        public List<FeedEntry> Entries { get; } = [];

        public long Bytes { get; set; }

        public FeedFrame.Head? Head { get; set; }
    }
}
