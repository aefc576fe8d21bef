using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Roost.Crdt;

/// <summary>A growing buffer with lib0's primitives; kept and reset between uses, so that steady work allocates nothing.</summary>
internal sealed class ByteWriter
{
    private byte[] _buffer = new byte[128];
    private int _count;

    public int Count => _count;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

    public void Reset() => _count = 0;

    /// <summary>Gives up a buffer that one large update made large.</summary>
    public void Trim(int keep)
    {
        if (_buffer.Length > keep)
        {
            _buffer = new byte[128];
        }
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
        Reserve(11);
        _buffer[_count++] = (byte)((magnitude > 0x3F ? 0x80u : 0) | (negative ? 0x40u : 0) | (magnitude & 0x3F));
        magnitude >>= 6;
        while (magnitude > 0)
        {
            _buffer[_count++] = (byte)((magnitude > 0x7F ? 0x80u : 0) | (magnitude & 0x7F));
            magnitude >>= 7;
        }
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
    private void Grow(int more) => Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _count + more));
}
