using Roost.Core.Identity;
using Roost.Mesh.Leases;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;
using Roost.Mesh.Overlay;

namespace Roost.Mesh.Federation;

public sealed partial class MeshCore
{
    private void LinkUp(MeshInput.LinkUp up)
    {
        var id = HubId.OfKey(up.Key);
        if (_roll.Meet(up.Key, id, isLinked: true) is not { } hub)
        {
            _mesh.Emit(new MeshEffect.Close(up.Link, LinkRefusal.Flood));
            return;
        }
        bool outbound = up.Url is not null || up.Carried == Carriage.Opened;
        var link = new Link(up.Link, hub, outbound, up.Carried != Carriage.None, up.Reach, _mesh.Now, _mesh.Options);
        if (hub.Link is { } older)
        {
            // Both dialled at once: the link that the smaller id opened stays, at both ends. Otherwise the newer one, the older may be half open.
            // A link without a third hub in the middle is better than one with, as long as it is heard.
            bool heard = hub.Run == up.Run && _mesh.Now - older.LastHeard < _mesh.Options.PingAfter;
            bool both = older.Outbound != link.Outbound && older.IsCarried == link.IsCarried && heard;
            bool keepOlder = (both && older.Outbound == (_mesh.SelfShort < id.Short)) || (heard && link.IsCarried && !older.IsCarried);
            if (keepOlder)
            {
                _mesh.Links[link.Id] = link;
                _mesh.Retire(link, LinkRefusal.Surplus);
                _dialler.Opened(older, up.Url);
                return;
            }
            if (hub.Run != up.Run && _mesh.Now - older.LastHeard < _mesh.Options.PingAfter)
            {
                _mesh.Notice(true, $"two processes use the key of hub {id.ToShortString()}, or it restarted faster than its old connection ended");
                _mesh.Close(older, LinkRefusal.Twin);
            }
            else
            {
                if (hub.Run == up.Run)
                {
                    _moves.Begin(older);
                }
                _mesh.Retire(older, LinkRefusal.Surplus);
            }
        }
        bool isAnew = hub.Run != 0 && hub.Run != up.Run; // It was started anew and has lost what it had.
        hub.NeedsLeases |= isAnew;
        hub.Run = up.Run;
        hub.Link = link;
        _mesh.Links[link.Id] = link;
        _dialler.Opened(link, up.Url);
        _roll.Alive(hub);
        _mesh.Tell(hub, new MeshFrame.News([_roll.Own], []));
        _reconciler.Begin(hub);
        _watch.Measure(link);
        if (!link.IsCarried)
        {
            _neighbours.LinkUp(hub);
        }
        if (!hub.IsMoving)
        {
            SendWaiting(hub);
        }
        if (hub.NeedsLeases)
        {
            _announcer.AdjustSoon();
        }
        if (isAnew)
        {
            _mesh.Host.GuestsForgotten(hub.Id);
            _topics.Forgotten(hub);
        }
        _rooms.LinkUp(hub);
        if (hub.WasCarried != link.IsCarried)
        {
            hub.WasCarried = link.IsCarried;
            _mesh.Notice(false, $"hub {id.ToShortString()} is reached {(link.IsCarried ? "through a third hub" : "directly again")}");
        }
    }

    private void SendWaiting(KnownHub hub)
    {
        while (hub.Pending.TryDequeue(out var frame))
        {
            if (hub.Link is { IsCarried: true } && frame is MeshFrame.Carry carry)
            {
                _carrier.Lost(hub, carry, LinkRefusal.NoRoad); // One hub in the middle, not two.
            }
            else
            {
                _mesh.Send(hub, frame);
            }
        }
    }

