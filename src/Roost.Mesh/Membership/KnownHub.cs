using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Mesh.Membership;

// Alive ─silence, reset, rumour─▶ Suspect ─nobody refutes─▶ Dead ─dialled, or a newer record─▶ Alive
internal enum HubState
{
    Alive,
    Suspect,
    Dead,
}

/// <summary>What one hub knows of another.</summary>
/// <param name="id">Who.</param>
/// <param name="key">Its key.</param>
/// <param name="neighbours">Where hubs are listed while they are neighbours: what happens every second looks at these few, not at all links.</param>
internal sealed class KnownHub(HubId id, PublicKey key, List<KnownHub> neighbours)
{
    public HubId Id { get; } = id;

    public PublicKey Key { get; } = key;

    /// <summary>Null until its own word has come.</summary>
    public HubRecord? Record { get; set; }

    public ulong Incarnation => Record?.Incarnation ?? 0;

    public HubState State { get; set; }

    /// <summary>When the state began.</summary>
    public Instant Since { get; set; }

    public Link? Link { get; set; }

    /// <summary>URLs that may be dialled, given where they were learned.</summary>
    public List<(string Url, Reach? Allowed)> Urls { get; } = [];

    public bool IsDialling { get; set; }

    public int NextUrl { get; set; }

    public Instant NotBefore { get; set; } = Instant.Epoch;

    /// <summary>Frames that wait for a link; bodies are copies.</summary>
    public Queue<MeshFrame> Pending { get; } = [];

    /// <summary>A new link takes an old one's place; frames wait until the other end has handled what came on the old one.</summary>
    public bool IsMoving { get; set; }

    /// <summary>A third hub carried its last link.</summary>
    public bool WasCarried { get; set; }

    /// <summary>Signals it sent whose source is not proven yet, and their bytes.</summary>
    public (int Count, int Bytes) Unproven { get; set; }

    public ulong Run { get; set; }

    public bool IsNeighbour
    {
        get;
        set
        {
            if (field != value)
            {
                field = value;
                if (value)
                {
                    neighbours.Add(this);
                }
                else
                {
                    neighbours.Remove(this);
                }
            }
        }
    }

    /// <summary>Gets news itself, not only its name (PlumTree).</summary>
    public bool IsEager { get; set; } = true;

    /// <summary>It may have lost what was put there.</summary>
    public bool NeedsLeases { get; set; } = true;

    /// <summary>Whether leases were put there since it became an owner (mode F).</summary>
    public bool IsOwner { get; set; }

    /// <summary>Where it stands in the order of owners; 0: not computed yet.</summary>
    public ulong OwnerSeed { get; set; }

    /// <summary>Whether it is dialled to be asked to be a neighbour.</summary>
    public bool IsCourted { get; set; }

    /// <summary>Whether it was asked that and has not answered.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Until when it is not asked again to be a neighbour.</summary>
    public Instant RefusedUntil { get; set; } = Instant.Epoch;

    /// <summary>It was a candidate when leases were last moved.</summary>
    public bool WasCandidate { get; set; }

    /// <summary>What it adds to the fingerprint of the roll; 0: nothing.</summary>
    public ulong Print { get; set; }

    /// <summary>It is no longer on the roll; whoever still holds it finds it dead.</summary>
    public bool IsForgotten { get; set; }

    public bool IsUp => State != HubState.Dead;

    public bool MayOwn => IsUp && Record is { MayOwn: true };
}

/// <summary>One proven link.</summary>
internal sealed class Link(LinkId id, KnownHub hub, bool outbound, bool isCarried, Reach reach, Instant now, MeshOptions options)
{
    private RateBucket _questions = new(options.Questions, now);
    private RateBucket _carries = new(options.Carries, now);

    public LinkId Id { get; } = id;

    public KnownHub Hub { get; } = hub;

    public bool Outbound { get; } = outbound;

    /// <summary>A third hub carries it.</summary>
    public bool IsCarried { get; } = isCarried;

    public Reach Reach { get; } = reach;

    public Instant LastHeard { get; private set; } = now;

    public Instant LastUsed { get; private set; } = now;

    /// <summary>Since when the other end owes a sign of life: the first frame that was sent after it was last heard. Null: nothing.</summary>
    public Instant? OwesSince { get; private set; }

    public Instant? PingedAt { get; set; }

    public TimeSpan RoundTrip { get; set; }

    public void Heard(Instant now) => (LastHeard, OwesSince) = (now, null);

    /// <summary>It carries something of use, so it stays open.</summary>
    public void Used(Instant now) => LastUsed = now;

    public void Sent(Instant now)
    {
        Used(now);
        OwesSince ??= now;
    }

    /// <summary>For how long the other end has been silent although it should speak. A neighbour always should; on others nobody pings while they idle.</summary>
    public TimeSpan Silence(Instant now) => Hub.IsNeighbour ? now - LastHeard : OwesSince is { } since ? now - since : TimeSpan.Zero;

    public bool MayCarry(int bytes, Instant now) => _carries.TryTake(bytes, now);

    public bool MayAsk(int questions, Instant now) => _questions.TryTake(questions, now);
}
