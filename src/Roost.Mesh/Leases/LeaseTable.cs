using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Leases;

/// <summary>Where peers are: leases that their homes put here, and answers to look-ups for a short while.</summary>
internal sealed class LeaseTable(MeshState mesh, Roll roll)
{
    private readonly Dictionary<PeerKey, Entry> _leases = [];
    private readonly Dictionary<ulong, HashSet<PeerKey>> _byHome = [];
    private readonly Dictionary<PeerKey, Entry> _routes = [];
    private readonly Queue<(PeerKey Key, Instant Until)> _routesInOrder = [];

    private sealed class Entry(Lease lease, Instant until)
    {
        public Lease Lease { get; set; } = lease;

        public Instant Until { get; set; } = until;

        /// <summary>The peer's signature has been checked, or there is none to check.</summary>
        public bool IsChecked { get; set; } = !lease.IsBound;
    }

    public int Count => _leases.Count;

    /// <summary>Where a peer is, as far as is known here and its home lives. Signatures are checked at the first use.</summary>
    public Lease? Get(PeerKey key) => GetFrom(_leases, key) ?? GetFrom(_routes, key);

    /// <summary>What was put here, for answering others.</summary>
    public Lease? GetOwned(PeerKey key) => GetFrom(_leases, key);

    /// <summary>Takes in a lease of the hub that a link names. Returns the one that stays.</summary>
    public Lease? Put(Lease lease, KnownHub home)
    {
        if (lease.Home != home.Id.Short || (_byHome.TryGetValue(lease.Home, out var of) && of.Count >= MostOfOne && !of.Contains(lease.Key)))
        {
            mesh.Counters.BadLeases++;
            return null;
        }
        var until = mesh.Now + TimeSpan.FromSeconds(Math.Min(lease.Ttl, mesh.Options.LeaseTtl.TotalSeconds));
        if (_leases.TryGetValue(lease.Key, out var entry) && entry.Until > mesh.Now)
        {
            if (entry.Lease.Home == lease.Home)
            {
                if (entry.Lease.Seq != lease.Seq || entry.Lease.IsBound != lease.IsBound)
                {
                    entry.IsChecked = !lease.IsBound;
                    entry.Lease = lease;
                }
                entry.Until = until;
                return lease;
            }
            // Two homes: now it matters who may say so.
            bool lives = roll.Find(entry.Lease.Home) is { IsUp: true };
            bool stays = lives && !lease.Beats(entry.Lease) && Check(entry);
            if (stays || (lease.IsBound && !lease.Proof!.Proves(lease, home.Key)))
            {
                return stays ? entry.Lease : null;
            }
            Remove(lease.Key);
        }
        _leases[lease.Key] = new(lease, until);
        (_byHome.TryGetValue(lease.Home, out of) ? of : _byHome[lease.Home] = []).Add(lease.Key);
        _routes.Remove(lease.Key);
        return lease;
    }

    /// <summary>Its home says that it is gone.</summary>
    public void Drop(PeerKey key, ulong seq, KnownHub home)
    {
        if (_leases.TryGetValue(key, out var entry) && entry.Lease.Home == home.Id.Short && entry.Lease.Seq <= seq)
        {
            Remove(key);
        }
        Invalidate(key);
    }

    /// <summary>Remembers an answer.</summary>
    public void Learn(Lease lease)
    {
        while (_routesInOrder.TryPeek(out var oldest) && (oldest.Until <= mesh.Now || _routes.Count >= mesh.Options.MaxRoutes))
        {
            _routesInOrder.Dequeue();
            if (_routes.TryGetValue(oldest.Key, out var old) && old.Until <= oldest.Until)
            {
                _routes.Remove(oldest.Key);
            }
        }
        var until = mesh.Now + mesh.Options.RouteFor;
        _routes[lease.Key] = new(lease, until);
        _routesInOrder.Enqueue((lease.Key, until));
    }

    /// <summary>An answer turned out wrong.</summary>
    public void Invalidate(PeerKey key) => _routes.Remove(key);

    /// <summary>All that a home put here goes with it.</summary>
    public void ForgetHome(ulong home)
    {
        if (_byHome.Remove(home, out var keys))
        {
            foreach (var key in keys)
            {
                _leases.Remove(key);
            }
        }
    }

    /// <summary>Drops what ran out.</summary>
    public void Sweep()
    {
        foreach (var key in _leases.Where(pair => pair.Value.Until <= mesh.Now).Select(pair => pair.Key).ToList())
        {
            Remove(key);
        }
    }

    // Keys of hubs cost nothing: many of them shall not fill the memory.
    private int MostOfOne => _leases.Count < mesh.Options.MaxLeases ? mesh.Options.MaxLeasesPerHome : Math.Min(mesh.Options.MaxLeasesPerHome, mesh.Options.MaxLeases / _byHome.Count);

    private Lease? GetFrom(Dictionary<PeerKey, Entry> table, PeerKey key)
    {
        if (!table.TryGetValue(key, out var entry) || entry.Until <= mesh.Now || roll.Find(entry.Lease.Home) is not { IsUp: true })
        {
            return null;
        }
        return Check(entry) ? entry.Lease : null;
    }

    private bool Check(Entry entry)
    {
        if (entry.IsChecked)
        {
            return true;
        }
        if (roll.Find(entry.Lease.Home) is { } home && entry.Lease.Proof!.Proves(entry.Lease, home.Key))
        {
            return entry.IsChecked = true;
        }
        mesh.Counters.BadLeases++;
        Remove(entry.Lease.Key);
        _routes.Remove(entry.Lease.Key);
        return false;
    }

    private void Remove(PeerKey key)
    {
        if (_leases.Remove(key, out var entry) && _byHome.TryGetValue(entry.Lease.Home, out var of) && of.Remove(key) && of.Count == 0)
        {
            _byHome.Remove(entry.Lease.Home);
        }
    }
}
