using Roost.Core.Cores;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Leases;
using Roost.Mesh.Links;

namespace Roost.Worlds;

// Streams between hubs, and what liars do to them.
public sealed partial class World
{
    private static readonly TimeSpan Rto = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRto = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DialGivesUp = TimeSpan.FromSeconds(5);

    private void Perform(WorldHub hub, MeshEffect effect)
    {
        switch (effect)
        {
            case MeshEffect.Send send when hub.Links.TryGetValue(send.Link, out var link):
                if ((hub.IsLiar ? Lie(hub, send.Frame) : send.Frame) is not { } frame)
                {
                    break;
                }
                if (link.Batch.Length == 0)
                {
                    hub.Dirty.Add(link);
                }
                int before = link.Batch.Length;
                MeshCodec.Append(frame, link.Batch);
                Count(frame, link.Batch.Length - before);
                hub.FramesSent++;
                break;
            case MeshEffect.Dial dial:
                Dial(hub, dial);
                break;
            case MeshEffect.DialThrough dial:
                DialThrough(hub, dial);
                break;
            case MeshEffect.Carried carried:
                Carried(hub, carried, carried.Body.ToArray());
                break;
            case MeshEffect.Close close when hub.Links.Remove(close.Link, out var closed):
                SendBatch(closed);
                closed.IsOpen = false;
                if (closed.Carried is { } key)
                {
                    hub.Carried.Remove(key);
                    SayCarried(hub, key, CarryWay.Last, [(byte)close.Why]);
                    break;
                }
                EndCarriedBy(hub, close.Link);
                var other = closed.Other;
                var at = Later(closed.ClearAt, Now + Delay());
                After(at - Now, () => Down(other, close.Why));
                break;
        }
    }

    /// <summary>Frames and bytes by kind, over the whole run.</summary>
    public Dictionary<string, (long Frames, long Bytes)> Traffic { get; } = [];

    private void Count(MeshFrame frame, int bytes)
    {
        string kind = frame.GetType().Name;
        Traffic.TryGetValue(kind, out var sum);
        Traffic[kind] = (sum.Frames + 1, sum.Bytes + bytes);
    }

    private void Dial(WorldHub from, MeshEffect.Dial dial)
    {
        var core = from.Core;
        bool known = _byUrl.TryGetValue(dial.Url, out var to);
        var there = Delay();
        // Three packets: SYN and its answer, the upgrade, the handshake. Lost ones are repeated like any other.
        var took = there + Delay() + Stall() + Stall();
        After(took, () =>
        {
            bool answers = known && to!.IsRunning && !to.IsPaused && !_cut(from, to) && !_cut(to, from) && took < DialGivesUp;
            bool refused = known && !to!.IsRunning && !_silent.Contains(to) && !_cut(from, to);
            if (!answers)
            {
                After(refused ? TimeSpan.Zero : DialGivesUp, () => TellSame(from, core, new MeshInput.DialFailed(dial.Url, to == from ? LinkRefusal.Self : LinkRefusal.None, dial.Wanted)));
                return;
            }
            if (to == from)
            {
                TellSame(from, core, new MeshInput.DialFailed(dial.Url, LinkRefusal.Self, dial.Wanted));
                return;
            }
            if (from.Core != core || !from.IsRunning)
            {
                return;
            }
            var mine = new WorldLink(new(++from.LastLink), from);
            var their = new WorldLink(new(++to!.LastLink), to) { Other = mine };
            mine.Other = their;
            from.Links[mine.Id] = mine;
            to.Links[their.Id] = their;
            Tell(to, new HubInput.FromMesh(new MeshInput.LinkUp(their.Id, from.Key, from.Run, null, Reach.Private)));
            Tell(from, new HubInput.FromMesh(new MeshInput.LinkUp(mine.Id, to.Key, to.Run, dial.Url, Reach.Private)));
        });
    }

    private readonly HashSet<WorldHub> _silent = [];

    /// <summary>From here on, dialling a dead hub takes the whole time-out instead of being refused.</summary>
    public void MakeSilent(WorldHub hub) => _silent.Add(hub);

    /// <summary>From here on, a hub denies what it knows or claims everybody for itself, and drops what it should pass on.</summary>
    public static void MakeLiar(WorldHub hub) => hub.IsLiar = true;

    private void TellSame(WorldHub hub, HubCore core, MeshInput input)
    {
        if (hub.Core == core)
        {
            Tell(hub, new HubInput.FromMesh(input));
        }
    }

    private void SendBatch(WorldLink link)
    {
        if (link.Batch.Length == 0 || !link.IsOpen)
        {
            link.Batch.Clear();
            return;
        }
        var bytes = link.Batch.ToArray();
        link.Batch.Clear();
        if (link.Carried is { } key)
        {
            SayCarried(link.Owner, key, CarryWay.None, bytes);
            return;
        }
        link.Owner.BytesSent += bytes.Length;
        var arrives = Later(link.ClearAt, Now + Delay() + Stall());
        link.ClearAt = arrives;
        After(arrives - Now, () => Arrive(link, bytes, Rto));
    }

    private void Arrive(WorldLink link, byte[] bytes, TimeSpan rto)
    {
        var to = link.Other.Owner;
        if (!link.Other.IsOpen || !to.IsRunning)
        {
            return;
        }
        if (_cut(link.Owner, to) || to.IsPaused)
        {
            // A stream does not lose bytes: they are sent again, later and later, and what follows waits behind them.
            var next = rto * 2 < LongestRto ? rto * 2 : LongestRto;
            link.ClearAt = Later(link.ClearAt, Now + rto);
            After(rto, () => Arrive(link, bytes, next));
            return;
        }
        var frames = new List<MeshFrame>();
        if (!MeshCodec.TryRead(bytes, frames))
        {
            Down(link.Other, LinkRefusal.BadBatch);
            return;
        }
        Tell(to, new HubInput.FromMesh(new MeshInput.Received(link.Other.Id, frames)));
    }

    private void Down(WorldLink link, LinkRefusal why)
    {
        if (!link.IsOpen)
        {
            return;
        }
        if (link.Carried is null && _cut(link.Other.Owner, link.Owner))
        {
            return; // The reset does not get through either.
        }
        link.IsOpen = false;
        if (link.Owner.Links.Remove(link.Id))
        {
            Tell(link.Owner, new HubInput.FromMesh(new MeshInput.LinkDown(link.Id, why)));
            EndCarriedBy(link.Owner, link.Id);
        }
    }

    private TimeSpan Stall()
    {
        var stall = TimeSpan.Zero;
        var rto = Rto;
        while (Options.Loss > 0 && Dice.NextDouble() < Options.Loss)
        {
            stall += rto;
            rto = rto * 2 < LongestRto ? rto * 2 : LongestRto;
        }
        return stall;
    }

    // A hub that wants to be in the mesh and in everybody's way: it denies what it knows or claims everybody for itself, and drops what it should pass on.
    private MeshFrame? Lie(WorldHub liar, MeshFrame frame) => frame switch
    {
        MeshFrame.Found { Question: not 0 } f => f with { Lease = Dice.NextDouble() < 0.5 ? null : new Lease(f.Key, liar.Id.Short, 0, 600, null) },
        MeshFrame.Signal or MeshFrame.Nack => null,
        _ => frame,
    };

    private static Instant Later(Instant one, Instant other) => one > other ? one : other;
}
