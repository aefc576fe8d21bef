using System.Buffers.Binary;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Leases;

/// <summary>
/// Which hubs own what: those with the highest weight for it, so that a hub that comes or goes moves only its own share.
/// Every hub computes the same from the same roll.
/// </summary>
internal sealed class Rendezvous(MeshState mesh, Roll roll)
{
    private ulong _ownSeed;
    private int _version = -1;
    private (KnownHub? Hub, ulong Seed)[] _candidates = [];
    private List<KnownHub?>? _all;

    /// <summary>Whether every hub keeps every lease. Hysteresis: a mesh that hovers at the limit does not swap modes with each hub.</summary>
    public bool IsFull { get; private set; } = true;

    /// <summary>Hubs that may own, with this one.</summary>
    public int Count => Candidates.Length;

    /// <summary>The owners of a peer's leases, best first; null stands for this hub. In mode F: all, in one list for all peers.</summary>
    public List<KnownHub?> OwnersOf(PeerId peer) => OwnersOf(peer, out _);

    /// <inheritdoc cref="OwnersOf(PeerId)"/>
    /// <param name="peer">Whose.</param>
    /// <param name="least">The weight of the last of them: a newcomer that weighs more takes its place.</param>
    public List<KnownHub?> OwnersOf(PeerId peer, out ulong least)
    {
        least = 0;
        return IsFull ? All() : Top(NumberOf(peer), mesh.Options.Owners, out least);
    }

    /// <summary>How much a hub weighs for a peer's <see cref="NumberOf"/>.</summary>
    public ulong WeightOf(KnownHub hub, ulong number) => Mix(SeedOf(hub) ^ number);

    /// <summary>The owners whom a look-up asks, in both modes: those that surely have it if it exists.</summary>
    public List<KnownHub?> AskedFor(PeerId peer) => Top(NumberOf(peer), mesh.Options.Owners, out _);

    /// <summary>Who keeps which hubs are interested in a room.</summary>
    public List<KnownHub?> OwnersOf(RoomKey room) => Top(room.Room.Value.High ^ room.Network.Value, mesh.Options.RoomOwners, out _);

    /// <summary>Who keeps a topic: in mode F all.</summary>
    public List<KnownHub?> OwnersOf(ulong topic) => IsFull ? All() : Top(topic, mesh.Options.Owners, out _);

    /// <summary>The one hub that introduces the guests of a network; null stands for this one.</summary>
    public KnownHub? IntroducerOf(NetId network) => Top(network.Value, 1, out _) is [var first] ? first : null;

    /// <summary>Follows the roll. True: the mode changed.</summary>
    public bool Refresh()
    {
        int count = Candidates.Length;
        bool full = IsFull ? count <= mesh.Options.FullUpTo * 1.2 : count < mesh.Options.FullUpTo * 0.8;
        bool changed = full != IsFull;
        IsFull = full;
        return changed;
    }

    private (KnownHub? Hub, ulong Seed)[] Candidates
    {
        get
        {
            if (_version != roll.Version)
            {
                _version = roll.Version;
                var hubs = roll.Owners.Select(hub => ((KnownHub?)hub, SeedOf(hub)));
                _candidates = [.. roll.SelfMayOwn ? hubs.Prepend((null, OwnSeed)) : hubs];
                _all = null;
            }
            return _candidates;
        }
    }

    private List<KnownHub?> All()
    {
        var candidates = Candidates;
        return _all ??= [.. candidates.Select(entry => entry.Hub)];
    }

    private ulong OwnSeed => _ownSeed != 0 ? _ownSeed : _ownSeed = Seed(mesh.SelfId);

    private ulong SeedOf(KnownHub hub)
    {
        if (hub.OwnerSeed == 0)
        {
            hub.OwnerSeed = Seed(hub.Id);
        }
        return hub.OwnerSeed;
    }

    private ulong Seed(HubId hub)
    {
        Span<byte> hash = stackalloc byte[32];
        Hashes.Sha256(new ByteWriter(80).Label("roost-owners-1").Bytes(mesh.Options.Self.Mesh).Hub(hub).Written, hash);
        return HubId.ReadShort(hash);
    }

    private List<KnownHub?> Top(ulong number, int count, out ulong least)
    {
        var best = new List<KnownHub?>(count);
        Span<ulong> weights = stackalloc ulong[count];
        weights.Clear();
        foreach (var (hub, seed) in Candidates)
        {
            ulong weight = Mix(seed ^ number);
            if (best.Count == count && weight <= weights[^1])
            {
                continue;
            }
            int at = 0;
            while (at < best.Count && weights[at] >= weight)
            {
                at++;
            }
            if (best.Count == count)
            {
                best.RemoveAt(count - 1);
            }
            best.Insert(at, hub);
            weights[at..^1].CopyTo(weights[(at + 1)..]);
            weights[at] = weight;
        }
        least = weights[^1];
        return best;
    }

    /// <summary>A peer's place in the order of weights.</summary>
    public static ulong NumberOf(PeerId peer)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Size];
        peer.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ Mix(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])) ^ BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    // A hash per hub and peer would cost a thousand hubs 0.4 ms an announcement; nothing secret hangs on this one (docs/protocol/mesh.md, "Owners").
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
