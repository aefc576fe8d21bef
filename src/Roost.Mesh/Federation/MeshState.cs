using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Federation;

/// <summary>What the parts of a mesh core share: time, dice, timers, links, and the way out.</summary>
internal sealed class MeshState(MeshOptions options, IMeshHost host, Dice dice)
{
    private static readonly TimeSpan RetireFor = TimeSpan.FromSeconds(10);

    public MeshOptions Options { get; } = options;

    public IMeshHost Host { get; } = host;

    public Dice Dice { get; } = dice;

    public Timers Timers { get; } = new();

    public Queue<MeshEffect> Effects { get; } = [];

    public Dictionary<LinkId, Link> Links { get; } = [];

    /// <summary>Those that are sent on; of two to one hub the other only runs dry.</summary>
    public IEnumerable<Link> LiveLinks => Links.Values.Where(static link => link.Hub.Link == link);

    /// <summary>Hubs of the overlay: standing links, symmetric.</summary>
    public List<KnownHub> Neighbours { get; } = [];

    /// <summary>Those of them that have a link at the moment.</summary>
    public int NeighbourCount => Neighbours.Count(static hub => hub.Link is not null);

    /// <summary>Of the input or tick at hand.</summary>
    public Instant Now { get; set; }

    public ulong SelfShort { get; } = options.Self.Id.Short;

    public HubId SelfId => Options.Self.Id;

    /// <summary>Dials a hub that frames wait for; set by the dialler.</summary>
    public Action<KnownHub> Want { get; set; } = static _ => { };

    public MeshCounters Counters { get; } = new();

    public void Emit(MeshEffect effect) => Effects.Enqueue(effect);

    public void Later(TimeSpan wait, string why, Action act) => Timers.At(Now + wait, why, act);

    public void Notice(bool warning, string text) => Emit(new MeshEffect.Notice(warning, text));

    /// <summary>Lets what waits while a hub moves from one link to another go at once; set by <see cref="Moves"/>.</summary>
    public Action<KnownHub> Hurry { get; set; } = static _ => { };

    /// <summary>Sends on the link to a hub; without one, the frame waits while the hub is dialled.</summary>
    public void Send(KnownHub to, MeshFrame frame)
    {
        if (to.IsMoving && to.Pending.Count >= Options.MaxPending)
        {
            Hurry(to);
        }
        if (to.Link is { } link && !to.IsMoving)
        {
            link.Sent(Now);
            Emit(new MeshEffect.Send(link.Id, frame));
            return;
        }
        if (to.Pending.Count >= Options.MaxPending)
        {
            Counters.Overflowed++;
            return;
        }
        to.Pending.Enqueue(WithOwnBody(frame));
        if (!to.IsMoving)
        {
            Want(to);
        }
    }

    /// <summary>Sends only if there is a link, and does not keep it open: pings, news, fingerprints.</summary>
    public void Tell(KnownHub to, MeshFrame frame)
    {
        if (to.Link is { } link)
        {
            Emit(new MeshEffect.Send(link.Id, frame));
        }
    }

    /// <summary>Lets a link run dry: nothing more is sent on it, and the other end closes it once it has sent what it had, so that nothing is lost.</summary>
    public void Retire(Link link, LinkRefusal why)
    {
        if (link.Hub.Link == link)
        {
            link.Hub.Link = null;
        }
        Emit(new MeshEffect.Send(link.Id, new MeshFrame.Done()));
        Later(RetireFor, "close a retired link", () => Close(link, why));
    }

    /// <summary>Ends a link; the shell's LinkDown for it will find nothing.</summary>
    public void Close(Link link, LinkRefusal why)
    {
        if (Links.Remove(link.Id))
        {
            Emit(new MeshEffect.Close(link.Id, why));
            if (link.Hub.Link == link)
            {
                link.Hub.Link = null;
            }
        }
    }

    public static MeshFrame WithOwnBody(MeshFrame frame) => frame switch
    {
        MeshFrame.Signal f => f with { Body = f.Body.ToArray() },
        MeshFrame.Nack f => f with { Returned = f.Returned with { Body = f.Returned.Body.ToArray() } },
        MeshFrame.Cast f => f with { Body = f.Body.ToArray() },
        MeshFrame.Send f => f with { Body = f.Body.ToArray() },
        MeshFrame.Guest f => f with { Card = f.Card.ToArray() },
        MeshFrame.Introduce f => f with { Card = f.Card.ToArray() },
        MeshFrame.Carry f => f with { Body = f.Body.ToArray() },
        MeshFrame.Goodbye f => f with { Body = f.Body.ToArray() },
        _ => frame,
    };
}

/// <summary>What a mesh counts.</summary>
public sealed class MeshCounters
{
    /// <summary>Frames that found a full queue.</summary>
    public long Overflowed { get; internal set; }

    /// <summary>Signals sent to other hubs.</summary>
    public long SignalsOut { get; internal set; }

    /// <summary>Signals of other hubs delivered here.</summary>
    public long SignalsIn { get; internal set; }

    /// <summary>Frames refused because the link may not speak for their source.</summary>
    public long NotYours { get; internal set; }

    /// <summary>Leases refused: forged, of a foreign home, or too many.</summary>
    public long BadLeases { get; internal set; }

    /// <summary>Records refused: nobody signed them.</summary>
    public long BadRecords { get; internal set; }

    /// <summary>Questions not answered because the hub asks too much.</summary>
    public long Flooded { get; internal set; }

    /// <summary>Look-ups begun.</summary>
    public long Lookups { get; internal set; }

    /// <summary>Leases put to other hubs.</summary>
    public long PutsOut { get; internal set; }

    /// <summary>Messages carried between other hubs that cannot reach each other.</summary>
    public long Carried { get; internal set; }

    /// <summary>Hubs that this one declared dead.</summary>
    public long Deaths { get; internal set; }
}
