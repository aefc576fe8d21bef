using System.Buffers;

namespace Roost.Rtc;

/// <summary>Where the buffers of messages come from and go back to.</summary>
/// <remarks>
/// Thread-safe. A pool of its own, because messages are rented on one thread and returned on another in large numbers, for which the
/// process's shared pool keeps too few. It holds at most 128 arrays of each size; more are left to the garbage collector.
/// </remarks>
public static class MessagePool
{
    private const int LargestArray = 1 << 20;
    private const int ArraysPerSize = 128;

    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(LargestArray, ArraysPerSize);

    /// <summary>An array of at least that many bytes, contents undefined.</summary>
    public static byte[] Rent(int length) => Pool.Rent(length);

    /// <summary>Gives an array back; it must not be used afterwards. Arrays of other origin are dropped.</summary>
    public static void Return(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        // The pool throws for lengths it would never have made.
        if (buffer.Length >= 16 && (buffer.Length & (buffer.Length - 1)) == 0)
        {
            Pool.Return(buffer);
        }
    }
}
