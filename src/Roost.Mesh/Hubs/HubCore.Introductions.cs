using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Introductions;

namespace Roost.Mesh.Hubs;

// One hub introduces a network's guests, wherever they are; a hub without a mesh does so for its own.
public sealed partial class HubCore
{
    // Kept, not computed: NextWake is asked after every input. Too early is harmless, a tick finds nothing due and looks again.
    private Instant _nextIntroduction = Instant.Never;

    private readonly Dictionary<HubId, int> _guestsAt = [];
    private int _guestsElsewhere;

    /// <summary>Owners have changed: guests of networks that another hub introduces from here on are reported there; and again to a hub that has forgotten them.</summary>
    private void FollowIntroducers(Func<HubId, bool> hasForgotten)
    {
        foreach (var network in _networks.Values)
        {
            if (network.Announced == 0)
            {
                continue;
            }
            var introducer = Mesh?.IntroducerOf(network.Id)?.Id;
            if (introducer == network.IntroducedBy && (introducer is not { } same || !hasForgotten(same)))
            {
                continue;
            }
            network.IntroducedBy = introducer;
            foreach (var connection in network.Peers.Values.Where(peer => peer.Announced).ToList())
            {
                Report(connection, network, _now);
            }
            if (introducer is not null && _introducing.Remove(network.Id, out var former)) // Others report their guests there, as this hub just did.
            {
                foreach (var guest in former.Guests.Values)
                {
                    CountElsewhere(guest.Home, -1);
                }
            }
        }
    }

    private void Arrive(NetId network, PeerId peer, Candidate candidate, Instant now)
    {
        bool known = _introducing.TryGetValue(network, out var introducing) && introducing.Guests.ContainsKey(peer);
        if (!known && (introducing?.Guests.Count >= limits.MaxGuestsPerNetwork || !HasRoomFor(candidate.Home)))
        {
            return;
        }
        if (introducing is null)
        {
            _introducing[network] = introducing = new(new Introducer(limits, dice));
        }
        if (introducing.Guests.TryGetValue(peer, out var holder) && holder.Home != candidate.Home)
        {
            introducing.Rivals[peer] = candidate;
            return;
        }
        CountElsewhere(candidate.Home, known ? 0 : 1);
        introducing.Guests[peer] = candidate;
        introducing.Introducer.Arrive(peer, candidate.MaxLinks, now);
        MakeIntroductions(network, introducing);
    }

    // A hub can invent networks and guests without end.
    private bool HasRoomFor(HubId? home) =>
        home is not { } id || (_guestsElsewhere < limits.MaxGuestsElsewhere && _guestsAt.GetValueOrDefault(id) < limits.MaxGuestsElsewhere / 4);

    private void CountElsewhere(HubId? home, int by)
    {
        if (home is not { } id || by == 0)
        {
            return;
        }
        _guestsElsewhere += by;
        int count = _guestsAt.GetValueOrDefault(id) + by;
        if (count > 0)
        {
            _guestsAt[id] = count;
        }
        else
        {
            _guestsAt.Remove(id);
        }
    }

    private void Depart(NetId network, Introducing introducing, PeerId peer, HubId? home, bool tell, Instant now)
    {
        if (introducing.Rivals.TryGetValue(peer, out var rival) && rival.Home == home)
        {
            introducing.Rivals.Remove(peer);
            return;
        }
        if (!introducing.Guests.TryGetValue(peer, out var holder) || holder.Home != home)
        {
            return;
        }
        introducing.Guests.Remove(peer);
        CountElsewhere(home, -1);
        foreach (var told in introducing.Introducer.Depart(peer, now))
        {
            if (!tell || !introducing.Guests.TryGetValue(told, out var candidate))
            {
                continue;
            }
            if (candidate.Home is not { } there)
            {
                TellDeparted(network, told, peer);
            }
            else if (Mesh?.FindHub(there) is { IsUp: true } hub)
            {
                Mesh.Send(hub, new MeshFrame.Departed(network, told, peer));
            }
        }
        if (introducing.Rivals.Remove(peer, out rival))
        {
            Arrive(network, peer, rival, now);
        }
        else if (introducing.Guests.Count == 0)
        {
            _introducing.Remove(network);
        }
        else
        {
            MakeIntroductions(network, introducing);
        }
    }

    /// <summary>Guests of a hub that died are gone with it, until they announce themselves elsewhere.</summary>
    private void DepartAllOf(HubId home, Instant now)
    {
        foreach (var (network, introducing) in _introducing.ToList())
        {
            foreach (var peer in introducing.Guests.Where(guest => guest.Value.Home == home).Select(guest => guest.Key).ToList())
            {
                Depart(network, introducing, peer, home, tell: true, now);
            }
        }
    }

    private void TickIntroductions(Instant now)
    {
        if (now < _nextIntroduction)
        {
            return;
        }
        _nextIntroduction = Instant.Never;
        foreach (var (network, introducing) in _introducing)
        {
            if (introducing.Introducer.NextWake is { } wake && wake.At <= now)
            {
                introducing.Introducer.Tick(now);
            }
            MakeIntroductions(network, introducing);
        }
    }

    private void MakeIntroductions(NetId network, Introducing introducing)
    {
        while (introducing.Introducer.TryTake(out var introduction))
        {
            if (!introducing.Guests.TryGetValue(introduction.To, out var to) || !introducing.Guests.TryGetValue(introduction.About, out var about))
            {
                continue;
            }
            if (to.Home is not { } home)
            {
                Introduce(network, introduction.To, introduction.About, about.Card);
            }
            else if (Mesh?.FindHub(home) is { IsUp: true } hub)
            {
                Mesh.Send(hub, new MeshFrame.Introduce(network, introduction.To, introduction.About, about.Card));
            }
        }
        if (introducing.Introducer.NextWake is { } wake)
        {
            _nextIntroduction = Instant.Min(_nextIntroduction, wake.At);
        }
    }

    private void Introduce(NetId id, PeerId to, PeerId about, ReadOnlyMemory<byte> card)
    {
        if (_byNet.TryGetValue(id, out var network) && network.Peers.TryGetValue(to, out var connection) && connection.Announced)
        {
            Emit(new HubEffect.Introduce(connection.Id, to, about, network.Name.Name, card));
        }
    }

    private void TellDeparted(NetId id, PeerId to, PeerId about)
    {
        if (_byNet.TryGetValue(id, out var network) && network.Peers.TryGetValue(to, out var connection))
        {
            Emit(new HubEffect.Departed(new([connection.Id], default), about, network.Name.Name));
        }
    }
}
