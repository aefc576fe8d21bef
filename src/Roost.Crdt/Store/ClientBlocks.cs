namespace Roost.Crdt;

/// <summary>Everything one author made: handles by clock without gaps, and the arenas that hold its text and values.</summary>
internal sealed class ClientBlocks(ulong id, int index)
{
    private uint[] _clocks = [];
    private int[] _handles = [];
    private char[] _chars = [];
    private YValue[] _values = [];

    public ulong Id { get; } = id;

    /// <summary>Dense number within the document.</summary>
    public int Index { get; } = index;

    public int Count { get; private set; }

    /// <summary>The clock of what it makes next; Yjs's "state".</summary>
    public uint Next { get; set; }

    public int CharCount { get; private set; }

    public int ValueCount { get; private set; }

    public int DeadChars { get; set; }

    public int DeadValues { get; set; }

    /// <summary>The newest transaction that changed it, and its state before that.</summary>
    public int MarkSerial { get; set; }

    public uint MarkBefore { get; set; }

    /// <summary>The newest transaction that deleted something of it.</summary>
    public int DeleteSerial { get; set; }

    /// <summary>Its place in the order in which clients first wrote something.</summary>
    public int Arrival { get; set; }

    public Span<char> Chars => _chars.AsSpan(0, CharCount);

    public Span<YValue> Values => _values.AsSpan(0, ValueCount);

    public int this[int position] => _handles[position];

    public uint ClockAt(int position) => _clocks[position];

    public long Bytes => (_clocks.Length * 8L) + (_chars.Length * 2L) + (_values.Length * 16L);

    /// <summary>The position of the struct that holds <paramref name="clock"/>, which is below <see cref="Next"/>.</summary>
    public int Find(uint clock)
    {
        var last = Count - 1;
        if (_clocks[last] <= clock)
        {
            return last;
        }

        var found = _clocks.AsSpan(0, Count).BinarySearch(clock);
        return found >= 0 ? found : ~found - 1;
    }

    public int HandleAt(uint clock) => _handles[Find(clock)];

    public void Reserve(int more)
    {
        if (more > _handles.Length - Count)
        {
            Array.Resize(ref _handles, Count + more);
            Array.Resize(ref _clocks, Count + more);
        }
    }

    public void Append(int handle, uint clock, uint length)
    {
        Insert(Count, handle, clock);
        Next = clock + length;
    }

    public void Insert(int position, int handle, uint clock)
    {
        if (Count == _handles.Length)
        {
            var larger = Math.Max(4, Count + (Count >> 1));
            Array.Resize(ref _handles, larger);
            Array.Resize(ref _clocks, larger);
        }

        if (position < Count)
        {
            Array.Copy(_handles, position, _handles, position + 1, Count - position);
            Array.Copy(_clocks, position, _clocks, position + 1, Count - position);
        }

        _handles[position] = handle;
        _clocks[position] = clock;
        Count++;
    }

    public void Remove(int position, int count)
    {
        Array.Copy(_handles, position + count, _handles, position, Count - position - count);
        Array.Copy(_clocks, position + count, _clocks, position, Count - position - count);
        Count -= count;
    }

    /// <summary>Keeps text; neighbours by clock lie next to each other, so that merging them is an addition.</summary>
    public int AddChars(ReadOnlySpan<char> text)
    {
        var start = CharCount;
        if (_chars.Length - start < text.Length)
        {
            Array.Resize(ref _chars, Math.Max(start + text.Length, start + (start >> 1)));
        }

        text.CopyTo(_chars.AsSpan(start));
        CharCount += text.Length;
        return start;
    }

    public int AddValues(ReadOnlySpan<YValue> values)
    {
        var start = ValueCount;
        if (_values.Length - start < values.Length)
        {
            Array.Resize(ref _values, Math.Max(start + values.Length, start + (start >> 1)));
        }

        values.CopyTo(_values.AsSpan(start));
        ValueCount += values.Length;
        return start;
    }

    /// <summary>Lets go of values that are no longer part of the document.</summary>
    public void ForgetValues(int start, int count)
    {
        _values.AsSpan(start, count).Clear();
        DeadValues += count;
    }

    /// <summary>Takes over rewritten arenas after compaction.</summary>
    public void ReplaceChars(char[] chars, int count) => (_chars, CharCount, DeadChars) = (chars, count, 0);

    /// <inheritdoc cref="ReplaceChars"/>
    public void ReplaceValues(YValue[] values, int count) => (_values, ValueCount, DeadValues) = (values, count, 0);
}
