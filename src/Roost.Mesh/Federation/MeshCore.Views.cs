using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Mesh.Membership;

namespace Roost.Mesh.Federation;

/// <summary>Another hub as an operator sees it.</summary>
/// <param name="Id">Who.</param>
/// <param name="IsUp">Whether it is believed alive.</param>
/// <param name="IsSuspect">Whether that is in doubt.</param>
/// <param name="HasRecord">Whether its own word has come.</param>
/// <param name="IsLinked">Whether there is a link.</param>
/// <param name="IsNeighbour">Whether that link belongs to the overlay.</param>
/// <param name="IsDraining">Whether it is leaving.</param>
/// <param name="Region">Its region.</param>
/// <param name="Urls">Where it says it is.</param>
/// <param name="RoundTrip">Of the last ping; zero if none.</param>
/// <param name="IsCarried">Whether the link is carried by a third hub.</param>
public readonly record struct HubSight(HubId Id, bool IsUp, bool IsSuspect, bool HasRecord, bool IsLinked, bool IsNeighbour, bool IsDraining, string Region, IReadOnlyList<string> Urls, TimeSpan RoundTrip, bool IsCarried);

public sealed partial class MeshCore
{
    /// <summary>All hubs known here.</summary>
    public IReadOnlyList<HubSight> Hubs() =>
    [
        .. _roll.All.Select(hub => new HubSight(
            hub.Id, hub.IsUp, hub.State == HubState.Suspect, hub.Record is not null, hub.Link is not null, hub.IsNeighbour,
            hub.Record is { } record && (record.Flags & HubRecord.Draining) != 0, hub.Record?.Region ?? "", hub.Record?.Urls ?? [], hub.Link?.RoundTrip ?? default, hub.Link is { IsCarried: true })),
    ];

    /// <summary>Of the hubs believed alive, how many are among some and how many are not.</summary>
    public (int Right, int Wrong) CountUp(Func<HubId, bool> among)
    {
        int right = 0, wrong = 0;
        foreach (var hub in _roll.All)
        {
            if (hub is { IsUp: true, Record: not null })
            {
                _ = among(hub.Id) ? right++ : wrong++;
            }
        }
        return (right, wrong);
    }

    /// <summary>Of the hubs believed dead, how many are among some.</summary>
    public int CountDown(Func<HubId, bool> among) => _roll.All.Count(hub => !hub.IsUp && among(hub.Id));

    /// <summary>Whether every lease is kept by every hub (mode F), or by five (mode O).</summary>
    public bool IsFull => _rendezvous.IsFull;

    /// <summary>Whether the operator is taking this hub out.</summary>
    public bool IsDraining => _roll.Own is not null && _roll.IsDraining;

    /// <summary>Leases that other hubs put here.</summary>
    public int Leases => _leases.Count;

    /// <summary>What is published under topics and kept here.</summary>
    public int Topics => _topics.Count;

    /// <summary>Peers that are here.</summary>
    public int Peers => _announcer.Count;

    /// <summary>Signals that wait for their target to be found.</summary>
    public int Parked => _router.ParkedCount;

    /// <summary>Where a peer of a network is, as far as is known here: a hub's short id; null if not.</summary>
    public ulong? WhereIs(PeerKey key) => _announcer.Has(key) ? _mesh.SelfShort : _leases.Get(key)?.Home;

    /// <summary>Origins of other hubs that peers may go to, for WELCOME: those of the same region first. Renewed every second; safe to read from any thread.</summary>
    public IReadOnlyList<string> Alternatives => _alternatives;

    private const int MostAlternatives = 8;

    private volatile string[] _alternatives = [];

    private int _alternativesOf = -1;

    private void FollowAlternatives()
    {
        if (_alternativesOf == _roll.Version)
        {
            return;
        }
        _alternativesOf = _roll.Version;
        var best = new PriorityQueue<KnownHub, (bool Near, ulong Distance)>(Worst);
        foreach (var hub in _roll.All)
        {
            if (hub is { State: HubState.Alive, Record: { MayOwn: true } record, Urls.Count: > 0 })
            {
                best.Enqueue(hub, (record.Region == _mesh.Options.Region, hub.Id.Short ^ _mesh.SelfShort));
                if (best.Count > MostAlternatives)
                {
                    best.Dequeue();
                }
            }
        }
        var origins = new string[best.Count];
        for (int i = origins.Length - 1; i >= 0; i--)
        {
            origins[i] = OriginOf(best.Dequeue().Urls[0].Url);
        }
        _alternatives = origins;
    }

    // The far ones first, of them the most distant: those go when there are too many.
    private static readonly Comparer<(bool Near, ulong Distance)> Worst =
        Comparer<(bool Near, ulong Distance)>.Create(static (a, b) => a.Near != b.Near ? a.Near.CompareTo(b.Near) : b.Distance.CompareTo(a.Distance));

    private static string OriginOf(string door) => (door.StartsWith("wss", StringComparison.Ordinal) ? "https" : "http") + door[door.IndexOf(':', StringComparison.Ordinal)..^"/mesh".Length];

    /// <summary>The id under which the hub's own key enters as a peer.</summary>
    internal PeerId SelfPeer { get; }

    /// <summary>The hub's id.</summary>
    public HubId Self => _mesh.SelfId;
}
