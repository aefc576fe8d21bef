using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Roost.Crdt;

/// <summary>Reads lib0's primitives; every fault is an <see cref="UpdateFormatException"/> with the position in the whole update.</summary>
internal ref struct ByteReader
{
    public const ulong MaxSafeInteger = (1UL << 53) - 1;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _origin;   // where _bytes begins in the update
    private int _at;

    public ByteReader(ReadOnlySpan<byte> bytes, int origin = 0)
    {
        _bytes = bytes;
        _origin = origin;
    }

    public readonly int Position => _origin + _at;

    public readonly int Remaining => _bytes.Length - _at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        if ((uint)_at >= (uint)_bytes.Length)
        {
            Truncated();
        }

        return _bytes[_at++];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarUint()
    {
        if ((uint)_at < (uint)_bytes.Length && _bytes[_at] < 0x80)
        {
            return _bytes[_at++];
        }

        return ReadLongVarUint();
    }

    /// <summary>A var uint that must fit 32 bits: clocks and lengths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadClock()
    {
        var value = ReadVarUint();
        if (value > uint.MaxValue)
        {
            Fail(UpdateFault.ClockTooLarge, "A clock is above 2^32 - 1.");
        }

        return (uint)value;
    }

    /// <summary>How many of something follow, each of at least <paramref name="atLeast"/> bytes: never trusted beyond the bytes there are.</summary>
    public int ReadCount(int atLeast)
    {
        var value = ReadVarUint();
        if (value > (ulong)(Remaining / atLeast))
        {
            Fail(UpdateFault.Truncated, "More entries are announced than bytes follow.");
        }

        return (int)value;
    }

    public ulong ReadVarInt(out bool negative)
    {
        var first = ReadByte();
        ulong value = first & 0x3Fu;
        negative = (first & 0x40) != 0;
        for (var shift = 6; (first & 0x80) != 0; shift += 7)
        {
            first = ReadByte();
            if (shift > 48)
            {
                Fail(UpdateFault.NumberTooLarge, "An integer is above 2^53 - 1.");
            }

            value |= (ulong)(first & 0x7F) << shift;
        }

        if (value > MaxSafeInteger)
        {
            Fail(UpdateFault.NumberTooLarge, "An integer is above 2^53 - 1.");
        }

        return value;
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Truncated();
        }

        var result = _bytes.Slice(_at, count);
        _at += count;
        return result;
    }

    public ReadOnlySpan<byte> ReadVarBytes()
    {
        var count = ReadVarUint();
        if (count > (ulong)Remaining)
        {
            Truncated();
        }

        return ReadBytes((int)count);
    }

    /// <summary>A reader of the next length-prefixed bytes that still knows its place in the whole.</summary>
    public ByteReader ReadSection()
    {
        var bytes = ReadVarBytes();
        return new ByteReader(bytes, Position - bytes.Length);
    }

    public string ReadVarString()
    {
        var bytes = ReadVarBytes();
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Fault(UpdateFault.BadText, "Text is not UTF-8.");
        }
    }

    /// <summary>Decodes <paramref name="bytes"/>, just read, into <paramref name="chars"/>, which is large enough for one char a byte.</summary>
    public readonly int Decode(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        try
        {
            return Strict.GetChars(bytes, chars);
        }
        catch (DecoderFallbackException)
        {
            throw Fault(UpdateFault.BadText, "Text is not UTF-8.");
        }
    }

    public float ReadSingle() => BinaryPrimitives.ReadSingleBigEndian(ReadBytes(4));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(8));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(ReadBytes(8));

    public readonly UpdateFormatException Fault(UpdateFault fault, string what) => new(fault, Position, what);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly void Fail(UpdateFault fault, string what) => throw Fault(fault, what);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadLongVarUint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            if (shift > 49)
            {
                Fail(UpdateFault.NumberTooLarge, "A number is above 2^53 - 1.");
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        if (value > MaxSafeInteger)
        {
            Fail(UpdateFault.NumberTooLarge, "A number is above 2^53 - 1.");
        }

        return value;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Truncated() => Fail(UpdateFault.Truncated, "The bytes end too early.");
}
