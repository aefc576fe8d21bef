using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Leases;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;
using Roost.Mesh.Wire;

namespace Roost.Mesh.PubSub;

/// <summary>
/// Makes rooms span hubs. A hub subscribes at the room's owners while it has members in it; owners tell subscribers of each other;
/// from then on those deal with each other directly: rosters, casts, sends. Hubs without interest hear nothing.
/// </summary>
internal sealed partial class RoomMesh(MeshState mesh, Roll roll, Rendezvous rendezvous)
{
    private const int PerFrame = 500;
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<RoomKey, Shared> _rooms = [];
    private bool _adjusting;

    /// <summary>A room with members here: what is known of its members elsewhere.</summary>
    private sealed class Shared
    {
        /// <summary>Other hubs with members in it.</summary>
        public Dictionary<KnownHub, Dictionary<PeerId, Member>> Hubs { get; } = [];

        /// <summary>Which hub speaks for a member.</summary>
        public Dictionary<PeerId, KnownHub> HomeOf { get; } = [];

        public List<KnownHub?> Owners { get; set; } = [];

        /// <summary>Casts lost on the way to a hub, until it can be told.</summary>
        public Dictionary<(KnownHub, PeerId), uint>? Lost { get; set; }
    }

    /// <summary>Members of a room at other hubs.</summary>
    public IEnumerable<Member> MembersOf(RoomKey room) => _rooms.TryGetValue(room, out var shared) ? shared.Hubs.Values.SelectMany(members => members.Values) : [];

    /// <summary>A member at another hub.</summary>
    public Member? Find(RoomKey room, PeerId peer) =>
        _rooms.TryGetValue(room, out var shared) && shared.HomeOf.TryGetValue(peer, out var home) && shared.Hubs.TryGetValue(home, out var members) && members.TryGetValue(peer, out var member)
            ? member : null;

    public void MemberHere(RoomKey room, Member member, bool first)
    {
        if (!_rooms.TryGetValue(room, out var shared))
        {
            _rooms[room] = shared = new();
        }
        if (first)
        {
            Subscribe(room, shared);
        }
        foreach (var hub in shared.Hubs.Keys)
        {
            mesh.Send(hub, new MeshFrame.Joined(room, member));
        }
    }

    public void MemberGone(RoomKey room, PeerId peer, LeftReason reason, bool last)
    {
        if (!_rooms.TryGetValue(room, out var shared))
        {
            return;
        }
        foreach (var hub in shared.Hubs.Keys)
        {
            if (peer != default)
            {
                mesh.Send(hub, new MeshFrame.Left(room, peer, reason)); // the last one's reason too: Unsubscribe has none
            }
            if (last)
            {
                mesh.Send(hub, new MeshFrame.Unsubscribe(room));
            }
        }
        if (last)
        {
            foreach (var owner in shared.Owners)
            {
                Unsubscribe(room, owner);
            }
            _rooms.Remove(room);
        }
    }

    /// <summary>Interest in a topic that has no members of its own, such as the goodbyes of a network's guests.</summary>
    public void Follow(RoomKey topic)
    {
        if (!_rooms.ContainsKey(topic))
        {
            var shared = _rooms[topic] = new();
            Subscribe(topic, shared);
        }
    }

    /// <summary>No more interest in it.</summary>
    public void Unfollow(RoomKey topic) => MemberGone(topic, default, LeftReason.Left, last: true);

    /// <summary>Hubs that follow a topic too.</summary>
    public IEnumerable<KnownHub> Followers(RoomKey topic) => _rooms.TryGetValue(topic, out var shared) ? shared.Hubs.Keys : [];

    public void Cast(RoomKey room, PeerId from, ReadOnlyMemory<byte> body)
    {
        if (_rooms.TryGetValue(room, out var shared))
        {
            var cast = new MeshFrame.Cast(room, from, body);
            foreach (var (hub, members) in shared.Hubs)
            {
                if (members.Count > 0)
                {
                    mesh.Send(hub, cast);
                }
            }
        }
    }

