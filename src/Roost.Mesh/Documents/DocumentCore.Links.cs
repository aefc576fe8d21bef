using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Documents;

public sealed partial class DocumentCore
{
    /// <summary>An answer over a link: twice what counts as full there, and far less than what ends it.</summary>
    private const ulong MaxDirectAnswer = 512 * 1024;

    /// <summary>Members without a link are told one by one while they are few; beyond, one cast over the hub costs less for everybody.</summary>
    private const int MaxTold = 8;

    private readonly HashSet<PeerId> _atHub = [];
    private readonly Dictionary<PeerId, bool> _links = []; // Whether the link is full.

    private void LinkUp(PeerId peer, Instant now)
    {
        _links[peer] = false;
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

    /// <summary>Whether a frame to this member goes over its link: a full one is used only where there is no other way.</summary>
    private bool IsDirect(PeerId peer) => _links.TryGetValue(peer, out bool isFull) && (!isFull || !_atHub.Contains(peer));

    private void Answer(PeerId to, FeedFrame.Want want)
    {
        if (!IsDirect(to))
        {
            _answers.Ask(_room.Room, to, want);
            return;
        }
        foreach (var answer in _set.Answer(want with { Budget = Math.Min(want.Budget, MaxDirectAnswer) }))
        {
            Send(to, FeedCodec.Write(answer));
        }
    }

    private void Send(PeerId to, byte[] payload) => _effects.Enqueue(
        IsDirect(to) ? new DocumentEffect.SayDirect(to, payload) : new DocumentEffect.Say(new DoorFrame.Send(default, _room.Room, to, payload)));

    /// <summary>Over the links and, one by one, to the few others; over the hub to all at once where they are many.</summary>
    private void Cast(byte[] payload)
    {
        var told = _atHub.Where(m => !IsDirect(m)).ToList();
        bool casts = _links.Count == 0 || told.Count > MaxTold;
        foreach (var peer in casts ? _members.Where(m => !_atHub.Contains(m)) : _members.Where(IsDirect).Concat(told))
        {
            Send(peer, payload);
        }
        if (casts)
        {
            _effects.Enqueue(new DocumentEffect.Say(new DoorFrame.Cast(default, _room.Room, payload)));
        }
    }
}
