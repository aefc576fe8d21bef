using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Leases;

/// <summary>Two hubs have a peer of one id. A newer proof of the same key wins; of two guests the older, if it lives.</summary>
internal sealed class Contests(MeshState mesh, Roll roll, Announcer locals)
{
    private readonly HashSet<PeerKey> _asked = [];

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
        else if (!own.IsBound && other.Beats(own) && _asked.Add(other.Key))
        {
            mesh.Send(home, new MeshFrame.Contest(other.Key));
            mesh.Later(2 * mesh.Options.ContestFor, "a contest for an id", () => _asked.Remove(other.Key));
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
    public void Answered(PeerKey key, bool lives)
    {
        if (!_asked.Remove(key))
        {
            return;
        }
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
