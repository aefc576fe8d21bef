using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Introductions;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

// Guests ask to be found; own peers meet in rooms instead. One hub of a mesh introduces all guests of a network: HubCore.Introductions.
public sealed partial class HubCore
{
    private void Announce(Connection connection, HubInput.Announced announced, Instant now)
    {
        if (announced.Card.Length > limits.MaxCardBytes)
        {
            Refuse(connection, Refusal.CardTooLarge, announced.Re);
            return;
        }
        if (connection.Network!.Name != announced.Network)
        {
            // One network at a time: whoever announces elsewhere is gone from where it was.
            TellDeparture(connection, now);
            LeaveNetwork(connection, LeftReason.Left);
            Enlist(connection, announced.Network);
        }
        var network = connection.Network!;
        if (!connection.Announced)
        {
            connection.Announced = true;
            if (network.Announced++ == 0)
            {
                network.IntroducedBy = Mesh?.IntroducerOf(network.Id)?.Id;
                Mesh?.Rooms.Follow(TopicOf(network.Id));
            }
        }
        connection.AnnouncedAt = now;
        connection.MaxLinks = announced.MaxLinks;
        connection.Card = announced.Card.ToArray();
        Report(connection, network, now);
    }

    private void SayGoodbye(Connection connection, HubInput.Goodbye goodbye, Instant now)
    {
        if (!connection.Announced)
        {
            return;
        }
        var network = connection.Network!;
        PassGoodbye(network, connection.Peer, goodbye.Body);
        foreach (var hub in Mesh?.Rooms.Followers(TopicOf(network.Id)).ToList() ?? [])
        {
            Mesh!.Send(hub, new MeshFrame.Goodbye(network.Id, connection.Peer, goodbye.Body));
        }
        // They have it from itself; nobody needs to be told by the hub.
        Unannounce(connection, now, tell: false);
    }

    private void PassGoodbye(Network network, PeerId from, ReadOnlyMemory<byte> body)
    {
        var others = network.Peers.Values.Where(other => other.Announced && other.Peer != from).Select(other => other.Id).ToArray();
        if (others.Length > 0)
        {
            Emit(new HubEffect.Goodbye(new(others, default), from, network.Name.Name, body));
        }
    }

    /// <summary>Takes it from the introductions and tells those who had been told of it. Its links live on: only a goodbye cuts them.</summary>
    private void TellDeparture(Connection connection, Instant now)
    {
        if (connection.Announced)
        {
            Unannounce(connection, now, tell: true);
        }
    }

    private void Unannounce(Connection connection, Instant now, bool tell)
    {
        connection.Announced = false;
        connection.Card = default;
        var network = connection.Network!;
        if (IntroducerElsewhere(network) is { } introducer)
        {
            Mesh!.Send(introducer, new MeshFrame.GuestGone(network.Id, connection.Peer, tell));
        }
        else if (_introducing.TryGetValue(network.Id, out var introducing))
        {
            Depart(network.Id, introducing, connection.Peer, null, tell, now);
        }
        if (--network.Announced == 0)
        {
            Mesh?.Rooms.Unfollow(TopicOf(network.Id));
        }
    }

    /// <summary>An answer to an introduction passes, here or to another hub.</summary>
    private void Settled(Connection connection, Network network, HubInput.Signal signal, Instant now)
    {
        if (!signal.Settles)
        {
            return;
        }
        if (IntroducerElsewhere(network) is { } introducer)
        {
            Mesh!.Send(introducer, new MeshFrame.Answered(network.Id, connection.Peer, signal.To));
        }
        else if (_introducing.TryGetValue(network.Id, out var introducing))
        {
            introducing.Introducer.Answered(connection.Peer, signal.To, now);
        }
    }

    private void Report(Connection connection, Network network, Instant now)
    {
        if (IntroducerElsewhere(network) is { } introducer)
        {
            Mesh!.Send(introducer, new MeshFrame.Guest(network.Id, connection.Peer, (ushort)Math.Clamp(connection.MaxLinks, 0, ushort.MaxValue), connection.Card));
        }
        else
        {
            Arrive(network.Id, connection.Peer, new Candidate(null, connection.MaxLinks, connection.Card), now);
        }
    }

    private Membership.KnownHub? IntroducerElsewhere(Network network) =>
        network.IntroducedBy is { } id && Mesh?.FindHub(id) is { IsUp: true } hub ? hub : null;

    // The topic of a network itself: no room has this id but by a 2^-128 chance.
    private static RoomKey TopicOf(NetId network) => new(network, new(new Id16(0, network.Value)));
}
