using Roost.Core.Identity;
using Roost.Mesh.Hubs;
using Roost.Testing;

namespace Roost.Tests.Mesh.Hubs;

/// <summary>A hub core in virtual time, and everything it has asked for.</summary>
internal sealed class HubRig
{
    private readonly SimWorld.Simulated<HubInput, HubEffect> _hub;

    public HubRig(HubLimits? limits = null, int seed = 1)
    {
        World = new SimWorld(seed);
        Core = new HubCore(limits ?? new(), World.Dice);
        _hub = World.Add(Core, effect =>
        {
            Effects.Add(effect);
            Performed?.Invoke(effect);
        });
    }

    public SimWorld World { get; }

    public HubCore Core { get; }

    public List<HubEffect> Effects { get; } = [];

    public Action<HubEffect>? Performed { get; set; }

    public static PeerId Peer(int n) => PeerId.TryParse($"{n:x8}{n * 7919:x8}{new string('0', 24)}", out var id) ? id : throw new ArgumentOutOfRangeException(nameof(n));

    public static RoomId Room(int n) => new(new(7, (ulong)n));

    public void Say(HubInput input) => _hub.Handle(input);

    /// <summary>What was asked for since the last look.</summary>
    public List<T> Take<T>() where T : HubEffect
    {
        var found = Effects.OfType<T>().ToList();
        Effects.Clear();
        return found;
    }

    /// <summary>The one refusal since the last look.</summary>
    public Refusal Refused() => Take<HubEffect.Refuse>().Single().Why;

    public ConnectionId Open(int n, string dialect = "roost", int address = 1)
    {
        var id = new ConnectionId(n);
        Say(new HubInput.Opened(id, dialect, new((UInt128)address)));
        return id;
    }

    public ConnectionId Enter(int n, int? peer = null, string network = "", int address = 1)
    {
        var id = Open(n, "roost", address);
        Say(new HubInput.Entered(id, Peer(peer ?? n), Bound: true, new("roost", network)));
        return id;
    }

    public ConnectionId Guest(int n, int? peer = null, string network = "global", int links = 3)
    {
        var id = Open(n, "pigeon");
        Say(new HubInput.Entered(id, Peer(peer ?? n), Bound: false, new("pigeon", "global")));
        Say(new HubInput.Announced(id, 0, new("pigeon", network), default, links));
        return id;
    }

    public void Join(ConnectionId id, int room, bool host = false, bool hostsOnly = false) =>
        Say(new HubInput.Joined(id, 5, Room(room), default, host, hostsOnly));
}
