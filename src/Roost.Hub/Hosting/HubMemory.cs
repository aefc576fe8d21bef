using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Hub.Hosting;

/// <summary>What a hub keeps beyond its process. Never blocks its caller, never throws to it: a full disk must not stop a running hub.</summary>
public abstract class HubMemory
{
    /// <summary>Keeps nothing.</summary>
    public static readonly HubMemory None = new Forgetful();

    /// <summary>Keeps that guests may not use this id until then.</summary>
    public abstract void Remember(PeerId peer, Instant until);

    /// <summary>What was kept and has not run out.</summary>
    public abstract IReadOnlyList<(PeerId Peer, Instant Until)> Recall(Instant now);

    private sealed class Forgetful : HubMemory
    {
        public override void Remember(PeerId peer, Instant until)
        {
        }

        public override IReadOnlyList<(PeerId Peer, Instant Until)> Recall(Instant now) => [];
    }
}
