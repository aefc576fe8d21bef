using Roost.Mesh.Federation;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Overlay;

/// <summary>Finds out in few bytes where two hubs' rolls differ, and mends it: after a partition, and against news that was lost.</summary>
internal sealed class Reconciler(MeshState mesh, Roll roll)
{
    private const int PerFrame = 200;

    private readonly ulong[] _ranges = new ulong[256];
    private (ulong Incarnation, ulong Print) _own;
    private ulong _all;

    public void Begin(KnownHub with) => mesh.Tell(with, new MeshFrame.Summary(Fingerprint()));

    public void Compare(KnownHub with, MeshFrame.Summary summary)
    {
        if (summary.Fingerprint != Fingerprint())
        {
            mesh.Tell(with, new MeshFrame.Ranges([.. Enumerable.Range(0, 256).Where(r => _ranges[r] != 0).Select(r => ((byte)r, _ranges[r]))]));
        }
    }

    public void Compare(Link from, MeshFrame.Ranges theirs)
    {
        var with = from.Hub;
        if (!from.MayAsk(roll.All.Count, mesh.Now))
        {
            mesh.Counters.Flooded++;
            return;
        }
        Fingerprint();
        var their = new ulong[256];
        foreach (var (range, print) in theirs.List)
        {
            their[range] = print;
        }
        var differ = Enumerable.Range(0, 256).Where(r => their[r] != _ranges[r]).Select(r => (byte)r).ToArray();
        foreach (var part in Split(differ))
        {
            mesh.Tell(with, new MeshFrame.Views(part.Ranges, part.Views));
        }
    }

    public void Compare(Link from, MeshFrame.Views theirs)
    {
        var seen = new HashSet<ulong>();
        var want = new List<Core.Identity.HubId>();
        var better = new List<HubRecord>();
        var doubts = new List<HubView>();
        foreach (var view in theirs.List)
        {
            seen.Add(view.Hub.Short);
            var mine = view.Hub == mesh.SelfId ? new HubView(mesh.SelfId, roll.Own.Incarnation, false) : roll.Find(view.Hub) is { Record: not null } hub ? Roll.ViewOf(hub) : default;
            if (mine == default || view.Incarnation > mine.Incarnation)
            {
                want.Add(view.Hub);
            }
            else if (view.Incarnation < mine.Incarnation)
            {
                better.Add(view.Hub == mesh.SelfId ? roll.Own : roll.Find(view.Hub)!.Record!);
            }
            else if (view.Dead && !mine.Dead)
            {
                roll.Publish(null, view);
                roll.Doubt(view.Hub, view.Incarnation);
            }
            else if (mine.Dead && !view.Dead)
            {
                doubts.Add(mine);
            }
        }
        var ranges = theirs.Of.ToHashSet();
        int known = better.Count;
        better.AddRange(roll.All.Where(hub => hub.Record is not null && ranges.Contains(RangeOf(hub.Id.Short)) && !seen.Contains(hub.Id.Short)).Select(hub => hub.Record!));
        if (!from.MayAsk(better.Count - known, mesh.Now))
        {
            mesh.Counters.Flooded++; // Who asks for all again and again gets no more of it.
            return;
        }
        if (want.Count > 0)
        {
            mesh.Tell(from.Hub, new MeshFrame.Want(want));
        }
        foreach (var part in better.Chunk(PerFrame))
        {
            mesh.Tell(from.Hub, new MeshFrame.News(part, []));
        }
        foreach (var part in doubts.Chunk(PerFrame))
        {
            mesh.Tell(from.Hub, new MeshFrame.News([], part));
        }
    }

    public void Wanted(KnownHub by, MeshFrame.Want want)
    {
        var records = want.Hubs.Select(id => id == mesh.SelfId ? roll.Own : roll.Find(id)?.Record).OfType<HubRecord>();
        foreach (var part in records.Chunk(PerFrame))
        {
            mesh.Tell(by, new MeshFrame.News(part, []));
        }
    }

    private IEnumerable<(byte[] Ranges, List<HubView> Views)> Split(byte[] differ)
    {
        var ranges = new List<byte>();
        var views = new List<HubView>();
        var byRange = roll.All.Where(hub => hub.Record is not null).Select(Roll.ViewOf).Append(new HubView(mesh.SelfId, roll.Own.Incarnation, false)).ToLookup(view => RangeOf(view.Hub.Short));
        foreach (byte range in differ)
        {
            ranges.Add(range);
            views.AddRange(byRange[range]);
            if (views.Count >= PerFrame)
            {
                yield return ([.. ranges], views);
                ranges = [];
                views = [];
            }
        }
        if (ranges.Count > 0)
        {
            yield return ([.. ranges], views);
        }
    }

    // XOR of all views, followed change by change: a mesh of a thousand hubs has thousands of changes while it forms.
    private ulong Fingerprint()
    {
        foreach (var hub in roll.Touched)
        {
            ulong print = hub.Record is null || hub.IsForgotten ? 0 : Roll.Print(Roll.ViewOf(hub));
            Add(hub.Id.Short, hub.Print ^ print);
            hub.Print = print;
        }
        roll.Touched.Clear();
        if (_own.Incarnation != roll.Own.Incarnation)
        {
            ulong print = Roll.Print(new(mesh.SelfId, roll.Own.Incarnation, false));
            Add(mesh.SelfShort, _own.Print ^ print);
            _own = (roll.Own.Incarnation, print);
        }
        return _all;
    }

    private void Add(ulong hub, ulong print)
    {
        _ranges[RangeOf(hub)] ^= print;
        _all ^= print;
    }

    private static byte RangeOf(ulong shortId) => (byte)(shortId >> 56);
}
