using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Worlds;

/// <summary>
/// A mesh of shipped cores in one thread and virtual time. Frames pass as the shipped serializer's bytes over streams with latency, jitter and stalls;
/// only the handshake's arithmetic is left out. The same options give the same run.
/// </summary>
public sealed partial class World
{
    /// <summary>The dialect of simulated peers.</summary>
    public const string Dialect = "sim";

    private readonly PriorityQueue<Action, (long At, long Order)> _due = new();
    private readonly Dictionary<string, WorldHub> _byUrl = [];
    private readonly Dictionary<HubId, WorldHub> _byId = [];
    private uint _trials;
    private readonly Dictionary<HubRecord, HubRecord?> _records = new(new BySignature());
    private readonly List<MeshFrame> _frames = [];
    private readonly Dictionary<PeerId, WorldHub> _homes = [];
    private Func<WorldHub, WorldHub, bool> _cut = static (_, _) => false;
    private long _order;

    /// <summary>Makes the hubs; nothing has happened yet.</summary>
    public World(WorldOptions options)
    {
        Options = options;
        Dice = new SeededDice((ulong)options.Seed);
        for (int i = 0; i < options.Hubs; i++)
        {
            AddHub(TimeSpan.FromTicks((long)(options.StartWithin.Ticks * Dice.NextDouble())));
        }
    }

    /// <summary>What was asked for.</summary>
    public WorldOptions Options { get; }

    /// <summary>The world's own dice.</summary>
    public SeededDice Dice { get; }

    /// <summary>Virtual time since the start.</summary>
    public Instant Now { get; private set; }

    /// <summary>All hubs, dead ones too.</summary>
    public List<WorldHub> Hubs { get; } = [];

    /// <summary>Events so far.</summary>
    public long Steps { get; private set; }

    /// <summary>A signal reached a peer: to whom, from whom, its bytes.</summary>
    public event Action<PeerId, PeerId, ReadOnlyMemory<byte>>? Delivered;

    /// <summary>A number for each trial of signals, so that trials tell theirs apart.</summary>
    internal uint NextTrial() => _trials++;

    /// <summary>A guest was told of another: to whom, of whom.</summary>
    public Action<PeerId, PeerId> Introduced { get; set; } = static (_, _) => { };

    /// <summary>A signal was refused to its sender.</summary>
    public Action<PeerId> Refused { get; set; } = static _ => { };

    /// <summary>The hubs that run.</summary>
    public IEnumerable<WorldHub> Running => Hubs.Where(hub => hub is { IsRunning: true, IsPaused: false });

    /// <summary>Adds a hub that starts after <paramref name="wait"/>.</summary>
    public WorldHub AddHub(TimeSpan wait)
    {
        var hub = new WorldHub(Hubs.Count, Options, Accept);
        Hubs.Add(hub);
        if (!hub.IsLeaf)
        {
            _byUrl[hub.Url] = hub;
        }
        _byId[hub.Id] = hub;
        After(hub.Number == 0 ? TimeSpan.Zero : wait, () => Start(hub));
        return hub;
    }

    /// <summary>Runs for a while.</summary>
    public void RunFor(TimeSpan span) => RunUntil(Now + span);

    /// <summary>Runs until a moment.</summary>
    public void RunUntil(Instant end)
    {
        while (_due.TryPeek(out var act, out var at) && at.At <= end.Ticks)
        {
            _due.Dequeue();
            Now = new(at.At);
            Steps++;
            act();
        }
        Now = end;
    }

    /// <summary>Runs until something holds, looking every 50 ms. Null: it did not within the time.</summary>
    public TimeSpan? RunUntil(Func<bool> holds, TimeSpan atMost)
    {
        var start = Now;
        while (Now - start < atMost)
        {
            if (holds())
            {
                return Now - start;
            }
            RunFor(TimeSpan.FromMilliseconds(50));
        }
        return holds() ? Now - start : null;
    }

    /// <summary>Does something later.</summary>
    public void After(TimeSpan wait, Action act) => _due.Enqueue(act, ((Now + wait).Ticks, _order++));

