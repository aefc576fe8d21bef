using System.Buffers;

namespace Roost.Rtc;

/// <summary>Where the buffers of messages come from and go back to.</summary>
/// <remarks>
/// Thread-safe. A pool of its own, because messages are rented on one thread and returned on another in large numbers, for which the
/// process's shared pool keeps too few. It holds, of each size, about as much as a window that waits: 16 MiB of messages up to 64 KiB, as many
/// fragments behind a gap. More is left to the garbage collector.
/// </remarks>
public static class MessagePool
{
    private const int LargestFragment = 1 << 12;
    private const int LargestUsual = 1 << 16;
    private const int LargestMessage = 1 << 20;

    private static readonly ArrayPool<byte> Fragments = ArrayPool<byte>.Create(LargestFragment, 4096);
    private static readonly ArrayPool<byte> Usual = ArrayPool<byte>.Create(LargestUsual, 256);
    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(LargestMessage, 32);

    /// <summary>An array of at least that many bytes, contents undefined.</summary>
    public static byte[] Rent(int length) => PoolOf(length).Rent(length);

    /// <summary>Gives an array back; it must not be used afterwards. Arrays of other origin are dropped.</summary>
    public static void Return(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        // The pool throws for lengths it would never have made.
        if (buffer.Length >= 16 && (buffer.Length & (buffer.Length - 1)) == 0)
        {
            PoolOf(buffer.Length).Return(buffer);
        }
    }

    private static ArrayPool<byte> PoolOf(int length) => length <= LargestFragment ? Fragments : length <= LargestUsual ? Usual : Large;
}
