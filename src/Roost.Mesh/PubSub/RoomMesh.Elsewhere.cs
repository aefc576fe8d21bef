using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;
using Roost.Mesh.Wire;

namespace Roost.Mesh.PubSub;

// What other hubs say about rooms. A link speaks for the members that it named, and for no others.
internal sealed partial class RoomMesh
{
    private static readonly TimeSpan SubscribedFor = TimeSpan.FromSeconds(180);

    /// <summary>As an owner: who is interested in what, and until when.</summary>
    private readonly Dictionary<RoomKey, Dictionary<ulong, Instant>> _owned = [];
    private readonly Dictionary<ulong, int> _ownedBy = [];

    public void Subscribed(KnownHub by, MeshFrame.Subscribe subscribe)
    {
        foreach (var room in subscribe.Rooms)
        {
            if (_ownedBy.GetValueOrDefault(by.Id.Short) < mesh.Options.MaxRoomsPerHub || (_owned.TryGetValue(room, out var hubs) && hubs.ContainsKey(by.Id.Short)))
            {
                SubscribedBy(room, by.Id.Short);
            }
        }
    }

    public void Unsubscribed(KnownHub by, RoomKey room)
    {
        UnsubscribedBy(room, by.Id.Short);
        if (_rooms.TryGetValue(room, out var shared))
        {
            RemoveHub(room, shared, by, LeftReason.Left);
        }
    }

    public void Learned(KnownHub owner, MeshFrame.Interested interested)
    {
        if (!_rooms.TryGetValue(interested.Room, out var shared))
        {
            mesh.Send(owner, new MeshFrame.Unsubscribe(interested.Room));
            return;
        }
        Learned(interested.Room, shared, interested.Hubs);
    }

    public void Heard(KnownHub by, MeshFrame.Roster roster)
    {
        if (!_rooms.TryGetValue(roster.Room, out var shared))
        {
            mesh.Send(by, new MeshFrame.Unsubscribe(roster.Room));
            return;
        }
        if (!shared.Hubs.TryGetValue(by, out var members))
        {
            shared.Hubs[by] = members = [];
        }
        if (roster.First)
        {
            var gone = members.Keys.Except(roster.Members.Select(member => member.Peer)).ToList();
            foreach (var peer in roster.Members.Count < PerFrame ? gone : [])
            {
                Remove(roster.Room, shared, by, peer, LeftReason.Left);
            }
        }
        foreach (var member in roster.Members)
        {
            Add(roster.Room, shared, by, member);
        }
        if (roster.Ask)
        {
            TellRoster(roster.Room, by, ask: false);
        }
    }

    public void Heard(KnownHub by, MeshFrame.Joined joined)
    {
        if (_rooms.TryGetValue(joined.Room, out var shared) && shared.Hubs.ContainsKey(by))
        {
            Add(joined.Room, shared, by, joined.Member);
        }
    }

    public void Heard(KnownHub by, MeshFrame.Left left)
    {
        if (_rooms.TryGetValue(left.Room, out var shared))
        {
            Remove(left.Room, shared, by, left.Peer, left.Reason);
        }
    }

    public void Heard(KnownHub by, MeshFrame.Cast cast)
    {
        if (SpeaksFor(by, cast.Room, cast.From))
        {
            mesh.Host.RemoteCast(cast.Room, cast.From, cast.Body);
        }
    }

    public void Heard(KnownHub by, MeshFrame.Send send)
    {
        if (SpeaksFor(by, send.Room, send.From))
        {
            mesh.Host.RemoteSend(send.Room, send.From, send.To, send.Body);
        }
    }

    public void Heard(KnownHub by, MeshFrame.Gap gap)
    {
        if (SpeaksFor(by, gap.Room, gap.From))
        {
            mesh.Host.RemoteGap(gap.Room, gap.From, gap.Dropped);
        }
    }

