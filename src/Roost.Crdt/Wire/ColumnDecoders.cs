namespace Roost.Crdt;

/// <inheritdoc cref="RleEncoder"/>
internal ref struct RleDecoder(ByteReader reader)
{
    private ByteReader _reader = reader;
    private byte _value;
    private ulong _count;
    private bool _forever;

    public byte Read()
    {
        if (_count == 0 && !_forever)
        {
            _value = _reader.ReadByte();
            _forever = _reader.Remaining == 0;
            _count = _forever ? 0 : _reader.ReadVarUint() + 1;
        }

        _count -= _forever ? 0u : 1u;
        return _value;
    }
}

/// <inheritdoc cref="UintOptRleEncoder"/>
internal ref struct UintOptRleDecoder(ByteReader reader)
{
    private ByteReader _reader = reader;
    private ulong _value;
    private ulong _count;

    public ulong Read()
    {
        if (_count == 0)
        {
            _value = _reader.ReadVarInt(out var run);
            _count = run ? _reader.ReadVarUint() + 2 : 1;
        }

        _count--;
        return _value;
    }

    public uint ReadClock()
    {
        var value = Read();
        if (value > uint.MaxValue)
        {
            _reader.Fail(UpdateFault.ClockTooLarge, "A length is above 2^32 - 1.");
        }

        return (uint)value;
    }
}

/// <inheritdoc cref="IntDiffOptRleEncoder"/>
internal ref struct IntDiffOptRleDecoder(ByteReader reader)
{
    private ByteReader _reader = reader;
    private long _value;
    private long _difference;
    private ulong _count;

    public uint Read()
    {
        if (_count == 0)
        {
            var encoded = (long)_reader.ReadVarInt(out var negative);
            encoded = negative ? -encoded : encoded;
            _difference = encoded >> 1;
            _count = (encoded & 1) != 0 ? _reader.ReadVarUint() + 2 : 1;
        }

        _value += _difference;
        _count--;
        if ((ulong)_value > uint.MaxValue)
        {
            _reader.Fail(UpdateFault.ClockTooLarge, "A clock is negative or above 2^32 - 1.");
        }

        return (uint)_value;
    }
}

/// <inheritdoc cref="StringEncoder"/>
internal ref struct StringDecoder
{
    private readonly ReadOnlySpan<char> _chars;
    private ByteReader _reader;
    private UintOptRleDecoder _lengths;
    private int _at;

    /// <param name="reader">The column.</param>
    /// <param name="room">Where the text goes; at least one char for each byte of the column.</param>
    public StringDecoder(ByteReader reader, Span<char> room)
    {
        var bytes = reader.Remaining == 0 ? default : reader.ReadVarBytes();
        _chars = room[..reader.Decode(bytes, room)];
        _reader = reader;
        _lengths = new UintOptRleDecoder(reader);
    }

    /// <summary>The place and length of the next string in the room.</summary>
    public (int At, int Length) Read()
    {
        var length = _lengths.Read();
        if (length > (ulong)(_chars.Length - _at))
        {
            _reader.Fail(UpdateFault.Truncated, "A string is longer than the text there is.");
        }

        var result = (_at, (int)length);
        _at += (int)length;
        return result;
    }

    public readonly ReadOnlySpan<char> Chars => _chars;
}
