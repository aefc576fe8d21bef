using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

/// <summary>Who is in a room, and the two lists that frames go to, kept until membership changes.</summary>
internal sealed class Room(RoomId id)
{
    private readonly Dictionary<PeerId, Seat> _seats = [];
    private ConnectionId[]? _all;
    private ConnectionId[]? _curious;

    public RoomId Id { get; } = id;

    public int Count => _seats.Count;

    /// <summary>Everybody: for CAST, and for news of hosts.</summary>
    public ConnectionId[] All => _all ??= [.. _seats.Values.Select(seat => seat.Connection.Id)];

    /// <summary>Those who want news of every member, not of hosts only.</summary>
    public ConnectionId[] Curious => _curious ??= [.. _seats.Values.Where(seat => !seat.HostsOnly).Select(seat => seat.Connection.Id)];

    public bool TryGet(PeerId peer, out Seat seat) => _seats.TryGetValue(peer, out seat);

    public void Put(PeerId peer, Seat seat)
    {
        _seats[peer] = seat;
        _all = _curious = null;
    }

    public bool Remove(PeerId peer, out Seat seat)
    {
        _all = _curious = null;
        return _seats.Remove(peer, out seat);
    }

    /// <summary>Who gets news of a member.</summary>
    public ConnectionId[] AudienceOf(Seat seat) => seat.IsHost ? All : Curious;

    /// <summary>The members that a newcomer is told of.</summary>
    public List<Member> ListFor(PeerId newcomer, bool hostsOnly)
    {
        var list = new List<Member>(hostsOnly ? 1 : _seats.Count);
        foreach (var (peer, seat) in _seats)
        {
            if (peer != newcomer && (seat.IsHost || !hostsOnly))
            {
                list.Add(seat.AsMember(peer));
            }
        }
        return list;
    }
}

/// <summary>One member's place in a room.</summary>
internal readonly record struct Seat(Connection Connection, SessionId Session, bool IsHost, bool HostsOnly)
{
    public Member AsMember(PeerId peer) => new(peer, Session, IsHost);
}
