using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Introductions;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Hubs;

// Guests ask to be found; own peers meet in rooms instead. A mesh gives each network's introductions to one hub: this is the seam.
public sealed partial class HubCore
{
    // Kept, not computed: NextWake is asked after every input. Too early is harmless, a tick finds nothing due and looks again.
    private Instant _nextIntroduction = Instant.Never;

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
        connection.Announced = true;
        connection.AnnouncedAt = now;
        connection.Card = announced.Card.ToArray();
        if (network.Introducer is null)
        {
            network.Introducer = new Introducer(limits, dice);
            _introducing.Add(network);
        }
        network.Introducer.Arrive(connection.Peer, announced.MaxLinks, now);
        MakeIntroductions(network);
    }

    private void SayGoodbye(Connection connection, HubInput.Goodbye goodbye, Instant now)
    {
        if (!connection.Announced)
        {
            return;
        }
        var network = connection.Network!;
        var others = network.Peers.Values.Where(other => other.Announced && other != connection).Select(other => other.Id).ToArray();
        if (others.Length > 0)
        {
            Emit(new HubEffect.Goodbye(new(others, default), connection.Peer, network.Name.Name, goodbye.Body));
        }
        Unannounce(connection, now);
    }

    /// <summary>Takes it from the introductions and tells those who had been told of it. Its links live on: only a goodbye cuts them.</summary>
    private void TellDeparture(Connection connection, Instant now)
    {
        if (!connection.Announced)
        {
            return;
        }
        var network = connection.Network!;
        var told = Unannounce(connection, now);
        var targets = told.Where(network.Peers.ContainsKey).Select(peer => network.Peers[peer].Id).ToArray();
        if (targets.Length > 0)
        {
            Emit(new HubEffect.Departed(new(targets, default), connection.Peer, network.Name.Name));
        }
    }

    private List<PeerId> Unannounce(Connection connection, Instant now)
    {
        connection.Announced = false;
        connection.Card = default;
        if (connection.Network?.Introducer is not { } introducer)
        {
            return [];
        }
        var told = introducer.Depart(connection.Peer, now);
        MakeIntroductions(connection.Network);
        return told;
    }

    private void TickIntroductions(Instant now)
    {
        if (now < _nextIntroduction)
        {
            return;
        }
        _nextIntroduction = Instant.Never;
        foreach (var network in _introducing)
        {
            if (network.Introducer!.NextWake is { } wake && wake.At <= now)
            {
                network.Introducer.Tick(now);
            }
            MakeIntroductions(network);
        }
    }

    private void MakeIntroductions(Network network)
    {
        while (network.Introducer!.TryTake(out var introduction))
        {
            if (network.Peers.TryGetValue(introduction.To, out var to) && network.Peers.TryGetValue(introduction.About, out var about))
            {
                Emit(new HubEffect.Introduce(to.Id, to.Peer, about.Peer, network.Name.Name, about.Card));
            }
        }
        if (network.Introducer.NextWake is { } wake)
        {
            _nextIntroduction = Instant.Min(_nextIntroduction, wake.At);
        }
    }
}
