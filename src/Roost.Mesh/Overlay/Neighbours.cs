using Roost.Core.Cores;
using Roost.Mesh.Federation;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Overlay;

/// <summary>
/// Keeps a handful of standing, symmetric links: HyParView's active view. Its passive view is the roll, since every hub knows all hubs,
/// so that its random walks and shuffles are not needed.
/// </summary>
internal sealed class Neighbours(MeshState mesh, Roll roll)
{
    private const int AtOnce = 3;
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(20);


    public int Count => mesh.NeighbourCount;

    public void Sweep()
    {
        int missing = mesh.Options.Neighbours - Count;
        if (missing <= 0)
        {
            return;
        }
        var candidates = roll.All.Where(hub => hub is { State: HubState.Alive, IsNeighbour: false } && hub.Link is not { IsCarried: true } && mesh.Now >= hub.RefusedUntil).ToList();
        for (int i = 0; i < Math.Min(missing, AtOnce) && candidates.Count > 0; i++)
        {
            int at = mesh.Dice.Next(candidates.Count);
            Court(candidates[at]);
            candidates.RemoveAt(at);
        }
    }

    public void LinkUp(KnownHub hub)
    {
        if (hub.IsCourted || Count < mesh.Options.Neighbours)
        {
            hub.IsCourted = false;
            Ask(hub);
        }
    }

    public static void LinkDown(KnownHub hub)
    {
        hub.IsNeighbour = hub.IsAsked = hub.IsCourted = false;
    }

    public void Asked(KnownHub by, MeshFrame.Neighbour ask)
    {
        int count = Count;
        bool yes = by.Link is { IsCarried: false } && (by.IsNeighbour || ask.Urgent || count < mesh.Options.MaxNeighbours);
        if (yes && !by.IsNeighbour && count >= mesh.Options.MaxNeighbours)
        {
            var others = mesh.Neighbours.Where(hub => hub.Link is not null).ToList();
            var dropped = others[mesh.Dice.Next(others.Count)];
            dropped.IsNeighbour = false;
            mesh.Tell(dropped, new MeshFrame.Neighbourly(false));
        }
        if (yes)
        {
            (by.IsNeighbour, by.IsEager) = (true, true);
        }
        mesh.Tell(by, new MeshFrame.Neighbourly(yes));
    }

    public void Answered(KnownHub by, MeshFrame.Neighbourly answer)
    {
        if (answer.Yes && !by.IsNeighbour && (!by.IsAsked || by.Link is not { IsCarried: false } || Count >= mesh.Options.MaxNeighbours))
        {
            // Nobody asked, or too many were asked at once and said yes: there is no room for it.
            mesh.Tell(by, new MeshFrame.Neighbourly(false));
            answer = new(false);
        }
        by.IsAsked = false;
        by.IsNeighbour = answer.Yes;
        if (answer.Yes)
        {
            by.IsEager = true;
        }
        else
        {
            by.RefusedUntil = mesh.Now + AfterRefusal;
        }
    }

    private void Court(KnownHub hub)
    {
        if (hub.Link is not null)
        {
            Ask(hub);
        }
        else if (hub.Urls.Count > 0)
        {
            hub.IsCourted = true;
            mesh.Want(hub);
        }
    }

    private void Ask(KnownHub hub)
    {
        if (!hub.IsNeighbour)
        {
            hub.IsAsked = true;
            mesh.Tell(hub, new MeshFrame.Neighbour(Count == 0));
        }
    }
}
