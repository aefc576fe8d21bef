using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Data in, and when to acknowledge it (RFC 9260 §6.2).</summary>
public sealed partial class SctpAssociation
{
    /// <summary>So long every second packet is acknowledged even within a burst: senders that count acknowledgements grow their window by it.</summary>
    private const long QuickAckBytes = 256 * 1024;

    private long _bytesReceived;
    private long _quickAckUntil = QuickAckBytes;
    private long _unread;
    private long _advertised;
    private int _packetsUnacked;
    private bool _sackNow;
    private bool _sackPending;
    private bool _immediate;
    private Instant _sackTimer = Instant.Never;

    private bool IsQuickAcking => _bytesReceived < _quickAckUntil;

    private long ReceiveWindow => Math.Max(0, _options.ReceiveWindowBytes - _reassembly.HeldBytes - _unread);

    /// <summary>Takes in DATA or I-DATA; false when it is malformed.</summary>
    /// <remarks>
    /// <code>
    /// | Type  0 | Res|I|U|B|E | Length | TSN (32) | Stream (16) | SSN (16)      | PPID (32) | payload
    /// | Type 64 | Res|I|U|B|E | Length | TSN (32) | Stream (16) | Reserved (16) | MID (32) | PPID or FSN (32) | payload
    /// </code>
    /// </remarks>
    private bool OnData(ReadOnlySpan<byte> chunk)
    {
        var interleaved = chunk[0] == ChunkType.IData;
        var header = interleaved ? SctpWire.IDataHeaderLength : SctpWire.DataHeaderLength;
        // A chunk without payload counts as an empty fragment; RFC 9260 §3.3.1 would end the association over it.
        if (interleaved != _interleaving || chunk.Length < header)
        {
            return false;
        }
        var tsn = SctpWire.U32(chunk, 4);
        var flags = chunk[1];
        var isBeginning = (flags & DataFlags.Beginning) != 0;
        _immediate |= (flags & DataFlags.Immediate) != 0;
        var payload = chunk[header..];
        if (!IsRoomFor(tsn, payload.Length))
        {
            _immediate = true;
            return true;
        }
        if (!_received.Accepts(tsn))
        {
            _immediate = true;
            return true;
        }
        _received.Add(tsn);
        _bytesReceived += payload.Length;
        var streamId = SctpWire.U16(chunk, 8);
        if (streamId >= _options.MaxStreams)
        {
            return true; // acknowledged, so that it is not sent for ever, and dropped
        }
        var last = SctpWire.U32(chunk, interleaved ? 16 : 12);
        var received = new ReceivedChunk
        {
            Tsn = tsn,
            StreamId = streamId,
            Flags = flags,
            Payload = payload,
            MessageId = interleaved ? SctpWire.U32(chunk, 12) : SctpWire.U16(chunk, 10),
            Ppid = interleaved && !isBeginning ? 0 : last,
            Fsn = interleaved && !isBeginning ? last : 0,
        };
        if (interleaved)
        {
            _reassembly.AddInterleaved(received);
        }
        else
        {
            _reassembly.AddData(received);
        }
        return true;
    }

    /// <summary>Beyond the window nothing is kept, except the one chunk that lets what is held move on.</summary>
    private bool IsRoomFor(uint tsn, int length) =>
        tsn == _received.Cumulative + 1
            ? _unread + _reassembly.HeldBytes < 2L * _options.ReceiveWindowBytes && _unread < _options.ReceiveWindowBytes
            : _reassembly.HasRoom(length) && _unread + _reassembly.HeldBytes + length <= _options.ReceiveWindowBytes;

    private void OnDataPacket()
    {
        _sackPending = true;
        _packetsUnacked++;
        if (_received.HasGaps || _received.HasDuplicates)
        {
            _immediate = true;
            // After a gap the sender rebuilds its window by counting acknowledgements.
            _quickAckUntil = _bytesReceived + QuickAckBytes;
        }
        if (_immediate || _packetsUnacked >= 2)
        {
            _sackNow = true;
        }
        else if (_sackTimer == Instant.Never)
        {
            var half = _sent.RoundTrip.Rto / 2;
            _sackTimer = _now + (half < _options.SackDelay ? half : _options.SackDelay);
        }
    }

    private int WriteSack(Span<byte> destination)
    {
        _advertised = ReceiveWindow;
        _sackPending = _sackNow = _immediate = false;
        _packetsUnacked = 0;
        _sackTimer = Instant.Never;
        return _received.WriteSack(destination, (uint)_advertised);
    }

    /// <summary>Tells a sender that may be waiting that the window opened: when it grew by half, or from nearly nothing (RFC 9260 §6.2).</summary>
    private void UpdateWindow()
    {
        var window = ReceiveWindow;
        if (State == SctpState.Established && window - _advertised > Math.Min(_options.ReceiveWindowBytes / 2, 16L * _packetBytes)
            && _advertised < _options.ReceiveWindowBytes / 2)
        {
            _sackPending = _sackNow = true;
        }
    }

    /// <summary>FORWARD-TSN: the peer gave messages up (RFC 3758 §3.6, RFC 8260 §2.3.1).</summary>
    private void OnForwardTsn(ReadOnlySpan<byte> chunk)
    {
        var interleaved = chunk[0] == ChunkType.IForwardTsn;
        if (chunk.Length < 8 || interleaved != _interleaving || State != SctpState.Established)
        {
            return;
        }
        var cumulative = SctpWire.U32(chunk, 4);
        _sackPending = _sackNow = true;
        if (!SctpWire.After(cumulative, _received.Cumulative) || cumulative - _received.Cumulative > (uint)ushort.MaxValue)
        {
            return;
        }
        _received.Forward(cumulative);
        _reassembly.ForwardTo(cumulative);
        var entry = interleaved ? 8 : 4;
        for (var at = 8; at + entry <= chunk.Length; at += entry)
        {
            var stream = SctpWire.U16(chunk, at);
            if (stream >= _options.MaxStreams)
            {
                continue;
            }
            var unordered = interleaved && (SctpWire.U16(chunk, at + 2) & 1) != 0;
            _reassembly.Skip(stream, unordered, interleaved ? SctpWire.U32(chunk, at + 4) : SctpWire.U16(chunk, at + 2));
        }
    }
}
