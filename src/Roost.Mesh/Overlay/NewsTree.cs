using Roost.Mesh.Federation;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Overlay;

/// <summary>
/// Passes news of hubs on: PlumTree. The link by which something came first carries it whole from then on, the others carry its name,
/// and whoever misses what a name promised asks for it.
/// </summary>
internal sealed class NewsTree(MeshState mesh, Roll roll)
{
    private const int PerFrame = 64;
    private const int CheckCost = 10; // Questions: a signature is looked at.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AskAfter = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Generation = TimeSpan.FromSeconds(60);

    private readonly Dictionary<KnownHub, Outbox> _outboxes = [];
    private Dictionary<ulong, Item> _young = [];
    private Dictionary<ulong, Item> _old = [];
    private Core.Cores.Instant _turnAt;
    private bool _flushing;

    private readonly record struct Item(HubRecord? Record, HubView View);

    private sealed class Outbox
    {
        public List<Item> News { get; } = [];

        public List<ulong> Names { get; } = [];
    }

    /// <summary>Something this hub found out, or says of itself.</summary>
    public void Publish(HubRecord? record, HubView? suspect)
    {
        var item = record is not null ? new Item(record, default) : new Item(null, suspect!.Value);
        if (Remember(item))
        {
            Spread(item, null);
        }
    }

    public void Heard(Link from, MeshFrame.News news)
    {
        int unknown = news.Records.Count(record => !Knows(NameOf(new(record, default))));
        if (!from.MayAsk(news.Suspects.Count + news.Records.Count + unknown * CheckCost, mesh.Now))
        {
            mesh.Counters.Flooded++;
            return;
        }
        bool fresh = false;
        int count = 0;
        foreach (var record in news.Records)
        {
            count++;
            var item = new Item(record, default);
            if (Knows(NameOf(item)))
            {
                continue;
            }
            fresh = true;
            if (roll.Update(record, from.Reach))
            {
                // What is kept, not what came: a simulation keeps one for all.
                item = new(roll.Find(record.Id)!.Record, default);
                Remember(item);
                Spread(item, from.Hub);
            }
            else if (roll.Find(record.Id) is { Record: not null } known && known.Incarnation >= record.Incarnation)
            {
                Remember(item);
                if (known.Incarnation > record.Incarnation)
                {
                    mesh.Tell(from.Hub, new MeshFrame.News([known.Record], []));
                }
            }
        }
        foreach (var suspect in news.Suspects)
        {
            count++;
            var item = new Item(null, suspect);
            if (Knows(NameOf(item)))
            {
                continue;
            }
            fresh = true;
            if (suspect.Incarnation != (suspect.Hub == mesh.SelfId ? roll.Own.Incarnation : roll.Find(suspect.Hub)?.Record?.Incarnation))
            {
                continue; // Of nobody that is known, or of another incarnation: nothing follows from it, and there is no end of such doubts.
            }
            Remember(item);
            if (roll.Doubt(suspect.Hub, suspect.Incarnation))
            {
                Spread(item, from.Hub);
            }
        }
        if (fresh)
        {
            from.Hub.IsEager = true;
        }
        else if (count > 0 && from.Hub is { IsEager: true, IsNeighbour: true })
        {
            from.Hub.IsEager = false;
            mesh.Tell(from.Hub, new MeshFrame.Prune());
        }
    }

    public static void Pruned(KnownHub by) => by.IsEager = false;

    public void Promised(KnownHub by, MeshFrame.Have have)
    {
        var missing = have.Ids.Where(id => !Knows(id)).ToList();
        if (missing.Count > 0)
        {
            mesh.Later(AskAfter, "ask for promised news", () =>
            {
                missing.RemoveAll(Knows);
                if (missing.Count > 0)
                {
                    by.IsEager = true;
                    mesh.Tell(by, new MeshFrame.Graft(missing));
                }
            });
        }
    }

    public void Grafted(KnownHub by, MeshFrame.Graft graft)
    {
        by.IsEager = true;
        foreach (ulong id in graft.Ids)
        {
            if (_young.TryGetValue(id, out var item) || _old.TryGetValue(id, out item))
            {
                OutboxOf(by).News.Add(item);
            }
        }
        FlushSoon();
    }

    private void Spread(Item item, KnownHub? except)
    {
        foreach (var hub in mesh.Neighbours)
        {
            if (hub == except || hub.Link is null)
            {
                continue;
            }
            if (hub.IsEager)
            {
                OutboxOf(hub).News.Add(item);
            }
            else
            {
                OutboxOf(hub).Names.Add(NameOf(item));
            }
        }
        FlushSoon();
    }

    private Outbox OutboxOf(KnownHub hub) => _outboxes.TryGetValue(hub, out var box) ? box : _outboxes[hub] = new();

    private void FlushSoon()
    {
        if (!_flushing)
        {
            _flushing = true;
            mesh.Later(Gather, "pass news on", Flush);
        }
    }

    private void Flush()
    {
        _flushing = false;
        foreach (var (hub, box) in _outboxes)
        {
            foreach (var part in box.News.Chunk(PerFrame))
            {
                mesh.Tell(hub, new MeshFrame.News([.. part.Where(item => item.Record is not null).Select(item => item.Record!)], [.. part.Where(item => item.Record is null).Select(item => item.View)]));
            }
            foreach (var part in box.Names.Chunk(MeshTypes.MaxItems))
            {
                mesh.Tell(hub, new MeshFrame.Have(part));
            }
        }
        _outboxes.Clear();
    }

    private bool Knows(ulong id) => _young.ContainsKey(id) || _old.ContainsKey(id);

    private bool Remember(Item item)
    {
        if (mesh.Now >= _turnAt || _young.Count >= mesh.Options.MaxNews)
        {
            _turnAt = mesh.Now + Generation;
            (_old, _young) = (_young, []);
        }
        ulong id = NameOf(item);
        return !_old.ContainsKey(id) && _young.TryAdd(id, item);
    }

    private static ulong NameOf(Item item)
    {
        var (hub, incarnation, bad) = item.Record is { } record ? (record.Id.Short, record.Incarnation, 0UL) : (item.View.Hub.Short, item.View.Incarnation, 1UL);
        ulong x = hub ^ (incarnation * 2 + bad) * 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93;
        return x ^ (x >> 29);
    }
}
