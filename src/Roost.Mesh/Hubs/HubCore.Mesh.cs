using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Introductions;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

// The seam to the mesh: what other hubs want from this one's connections.
public sealed partial class HubCore : IMeshHost
{
    /// <summary>This hub's part in a mesh; null for a hub that stands alone.</summary>
    public MeshCore? Mesh { get; private set; }

    /// <summary>Makes it part of a mesh; links begin with <see cref="MeshInput.Started"/>.</summary>
    /// <exception cref="InvalidOperationException">It is part of one already, or has let somebody in.</exception>
    public void JoinMesh(MeshOptions options)
    {
        if (Mesh is not null || _connections.Count > 0)
        {
            throw new InvalidOperationException("A hub joins a mesh once, before it lets anybody in.");
        }
        Mesh = new MeshCore(options, this, dice);
    }

    private void BeginMesh(Instant now)
    {
        _now = now;
        if (Mesh is not null)
        {
            Mesh.Now = now;
        }
    }

    private void PumpMesh()
    {
        while (Mesh is not null && Mesh.TryTake(out var effect))
        {
            Emit(new HubEffect.ToMesh(effect));
        }
    }

    private Connection? ConnectionOf(PeerKey key) =>
        _byNet.TryGetValue(key.Network, out var network) && network.Peers.TryGetValue(key.Peer, out var connection) ? connection : null;

    bool IMeshHost.TryDeliver(MeshFrame.Signal signal)
    {
        if (ConnectionOf(new(signal.Network, signal.To)) is not { } to)
        {
            return false;
        }
        Emit(new HubEffect.Signal(to.Id, signal.To, signal.From, to.Network!.Name.Name, signal.Tag, signal.Body));
        return true;
    }

    void IMeshHost.Undeliverable(MeshFrame.Signal signal)
    {
        if (ConnectionOf(new(signal.Network, signal.From)) is { } from)
        {
            var about = new HubInput.Signal(from.Id, signal.Re, signal.To, signal.Tag, signal.Body, signal.Settles);
            Emit(new HubEffect.Refuse(from.Id, Refusal.TargetUnknown, signal.Re, null, about));
        }
    }

    void IMeshHost.Supersede(PeerKey key, Refusal why)
    {
        if (ConnectionOf(key) is { } connection)
        {
            Expel(connection, why, LeftReason.Replaced);
        }
    }

    bool IMeshHost.ProbeGuest(PeerKey key)
    {
        if (ConnectionOf(key) is not { } connection)
        {
            return false;
        }
        Emit(new HubEffect.Probe(connection.Id));
        return true;
    }

    bool? IMeshHost.HasShownLife(PeerKey key, Instant since) => ConnectionOf(key) is { } connection ? connection.LastHeard > since : null;

    void IMeshHost.DropGuest(PeerKey key)
    {
        if (ConnectionOf(key) is { Bound: false } connection)
        {
            Emit(new HubEffect.Abort(connection.Id));
            Forget(connection, LeftReason.ConnectionLost);
        }
    }

    IReadOnlyList<Member> IMeshHost.MembersOf(RoomKey room) => RoomOf(room)?.ListFor(default, false) ?? [];

    void IMeshHost.RemoteJoined(RoomKey key, Member member)
    {
        if (RoomOf(key) is { } room)
        {
            Emit(new HubEffect.MemberJoined(new(member.IsHost ? room.All : room.Curious, default), room.Id, member));
        }
    }

    void IMeshHost.RemoteLeft(RoomKey key, Member member, LeftReason reason)
    {
        if (RoomOf(key) is { } room && !room.TryGet(member.Peer, out _))
        {
            Emit(new HubEffect.MemberLeft(new(member.IsHost ? room.All : room.Curious, default), room.Id, member.Peer, reason));
        }
    }

    void IMeshHost.RemoteCast(RoomKey key, PeerId from, ReadOnlyMemory<byte> body)
    {
        if (RoomOf(key) is { } room)
        {
            Emit(new HubEffect.Cast(new(room.All, default), room.Id, from, body));
        }
    }

    void IMeshHost.RemoteSend(RoomKey key, PeerId from, PeerId to, ReadOnlyMemory<byte> body)
    {
        if (RoomOf(key) is { } room && room.TryGet(to, out var seat))
        {
            Emit(new HubEffect.Send(seat.Connection.Id, to, room.Id, from, body));
        }
    }

    void IMeshHost.RemoteGap(RoomKey key, PeerId from, uint dropped)
    {
        if (RoomOf(key) is { } room)
        {
            foreach (var connection in room.All)
            {
                Emit(new HubEffect.Gap(connection, room.Id, from, dropped));
            }
        }
    }

    void IMeshHost.Introductions(HubId from, MeshFrame frame)
    {
        switch (frame)
        {
            case MeshFrame.Guest f when f.Card.Length <= limits.MaxCardBytes:
                Arrive(f.Network, f.Peer, new Candidate(from, f.MaxLinks, f.Card.ToArray()), _now);
                break;
            case MeshFrame.GuestGone f when _introducing.TryGetValue(f.Network, out var introducing):
                Depart(f.Network, introducing, f.Peer, from, f.Tell, _now);
                break;
            case MeshFrame.Answered f when IsGuestOf(f.Network, f.From, from, out var introducing):
                introducing.Introducer.Answered(f.From, f.To, _now);
                break;
            case MeshFrame.Introduce f when f.Card.Length <= limits.MaxCardBytes:
                Introduce(f.Network, f.To, f.About, f.Card);
                break;
            case MeshFrame.Departed f:
                TellDeparted(f.Network, f.To, f.About);
                break;
            case MeshFrame.Goodbye f when _byNet.TryGetValue(f.Network, out var network) && Mesh!.MaySpeakFor(from, new(f.Network, f.From)):
                PassGoodbye(network, f.From, f.Body);
                break;
        }
    }

    void IMeshHost.OwnersChanged() => FollowIntroducers(static _ => false);

    void IMeshHost.GuestsForgotten(HubId? by) => FollowIntroducers(introducer => by is null || introducer == by);

    void IMeshHost.HubDied(HubId hub) => DepartAllOf(hub, _now);

    private bool IsGuestOf(NetId network, PeerId peer, HubId home, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Introducing? introducing) =>
        _introducing.TryGetValue(network, out introducing) && introducing.Guests.TryGetValue(peer, out var guest) && guest.Home == home;

    private Room? RoomOf(RoomKey key) => _byNet.TryGetValue(key.Network, out var network) && network.Rooms.TryGetValue(key.Room, out var room) ? room : null;
}