    private void LinkDown(MeshInput.LinkDown down)
    {
        if (!_mesh.Links.Remove(down.Link, out var link))
        {
            return;
        }
        _moves.Ended(link);
        if (link.Hub.Link != link)
        {
            return;
        }
        var hub = link.Hub;
        hub.Link = null;
        _router.LinkLost(hub);
        bool mattered = hub.IsNeighbour || hub.Pending.Count > 0;
        Neighbours.LinkDown(hub);
        if (down.Why == LinkRefusal.Twin)
        {
            _mesh.Notice(true, "another process uses this hub's key; give every hub a data directory of its own");
            return;
        }
        if (down.Why is LinkRefusal.Idle or LinkRefusal.Surplus)
        {
            return;
        }
        if (down.Why == LinkRefusal.Leaving)
        {
            _roll.SaidGoodbye(hub);
            return;
        }
        // What was on its way may be lost: leases are put again, and whether the hub lives is asked at once.
        hub.NeedsLeases = true;
        _topics.Forgotten(hub);
        if (hub.Urls.Count > 0 && (mattered || hub.IsUp))
        {
            _mesh.Want(hub);
        }
        else if (mattered)
        {
            _watch.Question(hub);
        }
    }

    private void Undelivered(MeshInput.Undelivered undelivered)
    {
        if (!_mesh.Links.TryGetValue(undelivered.Link, out var link))
        {
            return;
        }
        _mesh.Counters.Overflowed++;
        switch (undelivered.Frame)
        {
            case MeshFrame.Cast f:
                _rooms.Lost(link.Hub, f.Room, f.From);
                break;
            case MeshFrame.Send f:
                _rooms.Lost(link.Hub, f.Room, f.From);
                break;
            case MeshFrame.Signal f:
                _mesh.Host.Undeliverable(f);
                break;
            case MeshFrame.Carry f:
                _carrier.Lost(link.Hub, f, LinkRefusal.SlowReader);
                break;
            default:
                // State that must not be lost: a new link begins with all of it.
                _mesh.Close(link, LinkRefusal.SlowReader);
                link.Hub.NeedsLeases = true;
                break;
        }
    }

    private void Hear(Link link, MeshFrame frame)
    {
        var hub = link.Hub;
        if (CostOf(frame) is > 0 and int cost && !link.MayAsk(cost, _mesh.Now))
        {
            _mesh.Counters.Flooded++;
            return;
        }
        switch (frame)
        {
            case MeshFrame.Signal f:
                link.Used(_mesh.Now);
                _router.Arrive(link, f);
                break;
            case MeshFrame.Cast f:
                link.Used(_mesh.Now);
                _rooms.Heard(hub, f);
                break;
            case MeshFrame.Send f:
                link.Used(_mesh.Now);
                _rooms.Heard(hub, f);
                break;
            case MeshFrame.Carry f:
                _carrier.Heard(link, f);
                break;
            case MeshFrame.Nack f:
                _router.Returned(hub, f);
                break;
            case MeshFrame.Put f:
                Put(link, f);
                break;
            case MeshFrame.Drop f:
                _leases.Drop(f.Key, f.Seq, hub);
                break;
            case MeshFrame.Find f:
                Answer(link, f);
                break;
            case MeshFrame.Found { Question: 0 } f when f.Lease is not null:
                _contests.StandsAgainst(f.Lease);
                break;
            case MeshFrame.Found f:
                _finder.Answered(hub, f);
                break;
            case MeshFrame.Contest f:
                _contests.Asked(hub, f.Key);
                break;
            case MeshFrame.Contested f:
                _contests.Answered(hub, f.Key, f.Lives);
                break;
            case MeshFrame.Ping f:
                _watch.Pinged(link, f);
                break;
            case MeshFrame.Pong f when !_moves.CaughtUp(hub, f) && !_router.HasGivenBack(hub, f):
                _watch.Ponged(link);
                break;
            case MeshFrame.Probe f:
                _watch.Asked(link, f);
                break;
            case MeshFrame.Probed f:
                _detours.Answered(link.Hub, f);
                _watch.Answered(f);
                break;
            case MeshFrame.Done:
                if (hub.Link == link)
                {
                    _moves.Begin(link); // The other end may have a new link that is not known here yet.
                }
                _mesh.Close(link, LinkRefusal.Idle);
                break;
            case MeshFrame.Wanted f:
                _dialler.CalledBy(f.By);
                break;
            default:
                HearOther(link, frame);
                break;
        }
    }

