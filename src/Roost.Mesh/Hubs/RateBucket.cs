using Roost.Core.Cores;

namespace Roost.Mesh.Hubs;

/// <summary>A token bucket that starts full. Mutable; lives in one place.</summary>
public struct RateBucket(RateLimit limit, Instant now)
{
    private double _tokens = limit.Burst;
    private Instant _at = now;

    /// <summary>Takes <paramref name="amount"/> tokens, or none at all.</summary>
    public bool TryTake(double amount, Instant now)
    {
        if (now > _at)
        {
            _tokens = Math.Min(limit.Burst, _tokens + (now - _at).TotalSeconds * limit.PerSecond);
            _at = now;
        }
        if (_tokens < amount)
        {
            return false;
        }
        _tokens -= amount;
        return true;
    }
}
