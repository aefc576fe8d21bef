using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Packets out: what waits is bundled into one packet each time one is asked for (RFC 9260 §6.10).</summary>
public sealed partial class SctpAssociation
{
    private long _packetsSent;
    private long _peerWindow;
    private Instant _lastDataSent;
    private uint _forwardedTo;
    private bool _forwardAgain;
    private int _packetBytes;
    private bool _heldByWindow;

    private int BuildPacket(out bool isProbe)
    {
        isProbe = false;
        if (_control.TryDequeue(out var control))
        {
            isProbe = control.IsProbe;
            return WriteControl(control);
        }
        if (State != SctpState.Established)
        {
            return 0;
        }
        var packet = _packet.AsSpan();
        var at = SctpWire.HeaderLength;
        if (_sackNow || (_sackPending && MaySendData()))
        {
            at += WriteSack(packet[at..(_packetBytes & ~3)]);
        }
        if (!_corked)
        {
            at = WriteForwardTsn(packet, at);
            at = WriteResetRequest(packet, at);
            at = WriteData(packet, at);
        }
        if (at == SctpWire.HeaderLength)
        {
            return 0;
        }
        SctpWire.WriteHeader(packet, _sourcePort, _destinationPort, _peer.Tag);
        if (!(_options.ZeroChecksum && _peer.ZeroChecksum))
        {
            SctpWire.WriteChecksum(packet[..at]);
        }
        _packetsSent++;
        return at;
    }

    private int WriteControl(in ControlPacket control)
    {
        var length = SctpWire.HeaderLength + SctpWire.Padded(control.Chunk.Length);
        var packet = _packet.AsSpan(0, length);
        packet.Clear();
        SctpWire.WriteHeader(packet, _sourcePort, _destinationPort, control.Tag);
        control.Chunk.CopyTo(packet[SctpWire.HeaderLength..]);
        SctpWire.WriteChecksum(packet);
        _packetsSent++;
        return length;
    }

    private int WriteForwardTsn(Span<byte> packet, int at)
    {
        if (!_sent.NeedsForwardTsn || (_forwardedTo == _sent.AdvancedAck && !_forwardAgain))
        {
            return at;
        }
        var length = _sent.WriteForwardTsn(packet[at..(_packetBytes & ~3)], _interleaving);
        if (length > 0)
        {
            _forwardedTo = _sent.AdvancedAck;
            _forwardAgain = false;
            ArmRetransmission();
        }
        return at + length;
    }

    private bool MaySendData() =>
        (_sent.LostCount > 0 || !_sendQueue.IsEmpty) && _sent.MaySend(1) && _pacer.MaySend(_now);

    private int WriteData(Span<byte> packet, int at)
    {
        var empty = at;
        _heldByWindow = false;
        while (_pacer.MaySend(_now))
        {
            var length = _sent.TryNextLost(_now, out var tsn)
                ? WriteLost(packet[at..], tsn, mayExceed: at == empty && at == SctpWire.HeaderLength, at)
                : WriteNew(packet[at..], at);
            if (length == 0)
            {
                break;
            }
            at += length;
            _pacer.OnSent(length);
        }
        if (at > empty)
        {
            _lastDataSent = _now;
            ArmRetransmission();
        }
        else
        {
            NoteWhatHolds();
        }
        return at;
    }

    /// <summary>
    /// Nothing more leaves: was it the window? The answer holds for every acknowledgement until the next attempt, because on a busy machine many come at once. The pace alone does not count:
    /// with it two flows would no longer share a bottleneck evenly.
    /// </summary>
    private void NoteWhatHolds()
    {
        _sent.WindowWasFull = _heldByWindow;
        _pacer.IsHolding = (_sent.LostCount > 0 || !_sendQueue.IsEmpty) && _sent.MaySend(1) && !_pacer.MaySend(_now);
    }

