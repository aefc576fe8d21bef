using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Roost.Core.Identity;

namespace Roost.Core.Codec;

/// <summary>Writes a frame front to back into memory it grows as needed. Not thread-safe; reuse it with <see cref="Clear"/>.</summary>
/// <param name="capacity">Bytes to start with.</param>
public sealed class ByteWriter(int capacity = 256) : IBufferWriter<byte>
{
    private byte[] _buffer = new byte[capacity];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <inheritdoc cref="Written"/>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>What was written from <paramref name="start"/> on, to be filled in later: a length that stands before what it counts.</summary>
    public Span<byte> SpanFrom(int start) => _buffer.AsSpan(start, Length - start);

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public ByteWriter Clear()
    {
        Length = 0;
        return this;
    }

    /// <summary>What has been written, in an array of its own.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Writes bytes as they are.</summary>
    public ByteWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(value.Length));
        return this;
    }

    /// <summary>Writes an ASCII label.</summary>
    public ByteWriter Label(string ascii)
    {
        Encoding.ASCII.GetBytes(ascii, Take(ascii.Length));
        return this;
    }

    /// <summary>Writes a u8.</summary>
    public ByteWriter U8(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    /// <summary>Writes a big-endian u16.</summary>
    public ByteWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);
        return this;
    }

    /// <summary>Writes a big-endian u32.</summary>
    public ByteWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
        return this;
    }

    /// <summary>Writes a big-endian u64.</summary>
    public ByteWriter U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);
        return this;
    }

    /// <summary>Writes a varuint.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Over 2⁵³ − 1.</exception>
    public ByteWriter VarUInt(ulong value)
    {
        Length += Codec.VarUInt.Write(Room(Codec.VarUInt.MaxSize), value);
        return this;
    }

    /// <summary>Writes 16 bytes of an id.</summary>
    public ByteWriter Id(Id16 value)
    {
        value.CopyTo(Take(Id16.Size));
        return this;
    }

    /// <summary>Writes 20 bytes of a peer id.</summary>
    public ByteWriter Id(PeerId value)
    {
        value.CopyTo(Take(PeerId.Size));
        return this;
    }

    /// <summary>Writes u8 length and UTF-8.</summary>
    /// <exception cref="ArgumentException">More than 255 bytes of UTF-8.</exception>
    public ByteWriter Str8(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        if (length > byte.MaxValue)
        {
            throw new ArgumentException("A str8 has at most 255 bytes of UTF-8.", nameof(value));
        }
        U8((byte)length);
        Encoding.UTF8.GetBytes(value, Take(length));
        return this;
    }

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => Room(Math.Max(sizeHint, 1));

    private Span<byte> Take(int count)
    {
        var span = Room(count)[..count];
        Length += count;
        return span;
    }

    private Span<byte> Room(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }
        return _buffer.AsSpan(Length);
    }
}
