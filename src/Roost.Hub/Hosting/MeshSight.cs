using Roost.Mesh.Federation;

namespace Roost.Hub.Hosting;

/// <summary>What a monitoring system is told of a hub's part in a mesh, as of one moment.</summary>
internal readonly record struct MeshSight
{
    public long Alive { get; private init; }

    public long Suspect { get; private init; }

    public long Dead { get; private init; }

    public long Direct { get; private init; }

    public long Carried { get; private init; }

    public long Leases { get; private init; }

    public long Parked { get; private init; }

    public long SignalsIn { get; private init; }

    public long SignalsOut { get; private init; }

    public long CarriedForOthers { get; private init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    public long Deaths { get; private init; }

    public long NotYours { get; private init; }

    public long BadLeases { get; private init; }

    public long BadRecords { get; private init; }

    public long Flooded { get; private init; }

    public long Overflowed { get; private init; }

    /// <summary>Looks at a mesh core, inside its driver.</summary>
    public static MeshSight Of(MeshCore mesh)
    {
        var hubs = mesh.Hubs();
        var counters = mesh.Counters;
        return new()
        {
            Alive = hubs.Count(hub => hub is { IsUp: true, IsSuspect: false }),
            Suspect = hubs.Count(hub => hub.IsSuspect),
            Dead = hubs.Count(hub => !hub.IsUp),
            Direct = hubs.Count(hub => hub is { IsLinked: true, IsCarried: false }),
            Carried = hubs.Count(hub => hub.IsCarried),
            Leases = mesh.Leases,
            Parked = mesh.Parked,
            SignalsIn = counters.SignalsIn,
            SignalsOut = counters.SignalsOut,
            CarriedForOthers = counters.Carried,
            Deaths = counters.Deaths,
            NotYours = counters.NotYours,
            BadLeases = counters.BadLeases,
            BadRecords = counters.BadRecords,
            Flooded = counters.Flooded,
            Overflowed = counters.Overflowed,
        };
    }
}
