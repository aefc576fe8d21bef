using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Leases;

/// <summary>Two hubs have a peer of one id. A newer proof of the same key wins; of two guests the older, if it lives.</summary>
internal sealed class Contests(MeshState mesh, Roll roll, Announcer locals)
{
    private readonly Dictionary<PeerKey, KnownHub> _asked = [];

    /// <summary>An owner keeps another lease than the one this hub put, or tells of a newer one.</summary>
    public void StandsAgainst(Lease other)
    {
        if (locals.Get(other.Key) is not { } own || other.Home == mesh.SelfShort || roll.Find(other.Home) is not { IsUp: true } home)
        {
            return;
        }
        if (other.IsBound)
        {
            if (other.Beats(own) && other.Proof!.Proves(other, home.Key))
            {
                mesh.Host.Supersede(other.Key, own.IsBound ? Refusal.Replaced : Refusal.IdIsBound);
            }
        }
        else if (!own.IsBound && other.Beats(own) && _asked.TryAdd(other.Key, home))
        {
            mesh.Send(home, new MeshFrame.Contest(other.Key));
            mesh.Later(2 * mesh.Options.ContestFor, "a contest for an id", () => Unanswered(other.Key, home));
        }
    }

    /// <summary>A hub is gone: what stood against our guests went with it.</summary>
    public void Died(KnownHub hub)
    {
        foreach (var key in _asked.Where(asked => asked.Value == hub).Select(asked => asked.Key).ToList())
        {
            Unanswered(key, hub);
        }
    }

    private void Unanswered(PeerKey key, KnownHub home)
    {
        if (_asked.TryGetValue(key, out var asked) && asked == home)
        {
            _asked.Remove(key);
            locals.Again(key);
        }
    }

    /// <summary>Another hub asks whether the guest here lives.</summary>
    public void Asked(KnownHub by, PeerKey key)
    {
        var since = mesh.Now;
        if (!mesh.Host.ProbeGuest(key))
        {
            mesh.Send(by, new MeshFrame.Contested(key, false));
            return;
        }
        Look(by, key, since, since + mesh.Options.ContestFor);
    }

    /// <summary>The answer.</summary>
    public void Answered(KnownHub by, PeerKey key, bool lives)
    {
        if (!_asked.TryGetValue(key, out var asked) || asked != by)
        {
            return;
        }
        _asked.Remove(key);
        if (lives)
        {
            mesh.Host.Supersede(key, Refusal.IdInUse);
        }
        else
        {
            locals.Again(key);
        }
    }

    private void Look(KnownHub by, PeerKey key, Instant since, Instant until)
    {
        mesh.Later(TimeSpan.FromMilliseconds(250), "does a contested guest live", () =>
        {
            bool? lives = mesh.Host.HasShownLife(key, since);
            if (lives is false && mesh.Now < until)
            {
                Look(by, key, since, until);
                return;
            }
            if (lives is false)
            {
                mesh.Host.DropGuest(key);
            }
            mesh.Send(by, new MeshFrame.Contested(key, lives is true));
        });
    }
}
