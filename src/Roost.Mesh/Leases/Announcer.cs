using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Leases;

/// <summary>Puts the leases of peers that are here where others look for them, and keeps them there while hubs come and go.</summary>
internal sealed class Announcer(MeshState mesh, Roll roll, Rendezvous rendezvous)
{
    private const int PerFrame = 200;
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<PeerKey, Local> _locals = [];
    private List<KnownHub> _candidates = [];
    private bool _selfWasCandidate;
    private bool _adjusting;

    private static readonly List<KnownHub?> None = []; // Never changed: owners are placed as a whole.

    private sealed class Local(Lease lease)
    {
        public Lease Lease { get; set; } = lease;

        /// <summary>Mode O: who has it. Mode F keeps this per hub.</summary>
        public List<KnownHub?> Owners { get; private set; } = None;

        /// <summary>Its place in the order of weights; a hub's weight follows from it.</summary>
        public ulong Number { get; } = Rendezvous.NumberOf(lease.Key.Peer);

        private ulong _least;

        public void Place(List<KnownHub?> owners, ulong least) => (Owners, _least) = (owners, least);

        /// <summary>Whether owners are missing, or one of some newcomers is to be one.</summary>
        public bool MustMove(Rendezvous rendezvous, List<KnownHub> newcomers, int wanted)
        {
            foreach (var owner in Owners)
            {
                if (owner is { WasCandidate: false })
                {
                    return true;
                }
            }
            foreach (var hub in newcomers)
            {
                if (Owners.Count < wanted || rendezvous.WeightOf(hub, Number) > _least)
                {
                    return true;
                }
            }
            return false;
        }
    }

    public int Count => _locals.Count;

    public bool Has(PeerKey key) => _locals.ContainsKey(key);

    public Lease? Get(PeerKey key) => _locals.TryGetValue(key, out var local) ? local.Lease : null;

    public void Entered(PeerKey key, AuthProof? proof)
    {
        ulong seq = proof?.Seq ?? (ulong)mesh.Now.UnixMilliseconds;
        var local = new Local(new Lease(key, mesh.SelfShort, seq, (ushort)mesh.Options.LeaseTtl.TotalSeconds, proof));
        _locals[key] = local;
        Place(local);
    }

    public void Left(PeerKey key)
    {
        if (!_locals.Remove(key, out var local))
        {
            return;
        }
        var drop = new MeshFrame.Drop(key, local.Lease.Seq);
        foreach (var owner in rendezvous.IsFull ? rendezvous.OwnersOf(key.Peer) : local.Owners)
        {
            if (owner is { IsUp: true })
            {
                mesh.Send(owner, drop);
            }
        }
    }

    /// <summary>Puts a lease again, after whoever stood against it is gone.</summary>
    public void Again(PeerKey key)
    {
        if (_locals.TryGetValue(key, out var local))
        {
            Place(local);
        }
    }

    /// <summary>Somebody came, went or lost what it had: soon the right hubs have the right leases again.</summary>
    public void AdjustSoon()
    {
        if (!_adjusting)
        {
            _adjusting = true;
            mesh.Later(Settle, "move leases", Adjust);
        }
    }

    /// <summary>All again: others had believed this hub dead, or time has come to repeat them.</summary>
    public void RepeatAll()
    {
        foreach (var hub in roll.Owners)
        {
            hub.NeedsLeases = true;
        }
        AdjustSoon();
    }

    /// <summary>Repeats leases before they run out, a tenth at a time.</summary>
    public void Repeat(int part, int parts)
    {
        var puts = new Dictionary<KnownHub, List<Lease>>();
        foreach (var (key, local) in _locals)
        {
            if (local.Number % (uint)parts == (uint)part)
            {
                foreach (var owner in rendezvous.IsFull ? rendezvous.OwnersOf(key.Peer) : local.Owners)
                {
                    if (owner is { IsUp: true })
                    {
                        Add(puts, owner, local.Lease);
                    }
                }
            }
        }
        SendAll(puts);
    }

    private void Adjust()
    {
        _adjusting = false;
        bool modeChanged = rendezvous.Refresh();
        var puts = new Dictionary<KnownHub, List<Lease>>();
        if (rendezvous.IsFull)
        {
            foreach (var hub in roll.Owners.Where(hub => hub.NeedsLeases || !hub.IsOwner))
            {
                puts[hub] = [.. _locals.Values.Select(local => local.Lease)];
            }
        }
        else
        {
            MoveChanged(puts, all: modeChanged || _selfWasCandidate != roll.SelfMayOwn);
        }
        foreach (var hub in roll.Owners)
        {
            hub.NeedsLeases = false;
            hub.IsOwner = rendezvous.IsFull;
        }
        SendAll(puts);
    }

    /// <summary>Mode O: only leases whose owners changed are looked at closely; in a large mesh somebody comes or goes all the time.</summary>
    private void MoveChanged(Dictionary<KnownHub, List<Lease>> puts, bool all)
    {
        foreach (var former in _candidates)
        {
            former.WasCandidate &= former.MayOwn;
        }
        var newcomers = roll.Owners.Where(hub => !hub.WasCandidate).ToList();
        _candidates = roll.Owners;
        _selfWasCandidate = roll.SelfMayOwn;
        newcomers.ForEach(hub => hub.WasCandidate = true);
        foreach (var local in _locals.Values)
        {
            var before = local.Owners;
            if (all || local.MustMove(rendezvous, newcomers, mesh.Options.Owners))
            {
                local.Place(rendezvous.OwnersOf(local.Lease.Key.Peer, out ulong least), least);
            }
            foreach (var owner in local.Owners)
            {
                if (owner is not null && (all || owner.NeedsLeases || (before != local.Owners && !before.Contains(owner))))
                {
                    Add(puts, owner, local.Lease);
                }
            }
        }
    }

    private void Place(Local local)
    {
        var owners = rendezvous.OwnersOf(local.Lease.Key.Peer, out ulong least);
        if (!rendezvous.IsFull)
        {
            local.Place(owners, least);
        }
        var put = new MeshFrame.Put([local.Lease]);
        foreach (var owner in owners)
        {
            if (owner is not null)
            {
                mesh.Counters.PutsOut++;
                mesh.Send(owner, put);
            }
        }
    }

    private void SendAll(Dictionary<KnownHub, List<Lease>> puts)
    {
        foreach (var (hub, leases) in puts)
        {
            mesh.Counters.PutsOut += leases.Count;
            foreach (var part in leases.Chunk(PerFrame))
            {
                mesh.Send(hub, new MeshFrame.Put(part));
            }
        }
    }

    private static void Add(Dictionary<KnownHub, List<Lease>> puts, KnownHub owner, Lease lease) =>
        (puts.TryGetValue(owner, out var list) ? list : puts[owner] = []).Add(lease);
}
