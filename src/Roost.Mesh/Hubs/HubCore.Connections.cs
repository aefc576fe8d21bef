using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

public sealed partial class HubCore
{
    private sealed class AddressUse
    {
        public int Connections { get; set; }

        public int Rooms { get; set; }
    }

    private void Open(HubInput.Opened opened, Instant now)
    {
        var connection = new Connection(opened.Connection, opened.Dialect, opened.Address, now);
        var use = UseOf(opened.Address);
        Refusal why = _shuttingDown ? Refusal.ShuttingDown
            : _connections.Count >= limits.MaxConnections || use.Connections >= limits.MaxConnectionsPerAddress ? Refusal.HubFull
            : Refusal.None;
        if (why != Refusal.None)
        {
            Refuse(connection, why, DoorTypes.NoFrame);
            return;
        }
        _connections.Add(connection.Id, connection);
        _addresses[opened.Address] = use;
        use.Connections++;
        _nextSweep = Instant.Min(_nextSweep, now + SweepEvery);
    }

    private AddressUse UseOf(ClientAddress address) => _addresses.TryGetValue(address, out var use) ? use : new AddressUse();

    /// <summary>Closes a connection that may not stay, and forgets it at once: what still comes from it is not heard.</summary>
    private void Expel(Connection connection, Refusal why, LeftReason reason, uint re = DoorTypes.NoFrame, string? detail = null)
    {
        Refuse(connection, why, re, detail);
        Forget(connection, reason);
    }

    private void Forget(Connection connection, LeftReason reason)
    {
        if (!_connections.Remove(connection.Id))
        {
            return;
        }
        TellDeparture(connection, _now);
        LeaveNetwork(connection, reason);
        ForgetGuest(connection);
        var use = UseOf(connection.Address);
        if (--use.Connections == 0)
        {
            _addresses.Remove(connection.Address);
        }
    }

    private void LeaveNetwork(Connection connection, LeftReason reason)
    {
        if (connection.Network is not { } network)
        {
            return;
        }
        while (connection.Rooms.Count > 0)
        {
            Leave(connection, network, connection.Rooms[^1].Id, reason);
        }
        // A connection that was replaced no longer owns its entry: removing by key alone would unlist the newer one.
        if (network.Peers.TryGetValue(connection.Peer, out var listed) && listed == connection)
        {
            network.Peers.Remove(connection.Peer);
            Mesh?.PeerLeft(new(network.Id, connection.Peer));
        }
        if (network.IsEmpty)
        {
            _networks.Remove(network.Name);
            _byNet.Remove(network.Id);
        }
        connection.Network = null;
    }

    /// <summary>While the operator takes this hub out: asks own peers to go elsewhere, as many at a time as others can take in. Unmodified clients know no way to.</summary>
    private void AskToGo()
    {
        if (Mesh is not { IsDraining: true, Alternatives.Count: > 0 })
        {
            return;
        }
        foreach (var connection in _connections.Values.Where(c => !c.AskedToGo && MayMove(c)).Take(limits.AskedToGoPerSecond))
        {
            connection.AskedToGo = true;
            Refuse(connection, Refusal.Draining, DoorTypes.NoFrame);
        }
    }

    private void StayHere()
    {
        foreach (var connection in _connections.Values)
        {
            connection.AskedToGo = false;
        }
    }

    private void Sweep(Instant now)
    {
        AskToGo();
        List<(Connection Connection, Refusal Why)>? over = null;
        foreach (var connection in _connections.Values)
        {
            if (connection.Network is null)
            {
                if (now - connection.OpenedAt >= limits.EnterWithin)
                {
                    (over ??= []).Add((connection, Refusal.TooSlow));
                }
            }
            else if (connection.ProbedAt is { } probed)
            {
                if (now - probed >= limits.PongWithin)
                {
                    (over ??= []).Add((connection, Refusal.None));
                }
            }
            else if (now - connection.LastHeard >= limits.PingAfter)
            {
                connection.ProbedAt = now;
                Emit(new HubEffect.Probe(connection.Id));
            }
        }
        foreach (var (connection, why) in over ?? [])
        {
            if (why == Refusal.None)
            {
                Emit(new HubEffect.Abort(connection.Id));
                Forget(connection, LeftReason.ConnectionLost);
            }
            else
            {
                Expel(connection, why, LeftReason.ConnectionLost);
            }
        }
    }

    private void Kick(PeerId peer)
    {
        foreach (var connection in _connections.Values.Where(c => c.Network is not null && c.Peer == peer).ToList())
        {
            Expel(connection, Refusal.Removed, LeftReason.Removed);
        }
    }

    private void ShutDown()
    {
        _shuttingDown = true;
        foreach (var connection in _connections.Values.ToList())
        {
            // Nobody is told that others leave: everybody leaves.
            Refuse(connection, Refusal.ShuttingDown, DoorTypes.NoFrame);
        }
        _connections.Clear();
        _networks.Clear();
        _byNet.Clear();
        _introducing.Clear();
        _guestsAt.Clear();
        _guestsElsewhere = 0;
        Mesh?.Handle(new Federation.MeshInput.Stopped(), _now);
        _nextIntroduction = Instant.Never;
        _addresses.Clear();
        _guests.Clear();
        _contests.Clear();
        Rooms = 0;
    }
}
