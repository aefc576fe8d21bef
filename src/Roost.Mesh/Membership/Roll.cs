using System.Buffers.Binary;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;

namespace Roost.Mesh.Membership;

/// <summary>Every hub that is known, in which state, and this hub's own record. SWIM's rules: a higher incarnation wins, at the same one the worse news.</summary>
internal sealed class Roll
{
    private readonly MeshState _mesh;
    private readonly Dictionary<ulong, KnownHub> _hubs = [];
    private List<KnownHub>? _owners;
    private byte _flags;

    public Roll(MeshState mesh) => _mesh = mesh;

    public HubRecord Own { get; private set; } = null!;

    public IReadOnlyCollection<KnownHub> All => _hubs.Values;

    /// <summary>Changes whenever somebody comes, goes, or changes its record.</summary>
    public int Version { get; private set; }

    /// <summary>Hubs of which something changed since the fingerprint was last looked at.</summary>
    public HashSet<KnownHub> Touched { get; } = [];

    /// <summary>News to be passed on.</summary>
    public Action<HubRecord?, HubView?> Publish { get; set; } = static (_, _) => { };

    /// <summary>A hub was declared dead.</summary>
    public Action<KnownHub> Died { get; set; } = static _ => { };

    /// <summary>A hub came, came back, or changed its record.</summary>
    public Action<KnownHub> Changed { get; set; } = static _ => { };

    /// <summary>Others believed this hub dead and may have dropped what it gave them.</summary>
    public Action Refuted { get; set; } = static () => { };

    public bool IsDraining => (_flags & HubRecord.Draining) != 0;

    /// <summary>Hubs that may own leases, without this one, in the order of their ids' short form.</summary>
    public List<KnownHub> Owners => _owners ??= [.. _hubs.Values.Where(hub => hub.MayOwn).OrderBy(hub => hub.Id.Short)];

    public bool SelfMayOwn => Own.MayOwn;

    public int Up => _hubs.Values.Count(hub => hub.IsUp);

    public void Start() => Sign((ulong)_mesh.Now.UnixMilliseconds);

    public KnownHub? Find(ulong shortId) => _hubs.GetValueOrDefault(shortId);

    public KnownHub? Find(HubId id) => _hubs.TryGetValue(id.Short, out var hub) && hub.Id == id ? hub : null;

    /// <summary>The hub behind a key that was proven or signed; null when the table is full or its short id is taken by another.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="id">What follows from the key.</param>
    /// <param name="isLinked">It is at the other end of a link: it gets the place of one that is only told of.</param>
    public KnownHub? Meet(PublicKey key, HubId id, bool isLinked = false)
    {
        if (_hubs.TryGetValue(id.Short, out var known))
        {
            return known.Id == id ? known : null;
        }
        if (_hubs.Count >= _mesh.Options.MaxHubs && !ForgetOne(isLinked))
        {
            return null;
        }
        var hub = new KnownHub(id, key, _mesh.Neighbours) { Since = _mesh.Now };
        _hubs.Add(id.Short, hub);
        Touch(hub);
        return hub;
    }

    /// <summary>Takes in a record. True: it was news.</summary>
    /// <param name="record">Not checked yet.</param>
    /// <param name="from">The class of the link it came by: what it may make this hub dial.</param>
    public bool Update(HubRecord record, Reach from)
    {
        if (record.Id == _mesh.SelfId)
        {
            if (record.Incarnation > Own.Incarnation && _mesh.Options.Accept(record) is not null)
            {
                // An earlier run with a clock ahead of ours, or a second process with this key: outbid it.
                Sign(record.Incarnation + 1);
                Publish(Own, null);
                Refuted();
            }
            return false;
        }
        var known = Find(record.Id);
        if (known?.Record is { } same && record.Incarnation <= known.Incarnation)
        {
            if (known.Urls.Count < same.Urls.Count)
            {
                LearnUrls(known, same, from); // Perhaps it came by a stranger first, and now by somebody as near.
            }
            return false;
        }
        if (_mesh.Options.Accept(record) is not { } accepted)
        {
            _mesh.Counters.BadRecords++;
            return false;
        }
        var hub = known ?? Meet(record.Key, record.Id);
        if (hub is null)
        {
            return false;
        }
        if (hub.Record is null)
        {
            _mesh.Notice(false, $"hub {hub.Id.ToShortString()} joined the mesh");
        }
        hub.Record = accepted;
        LearnUrls(hub, accepted, from);
        SetState(hub, HubState.Alive);
        Touch(hub);
        Changed(hub);
        return true;
    }

    /// <summary>Somebody doubts that a hub lives. True: it was news.</summary>
    /// <remarks>
    /// A doubt is signed by nobody, so it counts only about the incarnation whose record, which is signed, is known here: else whoever invents a number could use up a hub's
    /// incarnations, or have one doubt passed on without end. One about a later record is mended when that record has come (<see cref="Overlay.Reconciler"/>).
    /// </remarks>
    public bool Doubt(HubId id, ulong incarnation)
    {
        if (id == _mesh.SelfId)
        {
            if (incarnation == Own.Incarnation)
            {
                Sign(incarnation + 1);
                Publish(Own, null);
                Refuted();
            }
            return false;
        }
        if (Find(id) is not { } hub || incarnation != hub.Incarnation || hub.State != HubState.Alive)
        {
            return false;
        }
        if (hub.Link is { } link && _mesh.Now - link.LastHeard < _mesh.Options.SuspectAfter)
        {
            return true; // Heard from it just now; it shall hear of the doubt and refute it.
        }
        Suspect(hub);
        return true;
    }

