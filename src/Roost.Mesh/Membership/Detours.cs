using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;

namespace Roost.Mesh.Membership;

/// <summary>
/// Ways to a hub that cannot be dialled from here: those that have a link to it ask it to dial this one, and if nothing comes of that, one of them carries a link
/// (<see cref="Routing.Carrier"/>).
/// </summary>
internal sealed class Detours(MeshState mesh)
{
    private const uint First = 0x8000_0000; // The other half of the numbers is for Watch.
    private const int MostTries = 3;

    private readonly Dictionary<uint, Detour> _byQuestion = [];
    private readonly Dictionary<KnownHub, Detour> _byHub = [];
    private uint _next = First;

    private sealed class Detour(KnownHub to)
    {
        public KnownHub To { get; } = to;

        /// <summary>They have a link to it.</summary>
        public Queue<KnownHub> Witnesses { get; } = [];

        public HashSet<KnownHub> Tried { get; } = [];

        public bool IsDialling { get; set; }
    }

    /// <summary>Called when no way was found in time.</summary>
    public Action<KnownHub> GaveUp { get; set; } = static _ => { };

    /// <summary>Begins to look, if that is not under way.</summary>
    public void Begin(KnownHub to)
    {
        if (_byHub.ContainsKey(to))
        {
            return;
        }
        var detour = _byHub[to] = new Detour(to);
        uint question = _next = Math.Max(_next + 1, First);
        _byQuestion[question] = detour;
        foreach (var neighbour in mesh.Neighbours)
        {
            mesh.Tell(neighbour, new MeshFrame.Probe(question, to.Id));
        }
        bool canBeDialled = mesh.Options.Urls().Count > 0;
        mesh.Later(canBeDialled ? mesh.Options.CarryAfter : mesh.Options.CarryAfter / 5, "nobody called back: have a link carried", () => Carry(detour));
        mesh.Later(mesh.Options.SignalingTimeout, "no way to a hub was found", () =>
        {
            _byQuestion.Remove(question);
            _byHub.Remove(to);
            if (to.Link is null)
            {
                GaveUp(to);
            }
        });
    }

    /// <summary>A hub says whether it has a link to one that was asked for.</summary>
    public void Answered(KnownHub by, MeshFrame.Probed answer)
    {
        if (answer.Alive && _byQuestion.TryGetValue(answer.Question, out var detour) && !detour.Witnesses.Contains(by))
        {
            detour.Witnesses.Enqueue(by);
        }
    }

    /// <summary>A carried link did not come about.</summary>
    public void Failed(HubId wanted)
    {
        foreach (var detour in _byHub.Values)
        {
            if (detour.To.Id == wanted)
            {
                detour.IsDialling = false;
                Carry(detour);
                return;
            }
        }
    }

    private void Carry(Detour detour)
    {
        var to = detour.To;
        // What it would carry for others is not worth a second hub in the middle.
        if (to.Link is not null || !to.IsUp || detour.IsDialling || detour.Tried.Count >= MostTries || to.Pending.All(static frame => frame is MeshFrame.Carry)
            || Choose(detour) is not { Link: { } link } via)
        {
            return;
        }
        detour.Tried.Add(via);
        detour.IsDialling = true;
        mesh.Emit(new MeshEffect.DialThrough(link.Id, to.Id));
    }

    // Without a witness one is chosen that can be dialled, since the other can dial it; not for a hub that may be dead, which nobody can reach.
    private KnownHub? Choose(Detour detour)
    {
        while (detour.Witnesses.TryDequeue(out var witness))
        {
            if (witness.Link is { IsCarried: false } && !detour.Tried.Contains(witness))
            {
                return witness;
            }
        }
        if (detour.To.State != HubState.Alive)
        {
            return null;
        }
        var others = mesh.Neighbours.Where(hub => hub is { Link.IsCarried: false, Urls.Count: > 0, MayOwn: true } && hub != detour.To && !detour.Tried.Contains(hub)).ToList();
        return others.Count == 0 ? null : others[mesh.Dice.Next(others.Count)];
    }
}
