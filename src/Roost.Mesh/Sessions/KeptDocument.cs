using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Documents;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>A document at its keeper: a member without the secret that holds all writers' feeds, and gives them to whoever comes when no writer is there.</summary>
internal sealed class KeptDocument : IKept
{
    private const int MaxAsked = 8;

    private readonly JoinKey _key;
    private readonly IKeeperStore _store;
    private readonly FeedSet _set;
    private readonly AnswerQueue _answers;
    private readonly Queue<DoorFrame> _say = new();
    private readonly Dictionary<PeerId, RateBucket> _askers = [];
    private KeptRoom _kept;

    public KeptDocument(JoinKey key, KeptRoom kept, KeeperLimits limits, IKeeperStore store, IReadOnlyList<FeedId> feeds, AnswerQueue answers)
    {
        (_key, _kept, _store, _answers) = (key, kept, store, answers);
        _set = new FeedSet(key.Room, kept.Owner, store, new DocumentLimits { MaxBytes = limits.MaxBytesPerRoom });
        foreach (var feed in feeds)
        {
            _set.Recall(feed);
        }
        while (_set.TryTake(out _))
        {
            // What is kept needs no keeping.
        }
    }

    public Instant Until => _kept.Until;

    public Wake? NextWake => _set.NextWake;

    public void Extend(KeptRoom kept) => _kept = kept;

    public void Tick(Instant now)
    {
        _set.Tick(now);
        Drain(now);
    }

    public void Offline(Instant now)
    {
        _set.Offline();
        _askers.Clear();
    }

    public IEnumerable<FeedFrame> Answer(FeedFrame.Want want) => _set.Answer(want);

    public bool TryTake([MaybeNullWhen(false)] out DoorFrame frame) => _say.TryDequeue(out frame);

    public void Hear(DoorFrame frame, Instant now)
    {
        switch (frame)
        {
            case DoorFrame.Members members:
                // Who comes later asks by itself.
                foreach (var member in members.List.Take(MaxAsked))
                {
                    _set.AskRoll(member.Peer, now);
                }
                break;
            case DoorFrame.Left left:
                _askers.Remove(left.Peer);
                _answers.Forget(_key.Room, left.Peer);
                _set.Lost(left.Peer, now);
                break;
            case DoorFrame.Gap gap:
                _set.AskRoll(gap.From, now);
                break;
            case DoorFrame.Cast cast:
                HearPayload(cast.From, cast.Payload, now);
                break;
            case DoorFrame.Send send:
                HearPayload(send.From, send.Payload, now);
                break;
        }
        Drain(now);
    }

    public void Dispose() => _key.Dispose();

    private void HearPayload(PeerId from, ReadOnlyMemory<byte> payload, Instant now)
    {
        if (!FeedCodec.TryRead(payload, out var frame))
        {
            return; // Presence, which is not for keeping, or junk.
        }
        if (frame is not FeedFrame.Want want)
        {
            _set.Hear(from, frame, now);
            return;
        }
        var bucket = _askers.TryGetValue(from, out var known) ? known : new RateBucket(StreamHostCore.AnswersPerViewer, now);
        if (bucket.TryTake(1, now))
        {
            _answers.Ask(_key.Room, from, want);
        }
        _askers[from] = bucket;
    }

    private void Drain(Instant now)
    {
        while (_set.TryTake(out var effect))
        {
            switch (effect)
            {
                case FeedSetEffect.Send send:
                    _say.Enqueue(new DoorFrame.Send(default, _key.Room, send.To, FeedCodec.Write(send.Frame)));
                    break;
                case FeedSetEffect.Entry:
                    Extend(now);
                    break;
            }
        }
    }

    /// <summary>Its time runs from the last change.</summary>
    private void Extend(Instant now)
    {
        var until = now + TimeSpan.FromSeconds(_kept.Seconds);
        if (until - _kept.Until > TimeSpan.FromMinutes(1))
        {
            _kept = _kept with { Until = until };
            _store.Remember(_key.Room, _kept);
        }
    }
}