    /// <summary>This hub itself doubts that another lives.</summary>
    public void SuspectAndTell(KnownHub hub)
    {
        if (hub.State == HubState.Alive)
        {
            Suspect(hub);
            Publish(null, new HubView(hub.Id, hub.Incarnation, true));
        }
    }

    /// <summary>It said itself that it goes down.</summary>
    public void SaidGoodbye(KnownHub hub)
    {
        SuspectAndTell(hub);
        if (hub.IsUp)
        {
            Bury(hub);
        }
    }

    /// <summary>Seen with own eyes.</summary>
    public void Alive(KnownHub hub)
    {
        if (hub.State != HubState.Alive)
        {
            if (hub.Record is not null)
            {
                // Others must hear it from itself, under a new incarnation.
                _mesh.Tell(hub, new MeshFrame.News([], [new HubView(hub.Id, hub.Incarnation, true)]));
            }
            SetState(hub, HubState.Alive);
            Touch(hub);
            Changed(hub);
        }
    }

    public void Drain(bool leaving)
    {
        _flags = leaving ? HubRecord.Draining : (byte)0;
        Resign();
    }

    /// <summary>Says anew where this hub is and what it may do.</summary>
    public void Resign()
    {
        Sign(Own.Incarnation + 1);
        Publish(Own, null);
    }

    private void Suspect(KnownHub hub)
    {
        SetState(hub, HubState.Suspect);
        var since = hub.Since;
        double seconds = Math.Max(2, 2 * Math.Log10(_hubs.Count + 1));
        _mesh.Later(TimeSpan.FromSeconds(seconds), "nobody refuted a suspicion", () =>
        {
            if (hub.State == HubState.Suspect && hub.Since == since)
            {
                Bury(hub);
            }
        });
    }

    private void Bury(KnownHub hub)
    {
        SetState(hub, HubState.Dead);
        _mesh.Counters.Deaths++;
        hub.NeedsLeases = true;
        hub.IsNeighbour = false;
        if (hub.Link is { } link)
        {
            _mesh.Close(link, LinkRefusal.Silent);
        }
        Touch(hub);
        Died(hub);
    }

    private void SetState(KnownHub hub, HubState state)
    {
        if (hub.State == HubState.Dead && state == HubState.Alive && hub.Record is not null)
        {
            _mesh.Notice(false, $"hub {hub.Id.ToShortString()} is back");
        }
        hub.State = state;
        hub.Since = _mesh.Now;
    }

    private void Sign(ulong incarnation)
    {
        var urls = _mesh.Options.Urls();
        byte flags = (byte)(_flags | (urls.Count == 0 ? HubRecord.Leaf : 0));
        Own = HubRecord.Sign(_mesh.Options.Self.Key, incarnation, flags, _mesh.Options.Region, [.. urls.Take(HubRecord.MaxUrls)]);
        Touch(null);
    }

    private static void LearnUrls(KnownHub hub, HubRecord record, Reach from)
    {
        // Named by the operator stays; so does what was told by somebody as near, if it is still named, whoever brings the newer record.
        hub.Urls.RemoveAll(url => url.Allowed is not null && !record.Urls.Contains(url.Url));
        foreach (string url in record.Urls)
        {
            if (Reaches.TryOf(url, out var reach) && (reach == from || reach == Reach.Public) && !hub.Urls.Exists(known => known.Url == url))
            {
                hub.Urls.Add((url, from));
            }
        }
        hub.NextUrl = 0;
    }

    private bool ForgetOne(bool oneToldOf)
    {
        var oldest = _hubs.Values.Where(hub => !hub.IsUp).MinBy(hub => hub.Since)
            ?? (oneToldOf ? _hubs.Values.Where(hub => hub is { Link: null, IsDialling: false, Pending.Count: 0 }).MaxBy(hub => hub.Since) : null);
        if (oldest is not null)
        {
            Forget(oldest);
        }
        return oldest is not null;
    }

    /// <summary>Forgets hubs dead for longer than they are dialled.</summary>
    public void ForgetOld()
    {
        foreach (var hub in _hubs.Values.Where(hub => !hub.IsUp && _mesh.Now - hub.Since > _mesh.Options.ForgetAfter).ToList())
        {
            Forget(hub);
        }
    }

    private void Forget(KnownHub hub)
    {
        _hubs.Remove(hub.Id.Short);
        bool wasUp = hub.IsUp;
        hub.State = HubState.Dead;
        hub.IsForgotten = true;
        hub.IsNeighbour = false;
        Touch(hub);
        if (wasUp && hub.Run != 0)
        {
            Died(hub); // It was linked once and has left leases and members here, which nobody would clear away.
        }
    }

    // Null: this hub itself.
    private void Touch(KnownHub? hub)
    {
        Version++;
        _owners = null;
        if (hub is not null)
        {
            Touched.Add(hub);
        }
    }

    /// <summary>What this hub thinks of one, as compared between hubs.</summary>
    public static HubView ViewOf(KnownHub hub) => new(hub.Id, hub.Incarnation, !hub.IsUp);

    /// <summary>XOR of these over all hubs is a fingerprint.</summary>
    public static ulong Print(HubView view)
    {
        Span<byte> bytes = stackalloc byte[HubId.Size + 9];
        view.Hub.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[HubId.Size..], view.Incarnation);
        bytes[^1] = view.Dead ? (byte)1 : (byte)0;
        Span<byte> hash = stackalloc byte[32];
        Hashes.Sha256(bytes, hash);
        return HubId.ReadShort(hash);
    }
}
