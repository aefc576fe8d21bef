using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Roost.Crdt;

/// <summary>A growing buffer with lib0's primitives; kept and reset between uses, so that steady work allocates nothing.</summary>
internal sealed class ByteWriter
{
    // From here on a buffer is borrowed: whole documents are encoded again and again, and fresh memory is the dearest part of that.
    private const int Pooled = 4096;

    private byte[] _buffer = new byte[128];
    private int _count;

    public int Count => _count;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

    public void Reset() => _count = 0;

    /// <summary>Gives up a buffer that one large update made large; what <see cref="Written"/> gave must not be used any more.</summary>
    public void Drop()
    {
        if (_buffer.Length >= Pooled)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = new byte[128];
        }

        _count = 0;
    }

    public void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[_count++] = value;
    }

    /// <summary>Little-endian base 128; bit 7 means more.</summary>
    public void WriteVarUint(ulong value)
    {
        Reserve(10);
        var buffer = _buffer;
        var at = _count;
        while (value > 0x7F)
        {
            buffer[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[at++] = (byte)value;
        _count = at;
    }

    /// <summary>First byte: bit 7 more, bit 6 sign, 6 bits; the sign is apart because −0 is used as a mark by run-length columns.</summary>
    public void WriteVarInt(ulong magnitude, bool negative)
    {
        Reserve(12);
        var sign = negative ? 0x40u : 0;
        if (magnitude >= 1UL << 34)
        {
            _buffer[_count++] = (byte)(0x80 | sign | (magnitude & 0x3F));
            WriteVarUint(magnitude >> 6);
            return;
        }

        // With room for the sign between the lowest six bits and the others these are the groups of a var uint, which are written without a
        // branch: in columns sizes follow no pattern, and a branch that is guessed wrong costs more than all five groups.
        var value = (magnitude & 0x3F) | ((magnitude & ~0x3FUL) << 1);
        var bytes = (value & 0x7F) | ((value & 0x3F80) << 1) | ((value & 0x1FC000) << 2) | ((value & 0xFE00000) << 3) | ((value & 0x7F0000000) << 4);
        var last = (int)((uint)(BitOperations.Log2(value | 1) * 37) >> 8);   // the logarithm by 7, right for 35 bits
        var more = 0x8080808080808080 & ((1UL << (8 * last)) - 1);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_count, 8), bytes | more | sign);
        _count += last + 1;
    }

    /// <summary>So many bytes for the caller to fill.</summary>
    public Span<byte> Take(int count)
    {
        Reserve(count);
        _count += count;
        return _buffer.AsSpan(_count - count, count);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    public void WriteVarBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarUint((uint)bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>Length in bytes, then UTF-8; a lone surrogate becomes U+FFFD as in a browser's TextEncoder.</summary>
    public void WriteVarString(ReadOnlySpan<char> text)
    {
        if (text.Length <= 42)
        {
            // At most 126 bytes, so the length is one byte and is filled in afterwards.
            Reserve(127);
            var written = Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_count + 1));
            _buffer[_count] = (byte)written;
            _count += written + 1;
            return;
        }

        var size = Encoding.UTF8.GetByteCount(text);
        WriteVarUint((uint)size);
        Reserve(size);
        _count += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_count));
    }

    public void WriteDouble(double value)
    {
        Reserve(8);
        BinaryPrimitives.WriteDoubleBigEndian(_buffer.AsSpan(_count), value);
        _count += 8;
    }

    public void WriteSingle(float value)
    {
        Reserve(4);
        BinaryPrimitives.WriteSingleBigEndian(_buffer.AsSpan(_count), value);
        _count += 4;
    }

    public void WriteInt64(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_count), value);
        _count += 8;
    }

    public byte[] ToArray() => Written.ToArray();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int more)
    {
        if (_buffer.Length - _count < more)
        {
            Grow(more);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int more)
    {
        var size = Math.Max(_buffer.Length * 2, _count + more);
        if (size < Pooled)
        {
            Array.Resize(ref _buffer, size);
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, _count).CopyTo(larger);
        if (_buffer.Length >= Pooled)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
