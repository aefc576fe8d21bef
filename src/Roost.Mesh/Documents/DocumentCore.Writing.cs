using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Mesh.Sessions;

namespace Roost.Mesh.Documents;

public sealed partial class DocumentCore
{
    private FeedId? _own;
    private FeedSeal? _ownSeal;
    private FeedFrame.Cover? _cover;
    private bool _checkpointing;
    private int _refused;

    /// <summary>Opens an entry that is kept, and gives out what becomes whole with it.</summary>
    private void Open(FeedId feed, in FeedEntry entry)
    {
        if (feed == _own || entry.Kind is not (EntryKind.Update or EntryKind.Checkpoint))
        {
            return;
        }
        if (!_open.TryGetValue(feed.Short, out var open))
        {
            _open.Add(feed.Short, open = (new FeedSeal(_room, feed), new Pieces(_limits.MaxPayload)));
        }
        if (!open.Seal.TryOpen(entry, out var body))
        {
            // Signed by a writer, sealed for nobody: his fault; the feed goes on.
            _refused++;
            return;
        }
        if (open.Pieces.Add(entry.Kind, body) is not { } payload)
        {
            return;
        }
        if (entry.Kind == EntryKind.Update)
        {
            _effects.Enqueue(new DocumentEffect.Updated(feed, payload));
        }
        else if (CheckpointPayload.TryRead(payload, out var checkpoint))
        {
            _effects.Enqueue(new DocumentEffect.Checkpointed(feed, checkpoint.Covered, checkpoint.StateVector.ToArray(), checkpoint.Update.ToArray()));
        }
        else
        {
            _refused++;
        }
    }

    /// <summary>Appends to our own feed. A session of a writer is a feed of its own, begun with its first change: no epoch is ever continued by another run.</summary>
    private bool Write(EntryKind kind, ReadOnlyMemory<byte> payload, Instant now)
    {
        if (_write is null)
        {
            return false;
        }
        if (_own is null)
        {
            _own = new FeedId(_room.Room, _write.PublicKey, FeedId.NewEpoch(now, _dice));
            _ownSeal = new FeedSeal(_room, _own);
            var start = new FeedChain(_own);
            Cast(FeedCodec.Write(new FeedFrame.Roll(_own.Author, false, [new RollLine(_own.Epoch, 0, start.Hash.ToArray(), start.Sign(_write))])));
            if (!Append(EntryKind.Meta, new StreamMeta { Format = "yjs", StartedMs = now.UnixMilliseconds }.ToJson()))
            {
                return false;
            }
        }
        return Pieces.Cut(payload).All(piece => Append(kind, piece));
    }

    private bool Append(EntryKind kind, byte[] body)
    {
        var chain = _set.ChainOf(_own!);
        var entry = new FeedEntry(chain.N + 1, kind, _ownSeal!.Seal(chain.N + 1, kind, body));
        chain.Add(kind, entry.Sealed.Span);
        return _set.Publish(_own!, entry, chain.Sign(_write!));
    }

    private void CheckSize()
    {
        var (entries, bytes) = _set.Loose;
        // A large document is not said again for a few words: checkpoints together stay as small as what they cover.
        bool isWorth = (entries >= _limits.CheckpointEntries || bytes >= _limits.CheckpointBytes) && bytes >= _set.Checkpointed;
        if (_write is not null && !_checkpointing && (isWorth || _set.Count >= _limits.CheckpointFeeds))
        {
            _checkpointing = true;
            _effects.Enqueue(new DocumentEffect.CheckpointDue(_set.Standing()));
        }
    }

    private void WriteCheckpoint(DocumentInput.Checkpoint checkpoint, Instant now)
    {
        _checkpointing = false;
        Rotate();
        var payload = new CheckpointPayload(checkpoint.Covered, checkpoint.StateVector, checkpoint.State);
        if (!Write(EntryKind.Checkpoint, payload.ToArray(), now))
        {
            return;
        }
        TakeCovered(checkpoint.Covered, now);
        var cover = new FeedFrame.Cover(_own!.Author, _own.Epoch, _set.ChainOf(_own).N, [.. checkpoint.Covered.Take(FeedFrame.Cover.MaxFeeds)], default);
        _cover = cover with { Signature = _write!.Sign(cover.SignedText(_room.Room)) };
        if (_keeper is { } keeper)
        {
            // Behind the checkpoint itself: before it the keeper would drop nothing.
            Drain(now);
            Send(keeper, FeedCodec.Write(_cover));
        }
    }

    private void TakeCovered(IReadOnlyList<CoveredFeed> covered, Instant now)
    {
        _set.Cover(covered, now);
        if (_own is { } own && _set.IsCovered(own.Epoch))
        {
            Rotate();
        }
        foreach (var feed in _open.Keys.ToList())
        {
            if (!_set.Holds(feed))
            {
                _open.Remove(feed, out var gone);
                gone.Seal.Dispose();
            }
        }
    }

    /// <summary>The next change begins a new feed.</summary>
    private void Rotate()
    {
        _own = null;
        _standing.Clear();
        _ownSeal?.Dispose();
        _ownSeal = null;
    }

    /// <summary>Somebody still holds what our checkpoint covers, since it cannot read it: a keeper.</summary>
    private void TellCovered(PeerId from, FeedFrame.Roll roll)
    {
        if (_cover is { } cover && from == _keeper && roll.Lines.Any(l => cover.Feeds.Any(f => f.Epoch == l.Epoch && l.N <= f.N)))
        {
            Send(from, FeedCodec.Write(cover));
        }
    }
}
