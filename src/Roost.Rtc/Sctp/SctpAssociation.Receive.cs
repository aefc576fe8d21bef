namespace Roost.Rtc.Sctp;

/// <summary>Packets in: checks, then chunk by chunk.</summary>
public sealed partial class SctpAssociation
{
    private long _packetsReceived;
    private long _badPackets;
    private int _errors;

    private void HandlePacket(ReadOnlySpan<byte> packet)
    {
        if (CloseReason != SctpCloseReason.None)
        {
            return;
        }
        if (!IsAcceptable(packet))
        {
            _badPackets++;
            return;
        }
        _packetsReceived++;
        var dataSeen = false;
        var chunks = new TlvReader(packet[SctpWire.HeaderLength..]);
        while (chunks.TryNext(out var chunk) && CloseReason == SctpCloseReason.None)
        {
            if (!HandleChunk(chunk, ref dataSeen))
            {
                break;
            }
        }
        if (dataSeen)
        {
            OnDataPacket();
        }
        TakeMessages();
    }

    private bool IsAcceptable(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < SctpWire.HeaderLength + SctpWire.ChunkHeaderLength || packet.Length % 4 != 0)
        {
            return false;
        }
        var type = packet[SctpWire.HeaderLength];
        var tag = SctpWire.U32(packet, 4);
        var checksum = SctpWire.ReadChecksum(packet);
        // A zero checksum is fine once we announced it (RFC 9653 §5.3), except on the packets that negotiate it.
        var mayBeZero = _options.ZeroChecksum && type is not (ChunkType.Init or ChunkType.CookieEcho);
        if (!(checksum == 0 && mayBeZero) && checksum != SctpWire.Checksum(packet))
        {
            return false;
        }
        // RFC 9260 §8.5: INIT goes with tag 0; ABORT and SHUTDOWN COMPLETE with the T bit reflect ours back.
        return type == ChunkType.Init ? tag == 0
            : tag == _ownTag
                || (type is ChunkType.Abort or ChunkType.ShutdownComplete && (packet[SctpWire.HeaderLength + 1] & 1) != 0 && tag == _peer.Tag && tag != 0);
    }

    /// <summary>Handles one chunk; false stops the packet.</summary>
    private bool HandleChunk(ReadOnlySpan<byte> chunk, ref bool dataSeen)
    {
        switch (chunk[0])
        {
            case ChunkType.Data or ChunkType.IData:
                dataSeen |= State is SctpState.Established or SctpState.CookieEchoed && OnData(chunk);
                return true;
            case ChunkType.Sack:
                OnSack(chunk);
                return true;
            case ChunkType.Init:
                OnInit(chunk);
                return false; // RFC 9260 §6.10: never bundled
            case ChunkType.InitAck:
                OnInitAck(chunk);
                return false;
            case ChunkType.CookieEcho:
                OnCookieEcho(chunk);
                return State == SctpState.Established;
            case ChunkType.CookieAck:
                OnCookieAck();
                return true;
            case ChunkType.Heartbeat:
                OnHeartbeat(chunk);
                return true;
            case ChunkType.HeartbeatAck:
                OnHeartbeatAck(chunk);
                return true;
            case ChunkType.ForwardTsn or ChunkType.IForwardTsn:
                OnForwardTsn(chunk);
                return true;
            case ChunkType.ReConfig:
                OnReConfig(chunk);
                return true;
            case ChunkType.Abort:
                End(SctpCloseReason.PeerAborted, tellPeer: false);
                return false;
            case ChunkType.Shutdown:
                QueueControl([ChunkType.ShutdownAck, 0, 0, 4], _peer.Tag);
                return false;
            case ChunkType.ShutdownComplete:
                End(SctpCloseReason.PeerShutdown, tellPeer: false);
                return false;
            default:
                // RFC 9260 §3.2: the upper bit of an unknown type says whether to go on.
                return (chunk[0] & 0x80) != 0 || chunk[0] == ChunkType.Error;
        }
    }

    private void OnSack(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 16 || State is SctpState.Closed or SctpState.CookieWait)
        {
            return;
        }
        var gaps = SctpWire.U16(chunk, 12) * 4;
        var duplicates = SctpWire.U16(chunk, 14);
        if (16 + gaps + duplicates * 4 > chunk.Length)
        {
            return;
        }
        var before = _sent.CumulativeAck;
        if (!_sent.OnSack(SctpWire.U32(chunk, 4), chunk.Slice(16, gaps), duplicates, _now))
        {
            return;
        }
        _errors = 0;
        _peerWindow = SctpWire.U32(chunk, 8);
        if (!_sent.HasOutstanding)
        {
            _retransmissionTimer = Core.Cores.Instant.Never;
        }
        else if (before != _sent.CumulativeAck)
        {
            _retransmissionTimer = _now + _sent.RoundTrip.Rto;
        }
        UpdatePace();
        TryResetStreams();
    }

    private void TakeMessages()
    {
        if (_reassembly.IsTooLong)
        {
            End(SctpCloseReason.ProtocolViolation, tellPeer: true);
            return;
        }
        while (_reassembly.TryTake(out var message))
        {
            _unread += message!.Length + Reassembly.Overhead;
            Emit(new SctpEffect(SctpEffectKind.Message, message.StreamId, message.Ppid, Buffer: message.Buffer, Length: message.Length));
            _reassembly.Recycle(message);
        }
        TryAnswerDeferredReset();
    }
}
