using System.Buffers.Binary;
using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>HEARTBEAT (RFC 9260 §8.3) and packetization layer path MTU discovery with it (RFC 8899 §6.2).</summary>
public sealed partial class SctpAssociation
{
    private const int HeartbeatLength = ChunkHeader + ParameterHeader + NonceLength;
    private const int ChunkHeader = 4;
    private const int ParameterHeader = 4;
    private const int NonceLength = 8;
    private const int ProbeTries = 3;
    private const int MaxHeartbeatBytes = 2048;

    /// <summary>How long a found size is trusted before a larger one is tried (RFC 8899 §5.1.1, PMTU_RAISE_TIMER).</summary>
    private static readonly TimeSpan RaiseEvery = TimeSpan.FromSeconds(600);

    private Instant _heartbeatTimer = Instant.Never;
    private Instant _searchTimer = Instant.Never;
    private ulong _heartbeatNonce;
    private ulong _probeNonce;
    private int _probeBytes;
    private int _probeTries;

    private void StartSearch()
    {
        _probeBytes = _options.MaxPacketBytes & ~3;
        _probeTries = 0;
        _searchTimer = _probeBytes > _packetBytes ? _now : Instant.Never;
    }

    private void OnPathTimers()
    {
        if (_searchTimer <= _now)
        {
            ProbePath();
        }
        if (_heartbeatTimer > _now)
        {
            return;
        }
        // One unanswered heartbeat per interval counts, however short the timeout is: an outage of seconds must not end the association.
        _heartbeatTimer = _now + _options.HeartbeatEvery;
        if (_heartbeatNonce != 0 && ++_errors > _options.MaxRetransmissions)
        {
            End(SctpCloseReason.Timeout, tellPeer: true);
            return;
        }
        if (!_sent.HasOutstanding)
        {
            _sent.Trim();
            _sendQueue.Trim();
            _reassembly.Trim();
            _heartbeatNonce = _dice.NextUInt64() | 1;
            SendHeartbeat(_heartbeatNonce, 0);
        }
    }

    private void ProbePath()
    {
        if (_probeTries++ == ProbeTries)
        {
            // Lost three times: the path does not carry it. Try half way, then be content.
            _probeTries = 1;
            _probeBytes = (_packetBytes + _probeBytes) / 2 & ~3;
            if (_probeBytes - _packetBytes < 32)
            {
                _searchTimer = _now + RaiseEvery;
                _probeBytes = _options.MaxPacketBytes & ~3;
                _probeTries = 0;
                return;
            }
        }
        _probeNonce = _dice.NextUInt64() | 1;
        _searchTimer = _now + _sent.RoundTrip.Rto;
        SendHeartbeat(_probeNonce, _probeBytes);
    }

    /// <summary>A HEARTBEAT whose information fills the packet when it probes.</summary>
    /// <remarks>RFC 8899 §6.2 would pad by a PAD chunk; some stacks fail on chunk types they do not know, and all echo heartbeats.</remarks>
    private void SendHeartbeat(ulong nonce, int packetBytes)
    {
        var length = packetBytes == 0 ? HeartbeatLength : packetBytes - SctpWire.HeaderLength;
        Span<byte> chunk = stackalloc byte[length];
        chunk.Clear();
        SctpWire.WriteChunkHeader(chunk, ChunkType.Heartbeat, 0, length);
        SctpWire.U16(chunk, 4, ParameterType.HeartbeatInfo);
        SctpWire.U16(chunk, 6, length - ChunkHeader);
        BinaryPrimitives.WriteUInt64BigEndian(chunk[8..], nonce);
        QueueControl(chunk, _peer.Tag, isProbe: packetBytes > 0);
    }

    private void OnHeartbeat(ReadOnlySpan<byte> chunk)
    {
        if (State != SctpState.Established || chunk.Length > MaxHeartbeatBytes)
        {
            return;
        }
        Span<byte> answer = stackalloc byte[chunk.Length];
        chunk.CopyTo(answer);
        answer[0] = ChunkType.HeartbeatAck;
        QueueControl(answer, _peer.Tag);
    }

    private void OnHeartbeatAck(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < HeartbeatLength)
        {
            return;
        }
        var nonce = BinaryPrimitives.ReadUInt64BigEndian(chunk[8..]);
        if (nonce == _heartbeatNonce && nonce != 0)
        {
            _heartbeatNonce = 0;
            _errors = 0;
            _heartbeatTimer = _now + _options.HeartbeatEvery;
        }
        else if (nonce == _probeNonce && nonce != 0 && chunk.Length == _probeBytes - SctpWire.HeaderLength)
        {
            _probeNonce = 0;
            _packetBytes = _probeBytes;
            _sent.Congestion.SetPacketBytes(_packetBytes);
            _searchTimer = _now + RaiseEvery;
            if (_packetBytes < (_options.MaxPacketBytes & ~3))
            {
                _probeBytes = _options.MaxPacketBytes & ~3;
                _probeTries = 0;
            }
            else
            {
                _searchTimer = Instant.Never;
            }
        }
    }

    /// <summary>Two timeouts in a row with packets above the base: the path shrank (RFC 8899 §4.3).</summary>
    private void OnPossibleBlackHole()
    {
        if (_errors >= 2 && _packetBytes > _options.BasePacketBytes)
        {
            _packetBytes = _options.BasePacketBytes;
            _sent.Congestion.SetPacketBytes(_packetBytes);
            _probeBytes = _options.MaxPacketBytes & ~3;
            _probeTries = 0;
            _searchTimer = _now + RaiseEvery;
        }
    }
}
