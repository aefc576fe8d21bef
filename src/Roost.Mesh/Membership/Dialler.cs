using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;

namespace Roost.Mesh.Membership;

/// <summary>Opens links: to seeds for ever, to hubs that frames wait for, to the dead once in a while.</summary>
internal sealed class Dialler
{
    private static readonly TimeSpan[] SeedRetry = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)];
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterTwin = TimeSpan.FromMinutes(1);

    private readonly MeshState _mesh;
    private readonly Roll _roll;
    private readonly Detours _detours;
    private readonly List<Seed> _seeds = [];
    private Instant _nextRedial = Instant.Epoch;
    private bool _lastWasDead;

    private sealed class Seed(string url)
    {
        public string Url { get; } = url;

        public HubId? Hub { get; set; }

        public bool IsDialling { get; set; }

        public bool IsSelf { get; set; }

        public int Failures { get; set; }

        /// <summary>What the operator was told last: once for each cause, not for each try.</summary>
        public LinkRefusal Told { get; set; }

        /// <summary>The operator was told that nothing answers.</summary>
        public bool ToldSilent { get; set; }

        /// <summary>Looked for of its own accord, so that nobody is told when it is not there.</summary>
        public bool IsGuess { get; init; }

        public Instant NotBefore { get; set; } = Instant.Epoch;
    }

    public Dialler(MeshState mesh, Roll roll, Detours detours)
    {
        _mesh = mesh;
        _roll = roll;
        _detours = detours;
        detours.GaveUp = hub =>
        {
            if (!hub.IsDialling)
            {
                Abandon(hub);
            }
        };
        mesh.Want = Want;
        foreach (string url in mesh.Options.Seeds)
        {
            AddSeed(url);
        }
        foreach (string url in mesh.Options.Guesses)
        {
            AddSeed(url, isGuess: true);
        }
    }

    /// <summary>What waited for a link that will not come.</summary>
    public Action<KnownHub, MeshFrame> GaveUp { get; set; } = static (_, _) => { };

    public void AddSeed(string url, bool isGuess = false)
    {
        string door = Reaches.DoorOf(url);
        if (!_seeds.Exists(seed => seed.Url == door))
        {
            _seeds.Add(new Seed(door) { IsGuess = isGuess });
        }
    }

    public void Sweep()
    {
        foreach (var seed in _seeds)
        {
            bool met = seed.Hub is { } id && _roll.Find(id) is { State: HubState.Alive };
            if (!met && !seed.IsSelf && !seed.IsDialling && _mesh.Now >= seed.NotBefore)
            {
                seed.IsDialling = true;
                _mesh.Emit(new MeshEffect.Dial(seed.Url, null, null));
            }
        }
        if (_mesh.Now >= _nextRedial)
        {
            _nextRedial = _mesh.Now + _mesh.Options.RedialEvery;
            Redial();
            _roll.ForgetOld();
        }
    }

    // One at a time, by turns: the dead, and those that are reached through a third hub, whose direct way may work again.
    private void Redial()
    {
        var carried = _roll.All.Where(hub => hub is { Link.IsCarried: true, Urls.Count: > 0, IsDialling: false }).ToList();
        var dead = _roll.All.Where(hub => hub is { IsUp: false, Urls.Count: > 0, IsDialling: false }).ToList();
        _lastWasDead = dead.Count > 0 && (carried.Count == 0 || !_lastWasDead);
        var due = _lastWasDead ? dead : carried;
        if (due.Count > 0)
        {
            var hub = due[_mesh.Dice.Next(due.Count)];
            hub.NextUrl = 0; // The others follow when it fails.
            Dial(hub);
        }
    }

    public void Want(KnownHub hub)
    {
        if (hub.Link is not null)
        {
            return;
        }
        if (hub.IsDialling)
        {
            if (hub.Pending.Count == 1)
            {
                CarryLater(hub); // When it was dialled nothing waited for it.
            }
            return;
        }
        if (hub.Urls.Count == 0)
        {
            _detours.Begin(hub);
        }
        else if (_mesh.Now >= hub.NotBefore)
        {
            hub.NextUrl = 0;
            Dial(hub);
        }
        else
        {
            _mesh.Timers.At(hub.NotBefore, "dial again", () => Again(hub));
        }
    }

    public void Opened(Link link, string? url)
    {
        link.Hub.IsDialling = false;
        link.Hub.NotBefore = Instant.Epoch;
        if (url is null)
        {
            return;
        }
        foreach (var seed in _seeds.Where(seed => seed.Url == url))
        {
            (seed.Hub, seed.IsDialling, seed.Failures, seed.Told, seed.ToldSilent) = (link.Hub.Id, false, 0, LinkRefusal.None, false);
            if (!link.Hub.Urls.Exists(known => known.Url == url))
            {
                link.Hub.Urls.Insert(0, (url, null));
            }
        }
    }

    public void Failed(MeshInput.DialFailed failed)
    {
        foreach (var seed in _seeds.Where(seed => seed.IsDialling && seed.Url == failed.Url))
        {
            seed.IsDialling = false;
            seed.IsSelf |= failed.Why == LinkRefusal.Self;
            bool passes = failed.Why is LinkRefusal.None or LinkRefusal.TooSlow or LinkRefusal.Surplus;
            seed.NotBefore = _mesh.Now + (passes ? SeedRetry[Math.Min(seed.Failures++, SeedRetry.Length - 1)] : AfterTwin);
            if (!passes && seed.Told != failed.Why)
            {
                seed.Told = failed.Why;
                _mesh.Notice(failed.Why is not LinkRefusal.Self, Explain(failed));
            }
            else if (passes && !seed.ToldSilent && !seed.IsGuess && seed.Failures > 1) // The first try may come before the other hub listens.
            {
                seed.ToldSilent = true;
                _mesh.Notice(false, $"{failed.Url} cannot be reached{(failed.Detail.Length > 0 ? $" ({failed.Detail})" : "")}; it is tried again every {SeedRetry[^1].TotalSeconds:0} s.");
            }
        }
        if (failed.Wanted is not { } id || _roll.Find(id) is not { IsDialling: true } hub)
        {
            return;
        }
        hub.IsDialling = false;
        if (hub.Link is not null || failed.Why == LinkRefusal.Surplus)
        {
            return; // Its own dial was faster.
        }
        hub.NextUrl++;
        if (hub.NextUrl < hub.Urls.Count)
        {
            Dial(hub);
            return;
        }
        hub.NextUrl = 0;
        hub.NotBefore = _mesh.Now + (failed.Why == LinkRefusal.Twin ? AfterTwin : AfterFailure);
        Abandon(hub);
        if (hub.IsUp)
        {
            _detours.Begin(hub);
            _roll.SuspectAndTell(hub);
        }
    }

    /// <summary>A hub that cannot reach us asked for a link.</summary>
    public void CalledBy(HubId by)
    {
        if (_roll.Find(by) is { Urls.Count: > 0 } hub && (hub.Link is not { } link || _mesh.Now - link.LastHeard >= _mesh.Options.PingAfter))
        {
            hub.NextUrl = 0;
            if (!hub.IsDialling && _mesh.Now >= hub.NotBefore)
            {
                hub.NotBefore = _mesh.Now + AfterFailure;
                Dial(hub);
            }
        }
    }

    public void Abandon(KnownHub hub)
    {
        while (hub.Pending.TryDequeue(out var frame))
        {
            GaveUp(hub, frame);
        }
        hub.NeedsLeases = true;
    }

    private void Again(KnownHub hub)
    {
        if (hub.Pending.Count > 0 && hub.Link is null)
        {
            Want(hub);
        }
    }

    private void Dial(KnownHub hub)
    {
        hub.IsDialling = true;
        var (url, allowed) = hub.Urls[Math.Min(hub.NextUrl, hub.Urls.Count - 1)];
        _mesh.Emit(new MeshEffect.Dial(url, hub.Id, allowed));
        CarryLater(hub);
    }

    private void CarryLater(KnownHub hub) => _mesh.Later(_mesh.Options.CarryAfter, "a dial takes long", () =>
    {
        if (hub is { IsDialling: true, Link: null, State: HubState.Alive, Pending.Count: > 0 })
        {
            _detours.Begin(hub);
        }
    });

    private static string Explain(MeshInput.DialFailed failed) => failed.Why switch
    {
        LinkRefusal.Self => $"{failed.Url} is this hub itself; it is not dialled again.",
        LinkRefusal.OtherMesh => $"{failed.Url} belongs to another mesh; hubs of one mesh have the same APP_ID.",
        LinkRefusal.OtherVersion => $"{failed.Url} speaks another version of the hub protocol; update the older of the two.",
        LinkRefusal.Twin => $"{failed.Url} has this hub's own key, in another process; give every hub a data directory of its own.",
        LinkRefusal.ForeignAuthority => $"{failed.Url} does not answer to that name; its operator can add it with PUBLIC_URL.",
        LinkRefusal.BadProof => $"{failed.Url} did not prove its key, or has another mesh key.",
        LinkRefusal.BadMessage => $"{failed.Url} is no hub of this kind.",
        _ => $"{failed.Url} refused the link: {failed.Why}.",
    };
}
