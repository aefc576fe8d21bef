using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Documents;

public sealed partial class DocumentCore
{
    /// <summary>So much goes into a link at once: far less than what ends it, and more than what it calls full.</summary>
    private const long MaxBurst = 512 * 1024;

    /// <summary>Members without a link are told one by one while they are few; beyond, one cast over the hub costs less for everybody.</summary>
    private const int MaxTold = 8;

    private static readonly TimeSpan MendAfter = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<PeerId> _atHub = [];
    private readonly Dictionary<PeerId, MemberLink> _links = [];
    private Instant _mendAt = Instant.Never;

    private void HandleLink(DocumentInput input, Instant now)
    {
        switch (input)
        {
            case DocumentInput.LinkUp up:
                LinkUp(up.Peer, now);
                break;
            case DocumentInput.LinkDown down when _links.Remove(down.Peer):
                LinkDown(down.Peer, now);
                break;
            case DocumentInput.LinkFull full when _links.TryGetValue(full.Peer, out var link):
                link.IsFull = true;
                break;
            case DocumentInput.LinkDrained drained when _links.TryGetValue(drained.Peer, out var link):
                link.IsFull = false;
                Mend(now);
                break;
            case DocumentInput.HeardDirect heard when _links.ContainsKey(heard.Peer):
                HearPayload(heard.Peer, heard.Payload, now);
                break;
        }
    }

    private void LinkUp(PeerId peer, Instant now)
    {
        _links[peer] = new MemberLink();
        if (!_members.Contains(peer))
        {
            _members.Add(peer);
            _effects.Enqueue(new DocumentEffect.Members(_members.Count(m => m != _keeper), null));
            _set.AskRoll(peer, now);
        }
    }

    private void LinkDown(PeerId peer, Instant now)
    {
        if (!_atHub.Contains(peer))
        {
            Lose(peer, now);
            return;
        }
        // What was under way is lost, questions and answers too.
        _set.Lost(peer, now);
        _set.AskRoll(peer, now);
    }

    /// <summary>Who was not told all, because its link was full, learns where we stand, and asks.</summary>
    private void Mend(Instant now)
    {
        _mendAt = Instant.Never;
        foreach (var (peer, link) in _links.Where(l => l.Value is { HasMissed: true, IsFull: false }))
        {
            link.HasMissed = false;
            foreach (var roll in _set.Roll(answer: false))
            {
                Send(peer, FeedCodec.Write(roll));
            }
        }
    }

    private void Answer(PeerId to, FeedFrame.Want want)
    {
        if (!_links.TryGetValue(to, out var link) || (!link.IsOpen && _atHub.Contains(to)))
        {
            _answers.Ask(_room.Room, to, want);
        }
        else if (!link.IsOpen)
        {
            link.HasMissed = true;
        }
        else
        {
            foreach (var answer in _set.Answer(want with { Budget = Math.Min(want.Budget, (ulong)MaxBurst) }))
            {
                SayDirect(to, link, FeedCodec.Write(answer));
            }
        }
    }

    private void Send(PeerId to, byte[] payload)
    {
        if (_links.TryGetValue(to, out var link) && link.IsOpen)
        {
            SayDirect(to, link, payload);
        }
        else if (link is null || _atHub.Contains(to))
        {
            _effects.Enqueue(new DocumentEffect.Say(new DoorFrame.Send(default, _room.Room, to, payload)));
        }
        else
        {
            link.HasMissed = true;
        }
    }

    /// <summary>Over the links and, one by one, to the few others; over the hub to all at once where they are many.</summary>
    private void Cast(byte[] payload)
    {
        var told = _atHub.Where(m => !_links.TryGetValue(m, out var link) || !link.IsOpen).ToList();
        bool casts = _links.Count == 0 || told.Count > MaxTold;
        foreach (var peer in casts ? _members.Where(m => !_atHub.Contains(m)) : _members.Union(told))
        {
            Send(peer, payload);
        }
        if (casts)
        {
            _effects.Enqueue(new DocumentEffect.Say(new DoorFrame.Cast(default, _room.Room, payload)));
        }
    }

    private void SayDirect(PeerId to, MemberLink link, byte[] payload)
    {
        link.Burst += payload.Length;
        _effects.Enqueue(new DocumentEffect.SayDirect(to, payload));
    }

    private void PlanMending(Instant now)
    {
        if (_mendAt == Instant.Never && _links.Values.Any(l => l is { HasMissed: true, IsFull: false }))
        {
            _mendAt = now + MendAfter;
        }
    }

    /// <summary>A member's direct link.</summary>
    private sealed class MemberLink
    {
        public bool IsFull { get; set; }

        /// <summary>Something was not sent to it, and there was no hub to carry it.</summary>
        public bool HasMissed { get; set; }

        /// <summary>Bytes given to it by the input at hand; that it is full is heard only later.</summary>
        public long Burst { get; set; }

        public bool IsOpen => !IsFull && Burst < MaxBurst;
    }
}