    private int WriteLost(Span<byte> destination, uint tsn, bool mayExceed, int at)
    {
        ref var chunk = ref _sent.Chunk(tsn);
        var length = SctpWire.Padded(DataHeader + chunk.Length);
        // A chunk cut for a larger path still has to go; IP then fragments it, since only probes forbid that.
        if (at + length > _packetBytes && !mayExceed)
        {
            return 0;
        }
        if (!_sent.MaySend(chunk.Cost))
        {
            _heldByWindow = true;
            return 0;
        }
        WriteChunk(destination, tsn, chunk);
        _sent.Resend(tsn, _now);
        return length;
    }

    private int WriteNew(Span<byte> destination, int at)
    {
        OutgoingMessage? message;
        while ((message = _sendQueue.Peek()) is not null && message.Expires <= _now && _sent.PartialReliability)
        {
            _sent.Abandon(message);
        }
        if (message is null || _sent.IsFull)
        {
            return 0;
        }
        var rest = message.Length - message.SentOffset;
        var room = ((_packetBytes - at) & ~3) - DataHeader;
        var whole = ((_packetBytes - SctpWire.HeaderLength) & ~3) - DataHeader;
        // A message is cut only into full packets: a fragment squeezed in behind other chunks would cost a chunk more.
        if (rest > room && (at > SctpWire.HeaderLength || room < whole))
        {
            return 0;
        }
        var length = Math.Min(rest, room);
        if (!_sent.MaySend(length + SctpWire.DataHeaderLength))
        {
            _heldByWindow = true;
            return 0;
        }
        // With nothing in flight one chunk may go into a closed window: the probe of RFC 9260 §6.1 A.
        if (_sent.InFlight > 0 && _sent.InFlight + length > _peerWindow)
        {
            return 0;
        }
        SendFragment(destination, message, length);
        return SctpWire.Padded(DataHeader + length);
    }

    private int DataHeader => _interleaving ? SctpWire.IDataHeaderLength : SctpWire.DataHeaderLength;

    private void SendFragment(Span<byte> destination, OutgoingMessage message, int length)
    {
        if (message.SentOffset == 0)
        {
            var stream = _sendQueue.Stream(message.StreamId);
            message.MessageId = !message.Unordered ? stream.NextOrdered++ : _interleaving ? stream.NextUnordered++ : 0;
            message.MessageId = _interleaving ? message.MessageId : (ushort)message.MessageId;
        }
        var isLast = message.SentOffset + length == message.Length;
        var flags = (message.SentOffset == 0 ? DataFlags.Beginning : 0) | (isLast ? DataFlags.End : 0)
            | (message.Unordered ? DataFlags.Unordered : 0);
        var tsn = _sent.Send(message, length, (byte)flags, _now);
        WriteChunk(destination, tsn, _sent.Chunk(tsn));
        if (_sendQueue.OnFragment(message, length, _interleaving))
        {
            OnLeftQueue(message);
        }
    }

    private void WriteChunk(Span<byte> destination, uint tsn, in OutstandingChunk chunk)
    {
        var message = chunk.Message;
        var header = DataHeader;
        SctpWire.WriteChunkHeader(destination, _interleaving ? ChunkType.IData : ChunkType.Data, chunk.Flags, header + chunk.Length);
        SctpWire.U32(destination, 4, tsn);
        SctpWire.U16(destination, 8, message.StreamId);
        if (_interleaving)
        {
            SctpWire.U16(destination, 10, 0);
            SctpWire.U32(destination, 12, message.MessageId);
            SctpWire.U32(destination, 16, (chunk.Flags & DataFlags.Beginning) != 0 ? message.Ppid : chunk.Fsn);
        }
        else
        {
            SctpWire.U16(destination, 10, (ushort)message.MessageId);
            SctpWire.U32(destination, 12, message.Ppid);
        }
        message.Buffer.AsSpan(chunk.Offset, chunk.Length).CopyTo(destination[header..]);
        var end = header + chunk.Length;
        destination[end..SctpWire.Padded(end)].Clear();
    }

    private void UpdatePace() =>
        _pacer.SetRate(_sent.Congestion.Window, _sent.RoundTrip.Smoothed, _sent.Congestion.PacingGain, _packetBytes);
}
