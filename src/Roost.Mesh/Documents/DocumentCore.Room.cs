using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Hubs;
using Roost.Mesh.Sessions;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Documents;

public sealed partial class DocumentCore
{
    private void Hear(DoorFrame frame, Instant now)
    {
        switch (frame)
        {
            case DoorFrame.Members members when members.Room == _room.Room:
                foreach (var member in members.List.Where(m => m.Peer != _self))
                {
                    Come(member.Peer);
                }
                if (!members.More)
                {
                    Meet(now);
                }
                break;
            case DoorFrame.Joined joined when joined.Room == _room.Room && joined.Member.Peer != _self:
                Come(joined.Member.Peer);
                if (_links.Count > 0)
                {
                    // While it came in we told those we knew of one by one.
                    foreach (var roll in _set.Roll(answer: false))
                    {
                        Send(joined.Member.Peer, FeedCodec.Write(roll));
                    }
                }
                // It asks where we stand; what it cannot ask for is who we are.
                if (_presence is { } said)
                {
                    Send(joined.Member.Peer, SealPresence(said));
                }
                _effects.Enqueue(new DocumentEffect.Members(_members.Count(m => m != _keeper), null));
                break;
            case DoorFrame.Left left when left.Room == _room.Room && left.Reason != LeftReason.Replaced:
                _atHub.Remove(left.Peer);
                if (left.Reason != LeftReason.ConnectionLost || !_links.ContainsKey(left.Peer))
                {
                    Lose(left.Peer, now);
                }
                break;
            case DoorFrame.Cast cast when cast.Room == _room.Room:
                HearPayload(cast.From, cast.Payload, now);
                break;
            case DoorFrame.Send send when send.Room == _room.Room:
                HearPayload(send.From, send.Payload, now);
                break;
            case DoorFrame.Gap gap when gap.Room == _room.Room:
                _set.AskRoll(gap.From, now);
                break;
        }
    }

    /// <summary>Asks a few members and the hub's keeper where they stand; the others hear where we stand.</summary>
    private void Meet(Instant now)
    {
        _caughtUp = false;
        _answered = false;
        _met = true;
        _awaited.Clear();
        int first = _members.Count > 0 ? _dice.Next(_members.Count) : 0;
        var asked = Enumerable.Range(0, Math.Min(MaxAsked, _members.Count)).Select(i => _members[(first + i) % _members.Count]).ToList();
        if (_keeper is { } keeper && !asked.Contains(keeper))
        {
            asked.Add(keeper);
        }
        foreach (var peer in asked)
        {
            _awaited.Add(peer);
            _set.AskRoll(peer, now);
        }
        if (_members.Count > MaxAsked)
        {
            foreach (var roll in _set.Roll(answer: false))
            {
                Cast(FeedCodec.Write(roll));
            }
        }
        if (_presence is { } said)
        {
            Cast(SealPresence(said));
        }
        _rollsBy = now + RollsWithin;
        _askAt = now + AskEvery;
        _effects.Enqueue(new DocumentEffect.Members(_members.Count(m => m != _keeper), null));
    }

    private void HearPayload(PeerId from, ReadOnlyMemory<byte> payload, Instant now)
    {
        if (payload.Span is [Presence.Type, ..])
        {
            if (Presence.TryOpen(_room, from, payload.Span) is { } said)
            {
                _effects.Enqueue(new DocumentEffect.Said(from, said));
            }
            else
            {
                _refused++;
            }
            return;
        }
        if (!FeedCodec.TryRead(payload, out var frame))
        {
            _refused++;
            return;
        }
        if (frame is FeedFrame.Want want)
        {
            var bucket = _askers.TryGetValue(from, out var known) ? known : new RateBucket(StreamHostCore.AnswersPerViewer, now);
            if (bucket.TryTake(1, now))
            {
                Answer(from, want);
            }
            _askers[from] = bucket;
            return;
        }
        _set.Hear(from, frame, now);
        if (frame is FeedFrame.Roll roll)
        {
            HearRoll(from, roll);
        }
    }

    private void HearRoll(PeerId from, FeedFrame.Roll roll)
    {
        if (!roll.Answer && _awaited.Remove(from))
        {
            _answered = true;
        }
        TellCovered(from, roll);
        HearStanding(from, roll);
    }

    private void Lose(PeerId peer, Instant now)
    {
        if (_members.Remove(peer))
        {
            _askers.Remove(peer);
            _awaited.Remove(peer);
            _answers.Forget(_room.Room, peer);
            _standing.Remove(peer);
            _set.Lost(peer, now);
            _effects.Enqueue(new DocumentEffect.Members(_members.Count(m => m != _keeper), peer));
        }
    }

    private void Come(PeerId peer)
    {
        _atHub.Add(peer);
        if (!_members.Contains(peer))
        {
            _members.Add(peer);
        }
    }

    /// <summary>Who is linked with directly stays; all others are out of reach.</summary>
    private void LoseHub(Instant now)
    {
        _atHub.Clear();
        _met = false;
        _standing.Clear();
        _answers.Clear();
        foreach (var peer in _members.Where(m => !_links.ContainsKey(m)).ToList())
        {
            Lose(peer, now);
        }
        if (_keeper is { } keeper)
        {
            _awaited.Remove(keeper);
            _keeper = null;
        }
        if (_members.Count == 0)
        {
            _askers.Clear();
            _set.Offline();
            _rollsBy = _askAt = Instant.Never;
            _effects.Enqueue(new DocumentEffect.Members(0, null));
        }
    }

    private byte[] SealPresence(byte[] update)
    {
        Span<byte> nonce = stackalloc byte[Presence.NonceSize];
        _dice.Fill(nonce);
        return Presence.Seal(_room, _self, update, nonce);
    }
}
