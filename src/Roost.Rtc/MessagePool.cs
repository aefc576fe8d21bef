using System.Numerics;

namespace Roost.Rtc;

/// <summary>Where the buffers of messages come from and go back to.</summary>
/// <remarks>
/// Thread-safe. A pool of its own, because messages are rented on one thread and returned on another in large numbers: the process's shared
/// pool keeps too few of them, and <c>ArrayPool.Create</c> bounds their number and not their bytes, which suits one size only. What was given
/// back last is rented first, while the processor still has it in its cache.
/// </remarks>
public static class MessagePool
{
    /// <summary>Bytes kept of all sizes together: a few windows (<see cref="Sctp.SctpOptions.ReceiveWindowBytes"/>). More is left to the garbage collector.</summary>
    private const long MaxIdleBytes = 64 << 20;

    private const int SmallestShift = 4; // 16 bytes
    private const int LargestShift = 20; // 1 MiB

    private static readonly SizeClass[] Classes = [.. Enumerable.Range(SmallestShift, LargestShift - SmallestShift + 1).Select(shift => new SizeClass(1 << shift))];
    private static long s_idleBytes;

    /// <summary>An array of at least that many bytes, contents undefined.</summary>
    public static byte[] Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var shift = length <= 1 << SmallestShift ? SmallestShift : BitOperations.Log2((uint)length - 1) + 1;
        return shift <= LargestShift ? Classes[shift - SmallestShift].Rent() : GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>Gives an array back; it must not be used afterwards. Arrays of lengths that are never rented are dropped.</summary>
    public static void Return(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (BitOperations.IsPow2(buffer.Length) && BitOperations.Log2((uint)buffer.Length) is >= SmallestShift and <= LargestShift and var shift)
        {
            Classes[shift - SmallestShift].Return(buffer);
        }
    }

    /// <summary>The idle arrays of one size.</summary>
    private sealed class SizeClass(int size)
    {
        private const int FirstRoom = 16;

        private SpinLock _gate = new(enableThreadOwnerTracking: false);
        private byte[]?[] _idle = [];
        private int _count;

        internal byte[] Rent()
        {
            byte[]? buffer = null;
            var taken = false;
            _gate.Enter(ref taken);
            if (_count > 0)
            {
                buffer = _idle[--_count];
                _idle[_count] = null;
            }
            _gate.Exit();
            if (buffer is null)
            {
                return GC.AllocateUninitializedArray<byte>(size);
            }
            Interlocked.Add(ref s_idleBytes, -size);
            return buffer;
        }

        internal void Return(byte[] buffer)
        {
            if (Interlocked.Add(ref s_idleBytes, size) > MaxIdleBytes)
            {
                Interlocked.Add(ref s_idleBytes, -size);
                return;
            }
            var taken = false;
            _gate.Enter(ref taken);
            try
            {
                if (_count == _idle.Length)
                {
                    Array.Resize(ref _idle, Math.Max(FirstRoom, _count * 2));
                }
                _idle[_count++] = buffer;
            }
            finally
            {
                _gate.Exit();
            }
        }
    }
}
