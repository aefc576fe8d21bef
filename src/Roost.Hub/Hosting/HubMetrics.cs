using System.Diagnostics.Metrics;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Hosting;

/// <summary>All that a hub counts. Counting is a field's increment; whoever reads asks the instruments.</summary>
public sealed class HubMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Roost.Hub";

    private readonly Meter _meter;
    private readonly long[] _refusals = new long[Enum.GetValues<Refusal>().Length];
    private long _received;
    private long _receivedBytes;
    private long _delivered;
    private long _deliveredBytes;
    private long _dropped;
    private long _connections;
    private long _faults;
    private long _networks;
    private long _rooms;
    private long _guests;
    private MeshSight _mesh;

    /// <summary>Makes the instruments.</summary>
    public HubMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _meter.CreateObservableUpDownCounter("roost.hub.connections", () => Volatile.Read(ref _connections), null, "Open connections at all doors.");
        _meter.CreateObservableGauge("roost.hub.networks", () => Volatile.Read(ref _networks), null, "Networks with somebody in them.");
        _meter.CreateObservableGauge("roost.hub.rooms", () => Volatile.Read(ref _rooms), null, "Rooms of own peers.");
        _meter.CreateObservableGauge("roost.hub.guests", () => Volatile.Read(ref _guests), null, "Announced guests.");
        _meter.CreateObservableCounter("roost.hub.received", () => Volatile.Read(ref _received), null, "Messages taken in.");
        _meter.CreateObservableCounter("roost.hub.received.bytes", () => Volatile.Read(ref _receivedBytes), "By", "Bytes of messages taken in.");
        _meter.CreateObservableCounter("roost.hub.delivered", () => Volatile.Read(ref _delivered), null, "Messages delivered.");
        _meter.CreateObservableCounter("roost.hub.delivered.bytes", () => Volatile.Read(ref _deliveredBytes), "By", "Bytes of messages delivered.");
        _meter.CreateObservableCounter("roost.hub.dropped", () => Volatile.Read(ref _dropped), null, "Messages that did not fit a slow reader's queue.");
        _meter.CreateObservableCounter("roost.hub.faults", () => Volatile.Read(ref _faults), null, "Mistakes of this program; each closed one connection.");
        _meter.CreateObservableCounter("roost.hub.refusals", Refusals, null, "Refusals by cause.");
        _meter.CreateObservableGauge("roost.mesh.hubs", () => ByTag("state", ("alive", _mesh.Alive), ("suspect", _mesh.Suspect), ("dead", _mesh.Dead)), null, "Other hubs that are known.");
        _meter.CreateObservableGauge("roost.mesh.links", () => ByTag("way", ("direct", _mesh.Direct), ("carried", _mesh.Carried)), null, "Links to other hubs; a third hub carries those that are carried.");
        _meter.CreateObservableGauge("roost.mesh.leases", () => _mesh.Leases, null, "Whereabouts of peers that other hubs put here.");
        _meter.CreateObservableGauge("roost.mesh.parked", () => _mesh.Parked, null, "Signals that wait for their target to be found.");
        _meter.CreateObservableCounter("roost.mesh.signals", () => ByTag("way", ("in", _mesh.SignalsIn), ("out", _mesh.SignalsOut)), null, "Signals from and to peers at other hubs.");
        _meter.CreateObservableCounter("roost.mesh.carried", () => _mesh.CarriedForOthers, null, "Messages carried between two other hubs.");
        _meter.CreateObservableCounter("roost.mesh.bytes", () => ByTag("way", ("in", _mesh.BytesIn), ("out", _mesh.BytesOut)), "By", "Bytes on links to other hubs.");
        _meter.CreateObservableCounter("roost.mesh.deaths", () => _mesh.Deaths, null, "Hubs that this one declared dead.");
        _meter.CreateObservableCounter("roost.mesh.refused", () => ByTag("cause", ("not-yours", _mesh.NotYours), ("bad-lease", _mesh.BadLeases), ("bad-record", _mesh.BadRecords), ("flood", _mesh.Flooded), ("overflow", _mesh.Overflowed)), null, "What other hubs sent and was not taken, and what did not fit a queue.");
    }

    /// <summary>The meter of this hub alone: there may be others in the process.</summary>
    internal Meter Meter => _meter;

    internal void Received(int bytes)
    {
        Interlocked.Increment(ref _received);
        Interlocked.Add(ref _receivedBytes, bytes);
    }

    internal void Delivered(int bytes)
    {
        _delivered++;
        _deliveredBytes += bytes;
    }

    internal void Dropped() => _dropped++;

    internal void Opened() => Interlocked.Increment(ref _connections);

    internal void Closed() => Interlocked.Decrement(ref _connections);

    internal void Observed(int networks, int rooms, int guests)
    {
        Volatile.Write(ref _networks, networks);
        Volatile.Write(ref _rooms, rooms);
        Volatile.Write(ref _guests, guests);
    }

    /// <summary>Looked up just before the instruments are read.</summary>
    internal void Observed(MeshSight mesh) => _mesh = mesh;

    internal void Fault() => Interlocked.Increment(ref _faults);

    internal void Refused(Refusal why) => Interlocked.Increment(ref _refusals[(int)why]);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> ByTag(string tag, params (string Value, long Count)[] counts) =>
        counts.Select(count => new Measurement<long>(count.Count, new KeyValuePair<string, object?>(tag, count.Value)));

    private IEnumerable<Measurement<long>> Refusals()
    {
        for (int i = 1; i < _refusals.Length; i++)
        {
            yield return new(Volatile.Read(ref _refusals[i]), new KeyValuePair<string, object?>("cause", ((Refusal)i).Row().Tag));
        }
    }
}
