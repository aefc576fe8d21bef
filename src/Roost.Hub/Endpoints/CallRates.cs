using Roost.Core.Cores;
using Roost.Mesh.Hubs;

namespace Roost.Hub.Endpoints;

/// <summary>How often an address may call what costs other hubs something. Thread-safe.</summary>
internal sealed class CallRates(RateLimit limit)
{
    private const int MaxAddresses = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<ClientAddress, RateBucket> _buckets = [];

    /// <summary>Takes one call. False: too many.</summary>
    public bool TryTake(ClientAddress address, Instant now)
    {
        lock (_gate)
        {
            if (_buckets.Count >= MaxAddresses && !_buckets.ContainsKey(address))
            {
                _buckets.Clear(); // Whoever had used up its share gets a new one; memory is worth more.
            }
            var bucket = _buckets.TryGetValue(address, out var known) ? known : new RateBucket(limit, now);
            bool may = bucket.TryTake(1, now);
            _buckets[address] = bucket;
            return may;
        }
    }
}
