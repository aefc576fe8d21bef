namespace Roost.Rtc.Sctp;

/// <summary>Which TSNs have arrived: a cumulative point and ranges beyond it.</summary>
internal sealed class TsnTracker(uint initialTsn)
{
    /// <summary>Ranges kept; a chunk that would open another is refused and will be sent again.</summary>
    internal const int MaxRanges = 512;

    /// <summary>Duplicates reported in one SACK.</summary>
    private const int MaxDuplicates = 16;

    /// <summary>A TSN further ahead cannot be expressed by a gap block.</summary>
    private const int MaxAhead = ushort.MaxValue;

    private readonly List<(uint First, uint Last)> _ranges = [];
    private readonly List<uint> _duplicates = [];

    /// <summary>All up to here have arrived or were skipped.</summary>
    internal uint Cumulative { get; private set; } = initialTsn - 1;
    internal bool HasGaps => _ranges.Count > 0;
    internal bool HasDuplicates => _duplicates.Count > 0;

    /// <summary>Whether a TSN is new and can be noted.</summary>
    internal bool Accepts(uint tsn)
    {
        var ahead = (int)(tsn - Cumulative);
        if (ahead == 1 && _ranges.Count == 0)
        {
            return true;
        }
        if (ahead > MaxAhead)
        {
            return false;
        }
        if (ahead > 0)
        {
            var at = IndexOf(tsn);
            if (at == _ranges.Count || SctpWire.After(_ranges[at].First, tsn))
            {
                return _ranges.Count < MaxRanges || ahead == 1;
            }
        }
        if (_duplicates.Count < MaxDuplicates)
        {
            _duplicates.Add(tsn);
        }
        return false;
    }

    /// <summary>Notes a TSN that <see cref="Accepts"/> took.</summary>
    internal void Add(uint tsn)
    {
        if (tsn == Cumulative + 1)
        {
            Cumulative = tsn;
            Absorb();
            return;
        }
        // The commonest case beyond a gap: right behind the last range.
        var at = _ranges.Count > 0 && _ranges[^1].Last + 1 == tsn ? _ranges.Count : IndexOf(tsn);
        var joinsBefore = at > 0 && _ranges[at - 1].Last + 1 == tsn;
        var joinsAfter = at < _ranges.Count && _ranges[at].First == tsn + 1;
        if (joinsBefore && joinsAfter)
        {
            _ranges[at - 1] = (_ranges[at - 1].First, _ranges[at].Last);
            _ranges.RemoveAt(at);
        }
        else if (joinsBefore)
        {
            _ranges[at - 1] = (_ranges[at - 1].First, tsn);
        }
        else if (joinsAfter)
        {
            _ranges[at] = (tsn, _ranges[at].Last);
        }
        else
        {
            _ranges.Insert(at, (tsn, tsn));
        }
    }

    /// <summary>Skips to a new cumulative point, as FORWARD-TSN says.</summary>
    internal void Forward(uint cumulative)
    {
        Cumulative = cumulative;
        while (_ranges.Count > 0 && !SctpWire.After(_ranges[0].Last, cumulative))
        {
            _ranges.RemoveAt(0);
        }
        if (_ranges.Count > 0 && !SctpWire.After(_ranges[0].First, cumulative + 1))
        {
            Cumulative = _ranges[0].Last;
            _ranges.RemoveAt(0);
        }
        Absorb();
    }

    /// <summary>Writes a SACK (RFC 9260 §3.3.4) with as many blocks as fit; duplicates are forgotten. Needs at least 16 bytes.</summary>
    /// <remarks>
    /// <code>
    /// | Type 3 | Flags 0 | Length | Cumulative TSN (32) | a_rwnd (32) | Gaps (16) | Duplicates (16) | *( Start (16) | End (16) ) | *( TSN (32) )
    /// </code>
    /// </remarks>
    internal int WriteSack(Span<byte> destination, uint receiveWindow)
    {
        var at = 16;
        var gaps = 0;
        foreach (var (first, last) in _ranges)
        {
            if (at + 4 > destination.Length)
            {
                break;
            }
            SctpWire.U16(destination, at, (int)(first - Cumulative));
            SctpWire.U16(destination, at + 2, (int)(last - Cumulative));
            at += 4;
            gaps++;
        }
        var duplicates = 0;
        foreach (var tsn in _duplicates)
        {
            if (at + 4 > destination.Length)
            {
                break;
            }
            SctpWire.U32(destination, at, tsn);
            at += 4;
            duplicates++;
        }
        _duplicates.Clear();
        SctpWire.WriteChunkHeader(destination, ChunkType.Sack, 0, at);
        SctpWire.U32(destination, 4, Cumulative);
        SctpWire.U32(destination, 8, receiveWindow);
        SctpWire.U16(destination, 12, gaps);
        SctpWire.U16(destination, 14, duplicates);
        return at;
    }

    private void Absorb()
    {
        if (_ranges.Count > 0 && _ranges[0].First == Cumulative + 1)
        {
            Cumulative = _ranges[0].Last;
            _ranges.RemoveAt(0);
        }
    }

    /// <summary>The first range that ends at or after a TSN.</summary>
    private int IndexOf(uint tsn)
    {
        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (SctpWire.After(tsn, _ranges[middle].Last))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