    /// <summary>In questions: what makes this hub answer, remember or ask others more than the frame itself weighs. Leases, look-ups and news are counted where they are handled.</summary>
    private static int CostOf(MeshFrame frame) => frame switch
    {
        MeshFrame.Have f => f.Ids.Count,
        MeshFrame.Graft f => f.Ids.Count,
        MeshFrame.Want f => f.Hubs.Count,
        MeshFrame.Subscribe f => f.Rooms.Count,
        MeshFrame.Contest => 10, // A guest is asked, and looked at for seconds.
        MeshFrame.Roster { Ask: true } => 10,
        MeshFrame.Probe or MeshFrame.Guest or MeshFrame.Introduce or MeshFrame.Goodbye => 1,
        _ => 0,
    };

    private void HearOther(Link link, MeshFrame frame)
    {
        var hub = link.Hub;
        switch (frame)
        {
            case MeshFrame.News f:
                _news.Heard(link, f);
                break;
            case MeshFrame.Have f:
                _news.Promised(hub, f);
                break;
            case MeshFrame.Graft f:
                _news.Grafted(hub, f);
                break;
            case MeshFrame.Prune:
                NewsTree.Pruned(hub);
                break;
            case MeshFrame.Neighbour f:
                _neighbours.Asked(hub, f);
                break;
            case MeshFrame.Neighbourly f:
                _neighbours.Answered(hub, f);
                break;
            case MeshFrame.Summary f:
                _reconciler.Compare(hub, f);
                break;
            case MeshFrame.Ranges f:
                _reconciler.Compare(link, f);
                break;
            case MeshFrame.Views f:
                _reconciler.Compare(link, f);
                break;
            case MeshFrame.Want f:
                _reconciler.Wanted(hub, f);
                break;
            case MeshFrame.Subscribe f:
                _rooms.Subscribed(hub, f);
                break;
            case MeshFrame.Unsubscribe f:
                _rooms.Unsubscribed(hub, f.Room);
                break;
            case MeshFrame.Interested f:
                _rooms.Learned(hub, f);
                break;
            case MeshFrame.Roster f:
                _rooms.Heard(hub, f);
                break;
            case MeshFrame.Joined f:
                _rooms.Heard(hub, f);
                break;
            case MeshFrame.Left f:
                _rooms.Heard(hub, f);
                break;
            case MeshFrame.Gap f:
                _rooms.Heard(hub, f);
                break;
            case MeshFrame.Topic f:
                _topics.Heard(link, f);
                break;
            case MeshFrame.Seek f:
                _topics.Asked(link, f);
                break;
            case MeshFrame.Sought f:
                _topics.Answered(hub, f);
                break;
            case MeshFrame.Unknown:
                break;
            default:
                _mesh.Host.Introductions(hub.Id, frame);
                break;
        }
    }

    private void Put(Link link, MeshFrame.Put put)
    {
        if (!link.MayAsk(put.Leases.Count, _mesh.Now))
        {
            _mesh.Counters.Flooded += put.Leases.Count;
            return;
        }
        foreach (var lease in put.Leases)
        {
            if (_announcer.Get(lease.Key) is { } own && !lease.Beats(own))
            {
                _mesh.Send(link.Hub, new MeshFrame.Found(0, lease.Key, own));
                continue;
            }
            var before = _leases.GetOwned(lease.Key);
            var stays = _leases.Put(lease, link.Hub);
            if (stays is not null && stays.Home != lease.Home)
            {
                _mesh.Send(link.Hub, new MeshFrame.Found(0, lease.Key, stays));
            }
            else if (stays is not null)
            {
                if (before is not null && before.Home != lease.Home && _roll.Find(before.Home) is { IsUp: true } former)
                {
                    _mesh.Send(former, new MeshFrame.Found(0, lease.Key, stays));
                }
                if (_announcer.Has(lease.Key))
                {
                    _contests.StandsAgainst(stays);
                }
                _router.Found(lease.Key);
            }
        }
    }

    private void Answer(Link link, MeshFrame.Find find)
    {
        if (!link.MayAsk(1, _mesh.Now))
        {
            _mesh.Counters.Flooded++;
            return;
        }
        _mesh.Send(link.Hub, new MeshFrame.Found(find.Question, find.Key, _announcer.Get(find.Key) ?? _leases.GetOwned(find.Key)));
    }
}
