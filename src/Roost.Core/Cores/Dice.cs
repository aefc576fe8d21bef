using System.Buffers.Binary;

namespace Roost.Core.Cores;

/// <summary>Where a core gets randomness from: given to it, so that a simulation can repeat it.</summary>
/// <remarks>Not thread-safe unless an implementation says so. Keys and nonces must come from a cryptographic implementation.</remarks>
public abstract class Dice
{
    /// <summary>Fills <paramref name="buffer"/> with random bytes.</summary>
    public abstract void Fill(Span<byte> buffer);

    /// <summary>A uniformly random 64-bit number.</summary>
    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A random number in [0, <paramref name="exclusiveMax"/>), <paramref name="exclusiveMax"/> &gt; 0; bias below 2⁻³².</summary>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)(NextUInt64() % (uint)exclusiveMax);
    }

    /// <summary>A random number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary><paramref name="span"/> times a random factor in [1 − <paramref name="share"/>, 1 + <paramref name="share"/>].</summary>
    public TimeSpan Jitter(TimeSpan span, double share) => span * (1 + share * (2 * NextDouble() - 1));
}
