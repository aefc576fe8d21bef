using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;

namespace Roost.Mesh.Hubs;

// Every sender is stamped from its connection; nothing a frame says about its origin gets this far.
public sealed partial class HubCore
{
    private void Route(Connection connection, Network network, HubInput.Signal signal, Instant now)
    {
        if (!network.Peers.TryGetValue(signal.To, out var target))
        {
            if (Mesh?.TryRoute(new(network.Id, MeshTypes.MaxHops, connection.Peer, signal.To, signal.Tag, signal.Settles, signal.Re, signal.Body)) != true)
            {
                Emit(new HubEffect.Refuse(connection.Id, Refusal.TargetUnknown, signal.Re, null, signal));
                return;
            }
            Settled(connection, network, signal, now);
            return;
        }
        Settled(connection, network, signal, now);
        Emit(new HubEffect.Signal(target.Id, signal.To, connection.Peer, network.Name.Name, signal.Tag, signal.Body));
    }

    private void Cast(Connection connection, Network network, HubInput.Cast cast)
    {
        if (SeatOf(connection, network, cast.Room) is not { } room)
        {
            Refuse(connection, Refusal.NotJoined, cast.Re);
        }
        else
        {
            if (room.Count > 1)
            {
                Emit(new HubEffect.Cast(new(room.All, connection.Id), cast.Room, connection.Peer, cast.Body));
            }
            Mesh?.Rooms.Cast(new(network.Id, cast.Room), connection.Peer, cast.Body);
        }
    }

    private void Send(Connection connection, Network network, HubInput.Send send)
    {
        if (SeatOf(connection, network, send.Room) is not { } room)
        {
            Refuse(connection, Refusal.NotJoined, send.Re);
        }
        else if (!room.TryGet(send.To, out var seat))
        {
            if (Mesh?.Rooms.TrySend(new(network.Id, send.Room), connection.Peer, send.To, send.Body) != true)
            {
                Refuse(connection, Refusal.TargetUnknown, send.Re);
            }
        }
        else
        {
            Emit(new HubEffect.Send(seat.Connection.Id, send.To, send.Room, connection.Peer, send.Body));
        }
    }

    private static Room? SeatOf(Connection connection, Network network, RoomId id) =>
        network.Rooms.TryGetValue(id, out var room) && room.TryGet(connection.Peer, out var seat) && seat.Connection == connection ? room : null;

    private void CountGap(Connection connection, HubInput.Dropped dropped)
    {
        var gaps = connection.Gaps ??= [];
        var key = (dropped.Room, dropped.From);
        if (gaps.TryGetValue(key, out uint count))
        {
            gaps[key] = count == uint.MaxValue ? count : count + 1;
        }
        else if (gaps.Count < limits.MaxGapsPerConnection)
        {
            gaps[key] = 1;
        }
        else
        {
            // Too much is lost to even count it: the reader starts over on a new connection.
            Expel(connection, Refusal.SlowReader, Wire.LeftReason.ConnectionLost);
        }
    }

    private void TellGaps(Connection connection)
    {
        foreach (var ((room, from), dropped) in connection.Gaps ?? [])
        {
            Emit(new HubEffect.Gap(connection.Id, room, from, dropped));
        }
        connection.Gaps = null;
    }
}