    /// <summary>Drops subscriptions that were not repeated.</summary>
    public void Sweep()
    {
        foreach (var (room, hubs) in _owned.ToList())
        {
            foreach (ulong hub in hubs.Where(pair => pair.Value <= mesh.Now).Select(pair => pair.Key).ToList())
            {
                UnsubscribedBy(room, hub);
            }
        }
    }

    private void SubscribedBy(RoomKey room, ulong hub)
    {
        var hubs = _owned.TryGetValue(room, out var known) ? known : _owned[room] = [];
        bool isNew = !hubs.ContainsKey(hub);
        hubs[hub] = mesh.Now + SubscribedFor;
        if (isNew)
        {
            _ownedBy[hub] = _ownedBy.GetValueOrDefault(hub) + 1;
            TellInterest(room);
        }
        else if (hub != mesh.SelfShort && roll.Find(hub) is { } again)
        {
            mesh.Send(again, new MeshFrame.Interested(room, [.. hubs.Keys])); // Repeated: it may have lost what it knew.
        }
    }

    private void UnsubscribedBy(RoomKey room, ulong hub)
    {
        if (_owned.TryGetValue(room, out var hubs) && hubs.Remove(hub))
        {
            if (--_ownedBy[hub] == 0)
            {
                _ownedBy.Remove(hub);
            }
            if (hubs.Count == 0)
            {
                _owned.Remove(room);
            }
        }
    }

    private void TellInterest(RoomKey room)
    {
        if (!_owned.TryGetValue(room, out var hubs))
        {
            return;
        }
        if (hubs.Count == 1)
        {
            return; // Nobody to tell of anybody.
        }
        ulong[] all = [.. hubs.Keys];
        foreach (ulong hub in all)
        {
            if (hub == mesh.SelfShort)
            {
                if (_rooms.TryGetValue(room, out var shared))
                {
                    Learned(room, shared, all);
                }
            }
            else if (roll.Find(hub) is { IsUp: true } subscriber)
            {
                mesh.Send(subscriber, new MeshFrame.Interested(room, all));
            }
        }
    }

    private void Learned(RoomKey room, Shared shared, IReadOnlyList<ulong> hubs)
    {
        foreach (ulong shortId in hubs)
        {
            if (shortId != mesh.SelfShort && roll.Find(shortId) is { IsUp: true } hub && shared.Hubs.TryAdd(hub, []))
            {
                TellRoster(room, hub, ask: true);
            }
        }
    }

    private bool SpeaksFor(KnownHub hub, RoomKey room, PeerId peer)
    {
        bool good = _rooms.TryGetValue(room, out var shared) && shared.HomeOf.TryGetValue(peer, out var home) && home == hub;
        mesh.Counters.NotYours += good ? 0 : 1;
        return good;
    }

    private void Add(RoomKey room, Shared shared, KnownHub by, Member member)
    {
        var members = shared.Hubs[by];
        bool known = members.TryGetValue(member.Peer, out var before);
        if ((!known && members.Count >= mesh.Options.MaxMembersPerHub) || before == member)
        {
            return;
        }
        if (shared.HomeOf.TryGetValue(member.Peer, out var other) && other != by)
        {
            shared.Hubs[other].Remove(member.Peer); // It moved; the news of its leaving comes later and finds it gone.
        }
        members[member.Peer] = member;
        shared.HomeOf[member.Peer] = by;
        mesh.Host.RemoteJoined(room, member);
    }

    private void Remove(RoomKey room, Shared shared, KnownHub by, PeerId peer, LeftReason reason)
    {
        if (shared.Hubs.TryGetValue(by, out var members) && members.Remove(peer, out var member))
        {
            shared.HomeOf.Remove(peer);
            mesh.Host.RemoteLeft(room, member, reason);
        }
    }

    private void RemoveHub(RoomKey room, Shared shared, KnownHub hub, LeftReason reason)
    {
        if (shared.Hubs.TryGetValue(hub, out var members))
        {
            foreach (var peer in members.Keys.ToList())
            {
                Remove(room, shared, hub, peer, reason);
            }
            shared.Hubs.Remove(hub);
        }
    }
}
