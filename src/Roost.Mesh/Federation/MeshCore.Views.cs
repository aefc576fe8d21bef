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
public readonly record struct HubSight(HubId Id, bool IsUp, bool IsSuspect, bool HasRecord, bool IsLinked, bool IsNeighbour, bool IsDraining, string Region, IReadOnlyList<string> Urls, TimeSpan RoundTrip);

public sealed partial class MeshCore
{
    /// <summary>All hubs known here.</summary>
    public IReadOnlyList<HubSight> Hubs() =>
    [
        .. _roll.All.Select(hub => new HubSight(
            hub.Id, hub.IsUp, hub.State == HubState.Suspect, hub.Record is not null, hub.Link is not null, hub.IsNeighbour,
            hub.Record is { } record && (record.Flags & HubRecord.Draining) != 0, hub.Record?.Region ?? "", hub.Record?.Urls ?? [], hub.Link?.RoundTrip ?? default)),
    ];

    /// <summary>Whether every lease is kept by every hub (mode F), or by five (mode O).</summary>
    public bool IsFull => _rendezvous.IsFull;

    /// <summary>Whether the operator is taking this hub out.</summary>
    public bool IsDraining => _roll.Own is not null && _roll.IsDraining;

    /// <summary>Leases that other hubs put here.</summary>
    public int Leases => _leases.Count;

    /// <summary>Peers that are here.</summary>
    public int Peers => _announcer.Count;

    /// <summary>Signals that wait for their target to be found.</summary>
    public int Parked => _router.ParkedCount;

    /// <summary>Where a peer of a network is, as far as is known here: a hub's short id; null if not.</summary>
    public ulong? WhereIs(PeerKey key) => _announcer.Has(key) ? _mesh.SelfShort : _leases.Get(key)?.Home;

    /// <summary>URLs of other hubs that peers may go to, for WELCOME: up to <paramref name="most"/>, those of the same region first.</summary>
    public IReadOnlyList<string> Alternatives(int most) =>
    [
        .. _roll.All.Where(hub => hub is { State: HubState.Alive, Record: { MayOwn: true } })
            .OrderByDescending(hub => hub.Record!.Region == _mesh.Options.Region)
            .ThenBy(hub => hub.Id.Short ^ _mesh.SelfShort)
            .SelectMany(hub => hub.Urls.Take(1).Select(url => url.Url)).Take(most),
    ];

    /// <summary>The hub's id.</summary>
    public HubId Self => _mesh.SelfId;
}
