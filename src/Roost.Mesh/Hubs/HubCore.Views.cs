using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Mesh.Hubs;

/// <summary>A guest as the REST API shows it. Own peers and their rooms are nobody's business and have no such view.</summary>
/// <param name="Peer">Its id.</param>
/// <param name="Since">When it announced itself.</param>
/// <param name="Card">What it announced, in its dialect's form.</param>
public readonly record struct GuestView(PeerId Peer, Instant Since, ReadOnlyMemory<byte> Card);

public sealed partial class HubCore
{
    /// <summary>Guests that asked to be found; counts all networks.</summary>
    public int Guests => _networks.Values.Sum(network => network.Announced);

    /// <summary>Guests at other hubs that this one introduces.</summary>
    public int GuestsElsewhere => _guestsElsewhere;

    /// <summary>Own peers that could be at another hub as well: those that proved a key other than the hub's, with which its own keeper enters.</summary>
    public int OwnPeers => _connections.Values.Count(MayMove);

    private bool MayMove(Connection connection) => connection is { Bound: true, Network: not null } && connection.Peer != Mesh?.SelfPeer;

    /// <summary>Whether the hub lets nobody in any more.</summary>
    public bool IsShuttingDown => _shuttingDown;

    /// <summary>The first <paramref name="most"/> announced guests of a network.</summary>
    public IReadOnlyList<GuestView> GuestsOf(NetworkName name, int most) =>
        _networks.TryGetValue(name, out var network)
            ? [.. network.Peers.Values.Where(peer => peer.Announced).Take(most).Select(peer => new GuestView(peer.Peer, peer.AnnouncedAt, peer.Card))]
            : [];
}
