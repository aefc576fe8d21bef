using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

public sealed partial class HubCore
{
    private readonly HashSet<RoomId> _openRooms = [];

    private void Join(Connection connection, Network network, HubInput.Joined joined)
    {
        network.Rooms.TryGetValue(joined.Room, out var room);
        Seat before = default;
        bool again = room is not null && room.TryGet(connection.Peer, out before);
        if (!again && WhyNotJoin(connection, room, joined.Room) is var why and not Refusal.None)
        {
            Refuse(connection, why, joined.Re);
            return;
        }
        if (room is null)
        {
            room = new Room(joined.Room);
            network.Rooms.Add(joined.Room, room);
            Rooms++;
        }
        var seat = new Seat(connection, joined.Session, joined.IsHost, joined.HostsOnly);
        room.Put(connection.Peer, seat);
        if (!again)
        {
            connection.Rooms.Add(room);
            UseOf(connection.Address).Rooms++;
        }
        var key = new Federation.RoomKey(network.Id, room.Id);
        TellMembers(connection, room, key, joined.HostsOnly);
        if (!again || before.Session != seat.Session)
        {
            Mesh?.Rooms.MemberHere(key, seat.AsMember(connection.Peer), room.Count == 1);
            Emit(new HubEffect.MemberJoined(new(room.AudienceOf(seat), connection.Id), room.Id, seat.AsMember(connection.Peer)));
        }
    }

    private void TellMembers(Connection connection, Room room, Federation.RoomKey key, bool hostsOnly)
    {
        var list = room.ListFor(connection.Peer, hostsOnly);
        if (Mesh is not null)
        {
            list.AddRange(Mesh.Rooms.MembersOf(key).Where(member => member.Peer != connection.Peer && (member.IsHost || !hostsOnly) && !room.TryGet(member.Peer, out _)));
        }
        int at = 0;
        do
        {
            int count = Math.Min(list.Count - at, DoorTypes.MembersPerFrame);
            Emit(new HubEffect.Members(connection.Id, room.Id, at + count < list.Count, list.GetRange(at, count)));
            at += count;
        }
        while (at < list.Count);
    }

    private Refusal WhyNotJoin(Connection connection, Room? room, RoomId id) =>
        limits.PrivateRooms && !_openRooms.Contains(id) ? Refusal.JoinRefused
        : connection.Rooms.Count >= limits.MaxRoomsPerConnection ? Refusal.TooManyRooms
        : UseOf(connection.Address).Rooms >= limits.MaxRoomsPerAddress ? Refusal.TooManyRooms
        : room is null && Rooms >= limits.MaxRooms ? Refusal.TooManyRooms
        : room?.Count >= limits.MaxMembersPerRoom ? Refusal.RoomFull
        : Refusal.None;

    private void Leave(Connection connection, Network network, RoomId id, LeftReason reason)
    {
        if (!network.Rooms.TryGetValue(id, out var room) || !room.TryGet(connection.Peer, out var seat) || seat.Connection != connection)
        {
            return;
        }
        room.Remove(connection.Peer, out _);
        connection.Rooms.Remove(room);
        UseOf(connection.Address).Rooms--;
        connection.Gaps = Without(connection.Gaps, id);
        var key = new Federation.RoomKey(network.Id, id);
        Mesh?.Rooms.MemberGone(key, connection.Peer, reason, room.Count == 0);
        if (room.Count == 0)
        {
            network.Rooms.Remove(id);
            Rooms--;
            return;
        }
        if (Mesh?.Rooms.Find(key, connection.Peer) is { } moved)
        {
            // It is at another hub by now, which told of it before this connection ended: for the others it never left.
            Emit(new HubEffect.MemberJoined(new(room.AudienceOf(seat), connection.Id), id, moved));
            return;
        }
        Emit(new HubEffect.MemberLeft(new(room.AudienceOf(seat), connection.Id), id, connection.Peer, reason));
    }

    private static Dictionary<(RoomId Room, PeerId From), uint>? Without(Dictionary<(RoomId Room, PeerId From), uint>? gaps, RoomId room)
    {
        if (gaps is not null)
        {
            foreach (var key in gaps.Keys.Where(key => key.Room == room).ToList())
            {
                gaps.Remove(key);
            }
        }
        return gaps;
    }
}
