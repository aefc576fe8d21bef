using System.Buffers.Binary;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;

namespace Roost.Worlds;

// Peers, as far as hubs see them: connections that enter, signal, and move elsewhere when their hub dies.
public sealed partial class World
{
    private static readonly NetworkName Network = new(Dialect, "");

    /// <summary>The network of simulated peers.</summary>
    public static readonly NetId NetworkId = MeshIds.NetOf(Dialect, "");

    /// <summary>Peers that are at a hub.</summary>
    public IReadOnlyDictionary<PeerId, WorldHub> Homes => _homes;

    /// <summary>A peer with a number.</summary>
    public static PeerId PeerOf(int number)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Size];
        new SeededDice((ulong)number * 7_919 + 17).Fill(bytes);
        return PeerId.FromBytes(bytes);
    }

    /// <summary>A peer enters a hub.</summary>
    public void Enter(PeerId peer, WorldHub hub)
    {
        var connection = ConnectionOf(peer);
        Tell(hub, new HubInput.Opened(connection, Dialect, new((UInt128)(ulong)connection.Value)));
        Tell(hub, new HubInput.Entered(connection, peer, Bound: false, Network));
        hub.Peers.Add(peer);
        _homes[peer] = hub;
    }

    /// <summary>A peer at a hub wants to be found by the others of its network.</summary>
    public void Announce(PeerId peer, int maxLinks) =>
        Tell(_homes[peer], new HubInput.Announced(ConnectionOf(peer), 0, Network, default, maxLinks));

    /// <summary>A peer answers another that wants a direct link: from here on they count as met.</summary>
    public void Settle(PeerId from, PeerId to) =>
        Tell(_homes[from], new HubInput.Signal(ConnectionOf(from), 0, to, 2, default, Settles: true));

    /// <summary>A peer's connection ends.</summary>
    public void Leave(PeerId peer)
    {
        if (_homes.Remove(peer, out var hub))
        {
            hub.Peers.Remove(peer);
            Tell(hub, new HubInput.Closed(ConnectionOf(peer)));
        }
    }

    /// <summary>A peer signals another.</summary>
    public void Signal(PeerId from, PeerId to, ReadOnlyMemory<byte> body) =>
        Tell(_homes[from], new HubInput.Signal(ConnectionOf(from), 0, to, 0, body));

    /// <summary>Enters the options' peers at random hubs that run, within a time.</summary>
    public void EnterAll(TimeSpan within)
    {
        var hubs = Running.ToList();
        for (int i = 0; i < Options.Peers; i++)
        {
            var peer = PeerOf(i);
            var hub = hubs[i % hubs.Count];
            After(within * Dice.NextDouble(), () => Enter(peer, hub));
        }
    }

    /// <summary>Peers of a dead hub come back at others, as own clients do: after up to <paramref name="within"/>.</summary>
    public void Rehome(IEnumerable<PeerId> peers, TimeSpan within)
    {
        foreach (var peer in peers.ToList())
        {
            After(within * Dice.NextDouble(), () =>
            {
                var hubs = Running.ToList();
                Enter(peer, hubs[Dice.Next(hubs.Count)]);
            });
        }
    }

    private static ConnectionId ConnectionOf(PeerId peer)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Size];
        peer.CopyTo(bytes);
        return new((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 1) | 1);
    }
}
