namespace Roost.Crdt;

/// <summary>Runs of the same byte: value, count − 1, value, … The last run has no count; a reader repeats it for ever.</summary>
internal sealed class RleEncoder
{
    private readonly ByteWriter _out = new();
    private int _value = -1;
    private uint _count;

    public ReadOnlySpan<byte> Written => _out.Written;

    public void Reset()
    {
        _out.Reset();
        _value = -1;
        _count = 0;
    }

    public void Write(byte value)
    {
        if (_value == value)
        {
            _count++;
            return;
        }

        if (_count > 0)
        {
            _out.WriteVarUint(_count - 1);
        }

        _out.WriteByte(value);
        _value = value;
        _count = 1;
    }
}

/// <summary>Runs of the same number: a single one as it is, a run negated (−0 included) and followed by its length − 2.</summary>
internal sealed class UintOptRleEncoder
{
    private readonly ByteWriter _out = new();
    private ulong _value;
    private uint _count;

    public void Reset()
    {
        _out.Reset();
        _value = 0;
        _count = 0;
    }

    public void Write(ulong value)
    {
        if (_value == value)
        {
            _count++;
            return;
        }

        Flush();
        _value = value;
        _count = 1;
    }

    public ReadOnlySpan<byte> Finish()
    {
        Flush();
        _count = 0;
        return _out.Written;
    }

    private void Flush()
    {
        if (_count > 0)
        {
            _out.WriteVarInt(_value, negative: _count > 1);
            if (_count > 1)
            {
                _out.WriteVarUint(_count - 2);
            }
        }
    }
}

/// <summary>Runs of the same difference: difference × 2, plus 1 if a count − 2 follows.</summary>
internal sealed class IntDiffOptRleEncoder
{
    private readonly ByteWriter _out = new();
    private long _value;
    private long _difference;
    private uint _count;

    public void Reset()
    {
        _out.Reset();
        (_value, _difference, _count) = (0, 0, 0);
    }

    public void Write(long value)
    {
        if (_difference == value - _value)
        {
            _value = value;
            _count++;
            return;
        }

        Flush();
        _count = 1;
        _difference = value - _value;
        _value = value;
    }

    public ReadOnlySpan<byte> Finish()
    {
        Flush();
        _count = 0;
        return _out.Written;
    }

    private void Flush()
    {
        if (_count > 0)
        {
            var encoded = (_difference * 2) + (_count == 1 ? 0 : 1);
            _out.WriteVarInt((ulong)Math.Abs(encoded), encoded < 0);
            if (_count > 1)
            {
                _out.WriteVarUint(_count - 2);
            }
        }
    }
}

/// <summary>All strings as one, then the run-length encoded lengths in UTF-16 units.</summary>
internal sealed class StringEncoder
{
    private readonly UintOptRleEncoder _lengths = new();
    private readonly ByteWriter _out = new();
    private char[] _chars = new char[64];
    private int _count;

    public void Reset()
    {
        _count = 0;
        _lengths.Reset();
        _out.Reset();
    }

    public void Write(ReadOnlySpan<char> text)
    {
        if (_chars.Length - _count < text.Length)
        {
            Array.Resize(ref _chars, Math.Max(_chars.Length * 2, _count + text.Length));
        }

        text.CopyTo(_chars.AsSpan(_count));
        _count += text.Length;
        _lengths.Write((uint)text.Length);
    }

    public ReadOnlySpan<byte> Finish()
    {
        _out.WriteVarString(_chars.AsSpan(0, _count));
        _out.WriteBytes(_lengths.Finish());
        return _out.Written;
    }
}
