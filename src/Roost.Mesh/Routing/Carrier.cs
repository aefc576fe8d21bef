using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Routing;

/// <summary>
/// Links between two hubs that cannot reach each other, carried by a third that both reach. The link itself, its handshake and cipher, runs end to end:
/// the hub in the middle can lose what it carries and nothing else.
/// </summary>
/// <remarks>
/// One hub stands in the middle, never two: it passes on only to a link of its own that is not carried itself, so that nothing can go in circles. It keeps nothing about
/// what it carries, and says whom it is from, which is whoever's link it came by.
/// </remarks>
internal sealed class Carrier(MeshState mesh, Roll roll)
{
    private const int FrameCost = 64;
    private const int OpeningCost = 100; // Questions: the other end signs for it.

    /// <summary>Something to be carried on, or something that was carried here.</summary>
    public void Heard(Link from, MeshFrame.Carry frame)
    {
        if (from.IsCarried)
        {
            mesh.Counters.NotYours++;
            return;
        }
        from.Used(mesh.Now);
        if (frame.Way.HasFlag(CarryWay.First) && !from.MayAsk(OpeningCost, mesh.Now))
        {
            mesh.Counters.Flooded++;
            return;
        }
        if (frame.Way.HasFlag(CarryWay.Arrived))
        {
            mesh.Emit(new MeshEffect.Carried(from.Id, frame.Hub, frame.Stream, frame.Way, frame.Body));
            return;
        }
        var to = roll.Find(frame.Hub);
        var why = !from.MayCarry(frame.Body.Length + FrameCost, mesh.Now) ? LinkRefusal.Flood : CanCarry(from, to, frame) ? LinkRefusal.None : LinkRefusal.NoRoad;
        if (why != LinkRefusal.None)
        {
            End(from.Hub, frame.Hub, frame, why);
            return;
        }
        mesh.Counters.Carried++;
        mesh.Send(to!, frame with { Hub = from.Hub.Id, Way = frame.Way | CarryWay.Arrived });
    }

    /// <summary>This hub's own shell sends on a carried link.</summary>
    public void Say(MeshInput.Carry carry)
    {
        if (mesh.Links.TryGetValue(carry.Via, out var via) && via.Hub.Link == via && !via.IsCarried)
        {
            mesh.Send(via.Hub, new MeshFrame.Carry(carry.To, carry.Stream, carry.Way, carry.Body));
        }
        else
        {
            mesh.Emit(new MeshEffect.Carried(carry.Via, carry.To, carry.Stream, Answering(carry.Way), new[] { (byte)LinkRefusal.NoRoad }));
        }
    }

    /// <summary>A frame did not get to the next hub: a stream with a hole in it is over.</summary>
    public void Lost(KnownHub next, MeshFrame.Carry frame, LinkRefusal why)
    {
        if (frame.Way.HasFlag(CarryWay.Last))
        {
            return;
        }
        if (!frame.Way.HasFlag(CarryWay.Arrived))
        {
            mesh.Emit(new MeshEffect.Carried(next.Link?.Id ?? default, frame.Hub, frame.Stream, Answering(frame.Way), new[] { (byte)why }));
        }
        else if (roll.Find(frame.Hub) is { } source)
        {
            End(source, next.Id, frame, why);
        }
    }

    private static bool CanCarry(Link from, KnownHub? to, MeshFrame.Carry frame) =>
        to is { IsUp: true } && to != from.Hub && (to.Link is { } link ? !link.IsCarried : frame.Way.HasFlag(CarryWay.First));

    private void End(KnownHub source, HubId other, MeshFrame.Carry frame, LinkRefusal why)
    {
        if (!frame.Way.HasFlag(CarryWay.Last))
        {
            mesh.Tell(source, new MeshFrame.Carry(other, frame.Stream, Answering(frame.Way), new[] { (byte)why }));
        }
    }

    // The last word on a stream, towards whoever sent on it.
    private static CarryWay Answering(CarryWay way) => ((way & CarryWay.Back) ^ CarryWay.Back) | CarryWay.Arrived | CarryWay.Last;
}
