using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Worlds;

// Links that a third hub carries. What is carried passes the shipped core of the hub in the middle; the handshake is one message each way that says who speaks.
public sealed partial class World
{
    private uint _lastStream;

    private void DialThrough(WorldHub from, MeshEffect.DialThrough dial)
    {
        var core = from.Core;
        var key = new CarriedKey(dial.Via, dial.Wanted, ++_lastStream, IsMine: true);
        from.Carried[key] = new WorldLink(new(++from.LastLink), from) { Carried = key };
        SayCarried(from, key, CarryWay.First, [1]);
        After(DialGivesUp, () =>
        {
            if (from.Core == core && from.Carried.TryGetValue(key, out var link) && !from.Links.ContainsKey(link.Id))
            {
                from.Carried.Remove(key);
                TellSame(from, core, new MeshInput.CarryFailed(dial.Wanted));
            }
        });
    }

    private void Carried(WorldHub at, MeshEffect.Carried carried, byte[] body)
    {
        bool isMine = carried.Way.HasFlag(CarryWay.Back);
        var key = new CarriedKey(carried.Via, carried.From, carried.Stream, isMine);
        at.Carried.TryGetValue(key, out var link);
        if (carried.Way.HasFlag(CarryWay.Last))
        {
            EndCarried(at, key, (LinkRefusal)body[0]);
        }
        else if (link is null && carried.Way.HasFlag(CarryWay.First) && !isMine)
        {
            at.Carried[key] = link = new WorldLink(new(++at.LastLink), at) { Carried = key };
            SayCarried(at, key, CarryWay.None, [1]);
            CarriedUp(link, key, Carriage.Accepted);
        }
        else if (link is not null && !at.Links.ContainsKey(link.Id))
        {
            CarriedUp(link, key, Carriage.Opened);
        }
        else if (link is not null)
        {
            var frames = new List<MeshFrame>();
            bool good = MeshCodec.TryRead(body, frames);
            MeshInput heard = good ? new MeshInput.Received(link.Id, frames) : new MeshInput.LinkDown(link.Id, LinkRefusal.BadBatch);
            After(TimeSpan.Zero, () => Tell(at, new HubInput.FromMesh(heard)));
        }
    }

    private void CarriedUp(WorldLink link, CarriedKey key, Carriage how)
    {
        var other = _byId[key.Other];
        link.Owner.Links[link.Id] = link;
        After(TimeSpan.Zero, () => Tell(link.Owner, new HubInput.FromMesh(new MeshInput.LinkUp(link.Id, other.Key, other.Run, null, Reach.Private, how))));
    }

    private void SayCarried(WorldHub from, CarriedKey key, CarryWay how, byte[] body) =>
        After(TimeSpan.Zero, () => Tell(from, new HubInput.FromMesh(new MeshInput.Carry(key.Via, key.Other, key.Stream, key.Way | how, body))));

    private void EndCarriedBy(WorldHub at, LinkId via)
    {
        foreach (var key in at.Carried.Keys.Where(key => key.Via == via).ToList())
        {
            EndCarried(at, key, LinkRefusal.None);
        }
    }

    private void EndCarried(WorldHub at, CarriedKey key, LinkRefusal why)
    {
        if (at.Carried.Remove(key, out var link))
        {
            var core = at.Core;
            bool wasUp = at.Links.ContainsKey(link.Id);
            After(TimeSpan.Zero, () =>
            {
                if (wasUp)
                {
                    Down(link, why);
                }
                else
                {
                    TellSame(at, core, new MeshInput.CarryFailed(key.Other));
                }
            });
        }
    }
}
