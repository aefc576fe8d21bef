using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>What became of a sent DATA chunk.</summary>
internal enum ChunkState : byte
{
    /// <summary>Sent, not answered.</summary>
    InFlight,

    /// <summary>Taken for lost, to be sent again.</summary>
    Lost,

    /// <summary>Acknowledged by a gap report; the receiver may still take that back.</summary>
    Acked,

    /// <summary>Given up; to be skipped by FORWARD-TSN.</summary>
    Abandoned,
}

/// <summary>One DATA chunk that has a TSN: where its bytes are, when it was sent, and its neighbours in order of sending.</summary>
internal struct OutstandingChunk
{
    internal OutgoingMessage Message;
    internal int Offset;
    internal uint Fsn;
    internal uint Earlier;
    internal uint Later;
    internal Instant SentAt;
    internal ushort Length;
    internal ushort Transmissions;
    internal byte Flags;
    internal ChunkState State;

    /// <summary>Bytes counted against windows; the header is included so that tiny messages cost something.</summary>
    internal readonly int Cost => Length + SctpWire.DataHeaderLength;
}

/// <summary>A ring of outstanding chunks indexed by TSN that grows by doubling; <see cref="Trim"/> gives it back.</summary>
/// <remarks>Chunks in flight are also linked in order of sending, so that time-based loss detection touches only what it judges.</remarks>
internal sealed class OutstandingChunks
{
    private const int SmallestRing = 64;

    private OutstandingChunk[] _ring = [];
    private uint _earliest;
    private uint _latest;
    private int _linked;

    internal OutstandingChunks(uint initialTsn)
    {
        First = initialTsn;
        Next = initialTsn;
    }

    /// <summary>The lowest TSN not cumulatively acknowledged.</summary>
    internal uint First { get; private set; }

    /// <summary>The TSN the next new chunk gets.</summary>
    internal uint Next { get; private set; }

    internal int Count => (int)(Next - First);

    internal bool Contains(uint tsn) => tsn - First < (uint)Count;

    internal ref OutstandingChunk this[uint tsn] => ref _ring[tsn & (uint)(_ring.Length - 1)];

    /// <summary>Chunks in flight, in order of sending: the first of them, if any.</summary>
    internal bool TryEarliest(out uint tsn)
    {
        tsn = _earliest;
        return _linked > 0;
    }

    internal bool TryLater(uint tsn, out uint later)
    {
        later = this[tsn].Later;
        return tsn != _latest;
    }

    internal ref OutstandingChunk Add(out uint tsn)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }
        tsn = Next++;
        ref var chunk = ref this[tsn];
        chunk = default;
        return ref chunk;
    }

    internal void RemoveFirst()
    {
        this[First] = default;
        First++;
    }

    /// <summary>Gives a ring that grew back when it is empty. For idle times: a sender that pauses for every acknowledgement would pay for a new ring each time.</summary>
    internal void Trim()
    {
        if (Count == 0)
        {
            _ring = [];
        }
    }

    /// <summary>Appends to the order of sending.</summary>
    internal void Link(uint tsn)
    {
        if (_linked++ == 0)
        {
            _earliest = tsn;
        }
        else
        {
            this[_latest].Later = tsn;
            this[tsn].Earlier = _latest;
        }
        _latest = tsn;
    }

    internal void Unlink(uint tsn)
    {
        ref var chunk = ref this[tsn];
        _linked--;
        if (tsn == _earliest)
        {
            _earliest = chunk.Later;
        }
        else
        {
            this[chunk.Earlier].Later = chunk.Later;
        }
        if (tsn == _latest)
        {
            _latest = chunk.Earlier;
        }
        else
        {
            this[chunk.Later].Earlier = chunk.Earlier;
        }
    }

    private void Grow()
    {
        var bigger = new OutstandingChunk[Math.Max(SmallestRing, _ring.Length * 2)];
        for (var tsn = First; tsn != Next; tsn++)
        {
            bigger[tsn & (uint)(bigger.Length - 1)] = this[tsn];
        }
        _ring = bigger;
    }
}