    public bool TrySend(RoomKey room, PeerId from, PeerId to, ReadOnlyMemory<byte> body)
    {
        if (!_rooms.TryGetValue(room, out var shared) || !shared.HomeOf.TryGetValue(to, out var home))
        {
            return false;
        }
        mesh.Send(home, new MeshFrame.Send(room, from, to, body));
        return true;
    }

    /// <summary>A cast or send did not fit the link, or its link did not come: its readers shall know.</summary>
    public void Lost(KnownHub to, RoomKey room, PeerId from)
    {
        if (_rooms.TryGetValue(room, out var shared))
        {
            if (shared.Lost is not { } lost)
            {
                shared.Lost = lost = [];
                mesh.Later(Settle, "tell of lost casts", () => TellLost(room));
            }
            lost.TryGetValue((to, from), out uint count);
            lost[(to, from)] = count + 1;
        }
    }

    /// <summary>A link to a hub is back: rosters are compared, and what was cast meanwhile counts as lost.</summary>
    public void LinkUp(KnownHub hub)
    {
        foreach (var (room, shared) in _rooms)
        {
            if (shared.Hubs.TryGetValue(hub, out var members))
            {
                TellRoster(room, hub, ask: true);
                foreach (var member in members.Values)
                {
                    mesh.Host.RemoteGap(room, member.Peer, 1);
                }
            }
        }
    }

    public void Died(KnownHub hub)
    {
        foreach (var (room, shared) in _rooms)
        {
            RemoveHub(room, shared, hub, LeftReason.ConnectionLost);
        }
        foreach (var room in _owned.Where(owned => owned.Value.ContainsKey(hub.Id.Short)).Select(owned => owned.Key).ToList())
        {
            UnsubscribedBy(room, hub.Id.Short);
            TellInterest(room);
        }
    }

    /// <summary>Owners may be others than before.</summary>
    public void AdjustSoon()
    {
        if (!_adjusting)
        {
            _adjusting = true;
            mesh.Later(Settle, "move subscriptions", () =>
            {
                _adjusting = false;
                foreach (var (room, shared) in _rooms)
                {
                    if (!rendezvous.OwnersOf(room).SequenceEqual(shared.Owners))
                    {
                        Subscribe(room, shared);
                    }
                }
            });
        }
    }

    /// <summary>Repeats subscriptions before they run out.</summary>
    public void Repeat()
    {
        foreach (var (room, shared) in _rooms)
        {
            Subscribe(room, shared);
        }
    }

    private void Subscribe(RoomKey room, Shared shared)
    {
        shared.Owners = rendezvous.OwnersOf(room);
        foreach (var owner in shared.Owners)
        {
            if (owner is null)
            {
                SubscribedBy(room, mesh.SelfShort);
            }
            else
            {
                mesh.Send(owner, new MeshFrame.Subscribe([room]));
            }
        }
    }

    private void Unsubscribe(RoomKey room, KnownHub? owner)
    {
        if (owner is null)
        {
            UnsubscribedBy(room, mesh.SelfShort);
        }
        else if (owner.IsUp)
        {
            mesh.Send(owner, new MeshFrame.Unsubscribe(room));
        }
    }

    private void TellRoster(RoomKey room, KnownHub to, bool ask)
    {
        var members = mesh.Host.MembersOf(room);
        for (int at = 0; at == 0 || at < members.Count; at += PerFrame)
        {
            mesh.Send(to, new MeshFrame.Roster(room, ask && at == 0, at == 0, [.. members.Skip(at).Take(PerFrame)]));
        }
    }

    private void TellLost(RoomKey room)
    {
        if (_rooms.TryGetValue(room, out var shared) && shared.Lost is { } lost)
        {
            shared.Lost = null;
            foreach (var ((hub, from), count) in lost)
            {
                mesh.Send(hub, new MeshFrame.Gap(room, from, count));
            }
        }
    }
}
