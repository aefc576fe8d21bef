using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>
/// Keeps hosts' feeds, sealed, for when the hosts are gone: a member of their rooms that can verify every entry and read none.
/// </summary>
/// <param name="limits">What is given away.</param>
/// <param name="store">Where entries are put.</param>
/// <param name="self">The keeper's own id, which writers of documents sign.</param>
/// <remarks>A pure core but for its store, which it is given; one driver. docs/protocol/keeping.md.</remarks>
public sealed class KeeperCore(KeeperLimits limits, IKeeperStore store, PeerId self = default) : IProtocolCore<KeeperInput, KeeperEffect>, IDisposable
{
    private readonly Queue<KeeperEffect> _effects = new();
    private readonly Dictionary<RoomId, IKept> _rooms = [];
    private readonly AnswerQueue _answers = new();
    private Instant _sweepAt = Instant.Never;

    /// <summary>Rooms that are kept.</summary>
    public int Rooms => _rooms.Count;

    /// <inheritdoc/>
    public Wake? NextWake => _rooms.Values.Select(r => r.NextWake)
        .Aggregate(_sweepAt == Instant.Never ? (Wake?)null : new Wake(_sweepAt, "sweep kept rooms"), Wake.Earlier);

    /// <inheritdoc/>
    public void Handle(KeeperInput input, Instant now)
    {
        switch (input)
        {
            case KeeperInput.Recalled recalled when recalled.Kept.Until > now:
                Keep(recalled.Kept, recalled.Feeds);
                _sweepAt = Instant.Min(_sweepAt, now + limits.SweepEvery);
                break;
            case KeeperInput.Recalled old:
                using (var key = new JoinKey(old.Kept.JoinSeed, old.Kept.Owner))
                {
                    store.Forget(key.Room);
                }
                break;
            case KeeperInput.Drained:
                _answers.Drained();
                break;
            case KeeperInput.Offline:
                _answers.Clear();
                foreach (var room in _rooms.Values)
                {
                    room.Offline(now);
                }
                break;
            case KeeperInput.Heard { Frame: DoorFrame.Signal signal } when KeepFrame.TryRead(signal.Payload.Span, out var frame):
                HandleAsk(signal.From, frame, now);
                break;
            case KeeperInput.Heard heard:
                Hear(heard.Frame, now);
                break;
        }
        Collect();
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        foreach (var room in _rooms.Values)
        {
            room.Tick(now);
        }
        if (now >= _sweepAt)
        {
            foreach (var (id, room) in _rooms.Where(r => r.Value.Until <= now).ToList())
            {
                Forget(id, room);
            }
            _sweepAt = _rooms.Count > 0 ? now + limits.SweepEvery : Instant.Never;
        }
        Collect();
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out KeeperEffect effect) => _effects.TryDequeue(out effect);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var room in _rooms.Values)
        {
            room.Dispose();
        }
    }

    private void HandleAsk(PeerId from, KeepFrame frame, Instant now)
    {
        switch (frame)
        {
            // The hub stamped `from`, so the author is who it says it is when its key hashes to that id.
            case KeepFrame.Ask ask when PeerId.OfKey(ask.Author) == from && ask.Author.ToOwnerId() == ask.Owner && ask.Owner != OwnerId.None:
                HandleAsk(from, ask.JoinSeed, ask.Owner, ask.Seconds, isDocument: false, now);
                break;
            case KeepFrame.AskDocument ask:
                using (var key = new JoinKey(ask.JoinSeed, ask.Author.ToOwnerId()))
                {
                    if (!ask.IsSigned(from, self, key.Room))
                    {
                        return;
                    }
                }
                HandleAsk(from, ask.JoinSeed, ask.Author.ToOwnerId(), ask.Seconds, isDocument: true, now);
                break;
        }
    }

    private void HandleAsk(PeerId from, byte[] joinSeed, OwnerId owner, uint wanted, bool isDocument, Instant now)
    {
        using var key = new JoinKey(joinSeed, owner);
        uint seconds = Math.Min(wanted, (uint)limits.MaxTime.TotalSeconds);
        string text = "";
        if (seconds == 0)
        {
            if (_rooms.TryGetValue(key.Room, out var room))
            {
                Forget(key.Room, room);
            }
        }
        else if (!_rooms.ContainsKey(key.Room) && _rooms.Count >= limits.MaxRooms)
        {
            seconds = 0;
            text = $"this hub keeps {limits.MaxRooms} sessions at most";
        }
        else
        {
            var kept = new KeptRoom(joinSeed, owner, seconds, now + TimeSpan.FromSeconds(seconds), isDocument);
            store.Remember(key.Room, kept);
            if (_rooms.TryGetValue(key.Room, out var known))
            {
                known.Extend(kept);
            }
            else
            {
                Keep(kept, []);
            }
            _sweepAt = Instant.Min(_sweepAt, now + limits.SweepEvery);
        }
        _effects.Enqueue(new KeeperEffect.Say(new DoorFrame.Signal(default, from, new KeepFrame.Answer(key.Room, seconds, text).ToArray())));
    }

    private void Keep(KeptRoom kept, IReadOnlyList<FeedId> feeds)
    {
        var key = new JoinKey(kept.JoinSeed, kept.Owner);
        if (_rooms.ContainsKey(key.Room))
        {
            key.Dispose();
            return;
        }
        _rooms.Add(key.Room, kept.IsDocument ? new KeptDocument(key, kept, limits, store, feeds, _answers) : new KeptFeed(key, kept, limits, store, feeds, _answers));
        _effects.Enqueue(new KeeperEffect.Join(key, kept.Owner, HostsOnly: !kept.IsDocument));
    }

    private void Forget(RoomId id, IKept room)
    {
        _rooms.Remove(id);
        room.Dispose();
        store.Forget(id);
        _effects.Enqueue(new KeeperEffect.Leave(id));
    }

    private void Hear(DoorFrame frame, Instant now)
    {
        RoomId? id = frame switch
        {
            DoorFrame.Members f => f.Room,
            DoorFrame.Joined f => f.Room,
            DoorFrame.Left f => f.Room,
            DoorFrame.Cast f => f.Room,
            DoorFrame.Send f => f.Room,
            DoorFrame.Gap f => f.Room,
            _ => null,
        };
        if (id is { } room && _rooms.TryGetValue(room, out var kept))
        {
            kept.Hear(frame, now);
        }
    }

    private void Collect()
    {
        foreach (var room in _rooms.Values)
        {
            while (room.TryTake(out var frame))
            {
                _effects.Enqueue(new KeeperEffect.Say(frame));
            }
        }
        while (_answers.TryNext(out var id, out var viewer, out var want))
        {
            foreach (var answer in _rooms.TryGetValue(id, out var kept) ? kept.Answer(want) : [])
            {
                _answers.Sent();
                _effects.Enqueue(new KeeperEffect.Say(new DoorFrame.Send(default, id, viewer, FeedCodec.Write(answer))));
            }
        }
    }
}
