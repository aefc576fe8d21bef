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
    }

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

    internal void Fault() => Interlocked.Increment(ref _faults);

    internal void Refused(Refusal why) => Interlocked.Increment(ref _refusals[(int)why]);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Refusals()
    {
        for (int i = 1; i < _refusals.Length; i++)
        {
            yield return new(Volatile.Read(ref _refusals[i]), new KeyValuePair<string, object?>("cause", ((Refusal)i).Row().Tag));
        }
    }
}
