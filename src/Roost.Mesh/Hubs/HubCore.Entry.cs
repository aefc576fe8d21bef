using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

// Who may use an id. Bound beats guest; among bound the newer proof wins; among guests the one that lives.
public sealed partial class HubCore
{
    private readonly Dictionary<(string Dialect, PeerId Peer), Connection> _guests = [];
    private readonly Dictionary<(string Dialect, PeerId Peer), Contest> _contests = [];
    private readonly Dictionary<PeerId, Instant> _bound = [];
    private readonly Queue<PeerId> _boundInOrder = [];

    /// <summary>Two sockets want one guest id: the older is asked whether it lives.</summary>
    private sealed record Contest(Connection Holder, Connection Newcomer, string Network, Instant Until);

    private Wake? NextContest
    {
        get
        {
            Wake? wake = null;
            foreach (var contest in _contests.Values)
            {
                wake = Wake.Earlier(wake, new Wake(contest.Until, "settle a contest for an id"));
            }
            return wake;
        }
    }

    private void Enter(Connection connection, HubInput.Entered entered, Instant now)
    {
        connection.Peer = entered.Peer;
        connection.Bound = entered.Bound;
        connection.Proof = entered.Proof;
        if (entered.Bound)
        {
            EvictGuests(entered.Peer);
            Remember(entered.Peer, now + limits.BoundFor, tell: true);
            Admit(connection, entered.Network);
            return;
        }
        if (_bound.TryGetValue(LowerCase(entered.Peer), out var until) && now < until)
        {
            Expel(connection, Refusal.IdIsBound, LeftReason.ConnectionLost);
            return;
        }
        var key = (connection.Dialect, connection.Peer);
        if (!_guests.TryGetValue(key, out var holder))
        {
            _guests[key] = connection;
            Admit(connection, entered.Network);
        }
        else if (_contests.ContainsKey(key))
        {
            Expel(connection, Refusal.IdInUse, LeftReason.ConnectionLost);
        }
        else
        {
            _contests[key] = new(holder, connection, entered.Network.Name, now + limits.ContestFor);
            Emit(new HubEffect.Probe(holder.Id));
        }
    }

    private void Admit(Connection connection, NetworkName name)
    {
        var older = Enlist(connection, name);
        if (older is not null)
        {
            Expel(older, Refusal.Replaced, LeftReason.Replaced);
        }
        Emit(new HubEffect.Admit(connection.Id, connection.Peer));
    }

    private Connection? Enlist(Connection connection, NetworkName name)
    {
        if (!_networks.TryGetValue(name, out var network))
        {
            _networks[name] = network = new Network(name);
            _byNet[network.Id] = network;
        }
        network.Peers.TryGetValue(connection.Peer, out var older);
        network.Peers[connection.Peer] = connection;
        connection.Network = network;
        Mesh?.PeerEntered(new(network.Id, connection.Peer), connection.Proof);
        return older;
    }

    private void ShowedLife(Connection connection)
    {
        if (!connection.Bound && _contests.Count > 0 && _contests.Remove((connection.Dialect, connection.Peer), out var contest))
        {
            if (contest.Holder == connection)
            {
                Expel(contest.Newcomer, Refusal.IdInUse, LeftReason.ConnectionLost);
            }
            else
            {
                _contests[(connection.Dialect, connection.Peer)] = contest;
            }
        }
    }

    private void SettleContests(Instant now)
    {
        foreach (var contest in _contests.Values.Where(c => now >= c.Until).ToList())
        {
            // Forgetting the holder lets the newcomer in (ForgetGuest).
            Emit(new HubEffect.Abort(contest.Holder.Id));
            Forget(contest.Holder, LeftReason.ConnectionLost);
        }
    }

    private void ForgetGuest(Connection connection)
    {
        if (connection.Bound)
        {
            return;
        }
        var key = (connection.Dialect, connection.Peer);
        if (_contests.TryGetValue(key, out var contest) && (contest.Newcomer == connection || contest.Holder == connection))
        {
            _contests.Remove(key);
        }
        if (!_guests.TryGetValue(key, out var holder) || holder != connection)
        {
            return;
        }
        _guests.Remove(key);
        if (contest is not null && contest.Holder == connection && _connections.ContainsKey(contest.Newcomer.Id))
        {
            _guests[key] = contest.Newcomer;
            Admit(contest.Newcomer, new(connection.Dialect, contest.Network));
        }
    }

    private void EvictGuests(PeerId bound)
    {
        foreach (var guest in _guests.Values.Where(g => LowerCase(g.Peer) == bound).ToList())
        {
            if (_contests.TryGetValue((guest.Dialect, guest.Peer), out var contest))
            {
                Expel(contest.Newcomer, Refusal.IdIsBound, LeftReason.ConnectionLost);
            }
            Expel(guest, Refusal.IdIsBound, LeftReason.Replaced);
        }
    }

    private void Remember(PeerId peer, Instant until, bool tell)
    {
        bool known = _bound.TryGetValue(peer, out var before);
        if (known && until - before < TimeSpan.FromDays(1))
        {
            return; // A peer that reconnects every minute does not write to the disk every minute.
        }
        _bound[peer] = until;
        if (!known)
        {
            _boundInOrder.Enqueue(peer);
            while (_bound.Count > limits.MaxBoundIds)
            {
                _bound.Remove(_boundInOrder.Dequeue());
            }
        }
        if (tell)
        {
            Emit(new HubEffect.RememberBound(peer, until));
        }
    }

    // A guest may not slip past a bound id by writing it in capitals.
    private static PeerId LowerCase(PeerId peer)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Size];
        peer.CopyTo(bytes);
        return PeerId.FromBytes(bytes);
    }
}
