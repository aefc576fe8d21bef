using Roost.Mesh.Federation;
using Roost.Mesh.Links;

namespace Roost.Mesh.Membership;

/// <summary>Finds out who does not live any more: pings on links that matter, then a question to three others, then a suspicion.</summary>
internal sealed class Watch(MeshState mesh, Roll roll)
{
    private const int Witnesses = 3;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan PingAgain = TimeSpan.FromSeconds(2.5);

    // Of two neighbours the smaller id pings; the other sees the ping and needs none of its own.
    private static readonly TimeSpan LargerLater = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<uint, KnownHub> _questions = [];
    private readonly HashSet<KnownHub> _asked = [];
    private uint _next = 1;

    public void Sweep()
    {
        foreach (var link in mesh.LiveLinks)
        {
            var silence = link.Silence(mesh.Now);
            if (silence >= mesh.Options.SuspectAfter)
            {
                Question(link.Hub);
            }
            else if (silence >= mesh.Options.PingAfter + (mesh.SelfShort > link.Hub.Id.Short ? LargerLater : TimeSpan.Zero)
                && (link.PingedAt is not { } pinged || mesh.Now - pinged >= PingAgain))
            {
                Measure(link);
            }
            else if (!link.Hub.IsNeighbour && link.Outbound && mesh.Now - link.LastUsed >= mesh.Options.IdleAfter && mesh.Now - link.LastHeard >= mesh.Options.IdleAfter)
            {
                mesh.Retire(link, LinkRefusal.Idle);
            }
        }
    }

    /// <summary>Asks for a sign of life, and takes the time.</summary>
    public void Measure(Link link)
    {
        link.PingedAt = mesh.Now;
        mesh.Tell(link.Hub, new MeshFrame.Ping(_next++));
    }

    /// <summary>The same of all; until an answer comes, a link's round trip is not known.</summary>
    public void MeasureAll()
    {
        foreach (var link in mesh.LiveLinks)
        {
            link.RoundTrip = TimeSpan.Zero;
            Measure(link);
        }
    }

    public void Pinged(Link link, MeshFrame.Ping ping) => mesh.Tell(link.Hub, new MeshFrame.Pong(ping.Echo));

    public void Ponged(Link link)
    {
        if (link.PingedAt is { } at)
        {
            link.RoundTrip = mesh.Now - at;
            link.PingedAt = null;
        }
    }

    /// <summary>Asks others before suspecting a hub whose link fell silent.</summary>
    public void Question(KnownHub hub)
    {
        if (!hub.IsUp || hub.State == HubState.Suspect || !_asked.Add(hub))
        {
            return;
        }
        var others = mesh.LiveLinks.Where(link => link.Hub != hub).Select(link => link.Hub).Distinct().ToList();
        uint question = _next++;
        _questions[question] = hub;
        for (int i = 0; i < Witnesses && others.Count > 0; i++)
        {
            int at = mesh.Dice.Next(others.Count);
            mesh.Tell(others[at], new MeshFrame.Probe(question, hub.Id));
            others.RemoveAt(at);
        }
        mesh.Later(AnswerWithin, "no witness for a silent hub", () =>
        {
            _questions.Remove(question);
            _asked.Remove(hub);
            if (hub.State == HubState.Alive && (hub.Link is not { } link || link.Silence(mesh.Now) >= mesh.Options.SuspectAfter))
            {
                roll.SuspectAndTell(hub);
            }
        });
    }

    public void Asked(Link from, MeshFrame.Probe probe)
    {
        var hub = roll.Find(probe.Hub);
        bool alive = hub?.Link is { } link && mesh.Now - link.LastHeard < mesh.Options.SuspectAfter;
        if (alive)
        {
            mesh.Tell(hub!, new MeshFrame.Wanted(from.Hub.Id));
        }
        mesh.Tell(from.Hub, new MeshFrame.Probed(probe.Question, alive));
    }

    public void Answered(MeshFrame.Probed answer)
    {
        if (answer.Alive && _questions.Remove(answer.Question, out var hub) && hub.Link is { } link && link.Silence(mesh.Now) >= mesh.Options.SuspectAfter)
        {
            // It lives, only our stream does not: a new one.
            mesh.Close(link, LinkRefusal.Silent);
            mesh.Want(hub);
        }
    }
}