    /// <summary>Kills a process. Its peers' links end either way; hubs hear of it at once by resets, or not at all.</summary>
    public void Kill(WorldHub hub, bool silently)
    {
        hub.IsRunning = false;
        foreach (var peer in hub.Peers)
        {
            _homes.Remove(peer);
        }
        foreach (var link in hub.Links.Values.ToList())
        {
            link.IsOpen = false;
            if (!silently && link.Carried is null)
            {
                var other = link.Other;
                After(Delay(), () => Down(other, LinkRefusal.None));
            }
        }
        hub.Links.Clear();
        hub.Carried.Clear();
    }

    /// <summary>Starts a process that was killed, with the same key.</summary>
    public void Revive(WorldHub hub)
    {
        hub.Restart();
        Start(hub);
    }

    /// <summary>Lets nothing pass between some pairs (from, to); streams that cross the cut stall.</summary>
    public void Cut(Func<WorldHub, WorldHub, bool> isCut) => _cut = isCut;

    /// <summary>Everything passes again.</summary>
    public void Mend() => _cut = static (_, _) => false;

    /// <summary>Gives an input to a hub.</summary>
    public void Tell(WorldHub hub, HubInput input)
    {
        if (hub.IsRunning)
        {
            hub.Core.Handle(input, hub.ClockAt(Now));
            Drain(hub);
        }
    }

    private void Start(WorldHub hub)
    {
        hub.IsRunning = true;
        Tell(hub, new HubInput.FromMesh(new MeshInput.Started()));
    }

    private void Drain(WorldHub hub)
    {
        while (hub.Core.TryTake(out var effect))
        {
            switch (effect)
            {
                case HubEffect.ToMesh mesh:
                    Perform(hub, mesh.Effect);
                    break;
                case HubEffect.Signal signal:
                    Delivered?.Invoke(signal.ToPeer, signal.From, signal.Body);
                    break;
                case HubEffect.Introduce introduce:
                    Introduced(introduce.ToPeer, introduce.Peer);
                    break;
                case HubEffect.Refuse { Why: Refusal.TargetUnknown, About: HubInput.Signal about }:
                    Refused(about.To);
                    break;
            }
        }
        foreach (var link in hub.Dirty)
        {
            SendBatch(link);
        }
        hub.Dirty.Clear();
        Arm(hub);
    }

    private void Arm(WorldHub hub)
    {
        var at = hub.WorldAt(hub.Core.NextWake?.At ?? Instant.Never);
        if (at >= hub.WakeAt && hub.WakeAt > Now)
        {
            return; // Armed for something earlier; then it looks again.
        }
        hub.WakeAt = at;
        if (at == Instant.Never)
        {
            return;
        }
        var core = hub.Core;
        After(at > Now ? at - Now : TimeSpan.Zero, () =>
        {
            if (!hub.IsRunning || hub.Core != core || hub.WakeAt != at)
            {
                return;
            }
            if (hub.IsPaused)
            {
                hub.WakeAt = Instant.Never;
                return;
            }
            hub.WakeAt = Instant.Never;
            core.Tick(hub.ClockAt(Now));
            if (core.NextWake is { } wake && wake.At < hub.ClockAt(Now))
            {
                throw new InvalidOperationException($"A core wants to be ticked in the past: {wake.Why}.");
            }
            Drain(hub);
        });
    }

    /// <summary>A machine stands still for a while.</summary>
    public void Pause(WorldHub hub, TimeSpan span)
    {
        hub.IsPaused = true;
        After(span, () =>
        {
            hub.IsPaused = false;
            hub.WakeAt = Instant.Never;
            Arm(hub);
        });
    }

    private TimeSpan Delay() => Options.Latency + TimeSpan.FromTicks((long)(Options.Jitter.Ticks * Dice.NextDouble()));

    private HubRecord? Accept(HubRecord record)
    {
        if (!_records.TryGetValue(record, out var accepted))
        {
            _records[record] = accepted = record.IsValid() ? record : null;
        }
        return accepted;
    }

    private sealed class BySignature : IEqualityComparer<HubRecord>
    {
        public bool Equals(HubRecord? x, HubRecord? y) =>
            x!.Signature.Span.SequenceEqual(y!.Signature.Span) && x.Key == y.Key && x.Incarnation == y.Incarnation && x.Flags == y.Flags && x.Region == y.Region && x.Urls.SequenceEqual(y.Urls);

        public int GetHashCode(HubRecord record) => BitConverter.ToInt32(record.Signature.Span);
    }
}
