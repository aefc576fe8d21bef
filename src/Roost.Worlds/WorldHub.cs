using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Worlds;

/// <summary>One simulated hub: the shipped core, and the ends of its links.</summary>
public sealed class WorldHub
{
    private readonly SigningKey _key;
    private readonly TimeSpan _skew;
    private readonly WorldOptions _options;
    private readonly Func<HubRecord, HubRecord?> _accept;

    internal WorldHub(int number, WorldOptions options, Func<HubRecord, HubRecord?> accept)
    {
        Number = number;
        _options = options;
        _accept = accept;
        Dice = new SeededDice((ulong)options.Seed * 1_000_003 + (ulong)number);
        _key = SigningKey.Generate(Dice);
        Id = HubId.OfKey(_key.PublicKey);
        _skew = options.Skew * (2 * Dice.NextDouble() - 1);
        Core = MakeCore();
    }

    /// <summary>From 0.</summary>
    public int Number { get; }

    /// <summary>Its id.</summary>
    public HubId Id { get; }

    /// <summary>The shipped core; another one after a restart.</summary>
    public HubCore Core { get; private set; }

    /// <summary>Whether its process runs.</summary>
    public bool IsRunning { get; internal set; }

    /// <summary>Whether it stands still, as a sleeping machine does.</summary>
    public bool IsPaused { get; internal set; }

    /// <summary>Whether nobody can dial it.</summary>
    public bool IsLeaf => Number >= _options.Hubs - _options.Leaves && Number < _options.Hubs;

    /// <summary>Whether it lies.</summary>
    public bool IsLiar { get; internal set; }

    /// <summary>Payload bytes it sent.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Frames it sent.</summary>
    public long FramesSent { get; internal set; }

    internal PublicKey Key => _key.PublicKey;

    internal string Url => $"ws://10.{Number >> 16}.{(Number >> 8) & 255}.{Number & 255}:3000/mesh";

    internal SeededDice Dice { get; }

    internal ulong Run { get; private set; }

    internal Dictionary<LinkId, WorldLink> Links { get; } = [];

    /// <summary>Links that a third hub carries, open or being opened.</summary>
    internal Dictionary<CarriedKey, WorldLink> Carried { get; } = [];

    internal List<WorldLink> Dirty { get; } = [];

    /// <summary>Peers that are here.</summary>
    public IReadOnlyCollection<PeerId> PeersHere => Peers;

    internal HashSet<PeerId> Peers { get; } = [];

    internal long LastLink { get; set; }

    internal Instant WakeAt { get; set; } = Instant.Never;

    internal Instant ClockAt(Instant world) => world + TimeSpan.FromDays(20_000) + _skew;

    internal Instant WorldAt(Instant clock) => clock == Instant.Never ? clock : clock - TimeSpan.FromDays(20_000) - _skew;

    internal void Restart()
    {
        Core = MakeCore();
        Links.Clear();
        Carried.Clear();
        Dirty.Clear();
        Peers.Clear();
    }

    private HubCore MakeCore()
    {
        Run = Dice.NextUInt64();
        var core = new HubCore(new HubLimits { PingAfter = TimeSpan.FromDays(10_000) }, Dice);
        core.JoinMesh(new MeshOptions
        {
            Self = new LinkSelf(_key, Run, "world", [], static _ => true),
            Urls = () => IsLeaf ? [] : [Url],
            Seeds = Number == 0 ? [] : [SeedUrl(Number)],
            Accept = _accept,
        });
        return core;
    }

    // The first hundred know the first hub; the others know one of those.
    private string SeedUrl(int number) => $"ws://10.0.0.{(number < 100 ? 0 : Dice.Next(100))}:3000/mesh";
}

/// <summary>Names a carried link at one of its ends: the link to the hub in the middle, the other end, the opener's number, and who that is.</summary>
internal readonly record struct CarriedKey(LinkId Via, HubId Other, uint Stream, bool IsMine)
{
    public CarryWay Way => IsMine ? CarryWay.None : CarryWay.Back;
}

/// <summary>One end of a simulated link.</summary>
internal sealed class WorldLink(LinkId id, WorldHub owner)
{
    public LinkId Id { get; } = id;

    public WorldHub Owner { get; } = owner;

    public WorldLink Other { get; set; } = null!;

    /// <summary>Null unless a third hub carries it.</summary>
    public CarriedKey? Carried { get; init; }

    /// <summary>Frames appended and not sent: the shipped serializer's bytes.</summary>
    public ByteWriter Batch { get; } = new(256);

    /// <summary>When what was sent last arrives: a stream keeps its order.</summary>
    public Instant ClearAt { get; set; }

    public bool IsOpen { get; set; } = true;
}
