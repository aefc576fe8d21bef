using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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

    public void Drop() => _out.Drop();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        if (_value == value)
        {
            _count++;
        }
        else
        {
            Change(value);
        }
    }

    private void Change(byte value)
    {
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

    public void Drop() => _out.Drop();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value)
    {
        if (_value == value)
        {
            _count++;
        }
        else
        {
            Change(value);
        }
    }

    private void Change(ulong value)
    {
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

    public void Drop() => _out.Drop();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(long value)
    {
        if (_difference == value - _value)
        {
            _value = value;
            _count++;
        }
        else
        {
            Change(value);
        }
    }

    private void Change(long value)
    {
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
    private const int Pooled = 4096;

    private readonly UintOptRleEncoder _lengths = new();
    private char[] _chars = new char[64];
    private int _count;

    /// <summary>All of them, one after the other: halves of a pair that two strings hold are one character again.</summary>
    public ReadOnlySpan<char> Chars => _chars.AsSpan(0, _count);

    public void Reset()
    {
        _count = 0;
        _lengths.Reset();
    }

    public void Drop()
    {
        _lengths.Drop();
        if (_chars.Length >= Pooled)
        {
            ArrayPool<char>.Shared.Return(_chars);
            _chars = new char[64];
        }
    }

    /// <summary>Makes room for so many more characters, so that it is made once.</summary>
    public void Reserve(int more)
    {
        if (_chars.Length - _count < more)
        {
            Grow(more);
        }
    }

    public void Write(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        text.CopyTo(_chars.AsSpan(_count));
        _count += text.Length;
        _lengths.Write((uint)text.Length);
    }

    public void Write(ReadOnlySpan<char> arena, int start, int length)
    {
        var short16 = Vector256<ushort>.Count;
        if (length > short16 || arena.Length - start < short16)
        {
            Write(arena.Slice(start, length));
            return;
        }

        // Most pieces are short: sixteen characters are copied as one, and those that are too many are written over by the next.
        Reserve(short16);
        Vector256.Create(MemoryMarshal.Cast<char, ushort>(arena.Slice(start, short16))).CopyTo(MemoryMarshal.Cast<char, ushort>(_chars.AsSpan(_count, short16)));
        _count += length;
        _lengths.Write((uint)length);
    }

    public ReadOnlySpan<byte> FinishLengths() => _lengths.Finish();

    private void Grow(int more)
    {
        var size = Math.Max(_chars.Length * 2, _count + more);
        var larger = size < Pooled ? new char[size] : ArrayPool<char>.Shared.Rent(size);
        _chars.AsSpan(0, _count).CopyTo(larger);
        if (_chars.Length >= Pooled)
        {
            ArrayPool<char>.Shared.Return(_chars);
        }

        _chars = larger;
    }
}
