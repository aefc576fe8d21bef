namespace Roost.Core.Codec;

/// <summary>LEB128 without a sign: 7 bits a byte, least significant group first, shortest form only.</summary>
public static class VarUInt
{
    /// <summary>The largest number: what JavaScript holds exactly, 2⁵³ − 1.</summary>
    public const ulong Max = (1UL << 53) - 1;

    /// <summary>The most bytes that a number takes.</summary>
    public const int MaxSize = 8;

    /// <summary>Bytes that <paramref name="value"/> takes: 1 to 8.</summary>
    public static int Size(ulong value)
    {
        int size = 1;
        while ((value >>= 7) != 0)
        {
            size++;
        }
        return size;
    }

    /// <summary>Writes <paramref name="value"/> and returns the bytes taken.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Over <see cref="Max"/>.</exception>
    public static int Write(Span<byte> destination, ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Max);
        int i = 0;
        while (value >= 0x80)
        {
            destination[i++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[i++] = (byte)value;
        return i;
    }
}
