namespace Roost.Crdt;

/// <summary>Everything one author made: handles by clock without gaps, and the arenas that hold its text and values.</summary>
internal sealed class ClientBlocks(ulong id, int index)
{
    // By clock, with a gap where the last change was: edits come in places, and structs are cut and joined where they come.
    private uint[] _clocks = [];
    private int[] _handles = [];
    private int _gap;
    private int _gapLength;
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

    /// <summary><see cref="Chars"/>, and what room there is behind them.</summary>
    public ReadOnlySpan<char> Arena => _chars;

    public Span<YValue> Values => _values.AsSpan(0, ValueCount);

    public int this[int position] => _handles[position < _gap ? position : position + _gapLength];

    public uint ClockAt(int position) => _clocks[position < _gap ? position : position + _gapLength];

    public long Bytes => (_clocks.Length * 8L) + (_chars.Length * 2L) + (_values.Length * 16L);

    /// <summary>The position of the struct that holds <paramref name="clock"/>, which is below <see cref="Next"/>.</summary>
    public int Find(uint clock)
    {
        var end = Count + _gapLength;
        if (_gap < Count)
        {
            if (_clocks[end - 1] <= clock)
            {
                return Count - 1;
            }

            var behind = _gap + _gapLength;
            if (_clocks[behind] <= clock)
            {
                return _gap + PlaceIn(_clocks.AsSpan(behind, end - behind), clock);
            }
        }

        return _clocks[_gap - 1] <= clock ? _gap - 1 : PlaceIn(_clocks.AsSpan(0, _gap), clock);
    }

    public int HandleAt(uint clock) => this[Find(clock)];

    public void Reserve(int more)
    {
        if (more > _handles.Length - Count - _gapLength)
        {
            Grow(Count + _gapLength + more);
        }
    }

    public void Append(int handle, uint clock, uint length)
    {
        var at = Count;
        if (_gap == Count && _gapLength > 0)
        {
            _gapLength--;
        }
        else
        {
            at += _gapLength;
            if (at == _handles.Length)
            {
                Grow(at + Math.Max(4, at >> 1));
            }
        }

        _handles[at] = handle;
        _clocks[at] = clock;
        if (_gap == Count)
        {
            _gap++;
        }

        Count++;
        Next = clock + length;
    }

    public void Insert(int position, int handle, uint clock)
    {
        if (_gapLength == 0)
        {
            // Half of the room becomes the gap, the rest stays at the end, where most of what is new goes.
            if (_handles.Length - Count < 8)
            {
                Grow(Count + Math.Max(8, Count >> 1));
            }

            _gap = Count;
            _gapLength = (_handles.Length - Count) / 2;
        }

        MoveGap(position);
        _handles[position] = handle;
        _clocks[position] = clock;
        _gap++;
        _gapLength--;
        Count++;
    }

    public void Remove(int position, int count)
    {
        MoveGap(position + count);
        _gap -= count;
        _gapLength += count;
        Count -= count;
    }

    private static int PlaceIn(ReadOnlySpan<uint> clocks, uint clock)
    {
        var found = clocks.BinarySearch(clock);
        return found >= 0 ? found : ~found - 1;
    }

    private void Grow(int size)
    {
        Array.Resize(ref _handles, size);
        Array.Resize(ref _clocks, size);
    }

    private void MoveGap(int position)
    {
        var (from, to, length) = position < _gap
            ? (position, position + _gapLength, _gap - position)
            : (_gap + _gapLength, _gap, position - _gap);
        if (length > 0 && _gapLength > 0)
        {
            Array.Copy(_handles, from, _handles, to, length);
            Array.Copy(_clocks, from, _clocks, to, length);
        }

        _gap = position;
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
