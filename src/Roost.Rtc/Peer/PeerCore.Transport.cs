using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;
using Roost.Rtc.Sctp;
using Roost.Rtc.Stun;

namespace Roost.Rtc.Peer;

/// <summary>Bytes in and out: ICE below, DTLS in the middle, SCTP on top.</summary>
public sealed partial class PeerCore
{
    /// <summary>A record adds 13 bytes of header, 8 of nonce and 16 of tag; other suites a little more.</summary>
    private const int RecordRoom = 64;
    private const int MaxPeerAddresses = 64;

    private readonly Queue<byte[]> _earlyDatagrams = new();
    private IDtlsTransport? _dtls;
    private DtlsState _dtlsState;
    private SctpAssociation? _sctp;
    private byte[]? _lent;
    private int _batchUsed;
    private int _batchSegment;

    private void HandleDatagram(int port, TransportAddress from, ReadOnlyMemory<byte> datagram)
    {
        if (datagram.IsEmpty || State == PeerState.Closed)
        {
            return;
        }
        // RFC 7983: 0–3 STUN, 20–63 DTLS, 64–79 TURN channels; the rest is not ours.
        var first = datagram.Span[0];
        if (first < 4 || first is >= 64 and <= 79)
        {
            Ice(new IceInput.Datagram(port, from, datagram));
        }
        else if (first is >= 20 and <= 63 && IsPeer(port, from))
        {
            HandleRecord(datagram.Span);
        }
    }

    private bool IsPeer(int port, TransportAddress from) =>
        (_ice.Path is { } path && path.Port == port && path.Remote == from) || _peerAddresses.Contains((port, from));

    private void HandleRecord(ReadOnlySpan<byte> datagram)
    {
        if (_dtls is null)
        {
            if (_earlyDatagrams.Count < _options.MaxEarlyDatagrams)
            {
                _earlyDatagrams.Enqueue(datagram.ToArray());
            }
            return;
        }
        _dtls.Receive(datagram, _now);
        SettleDtls();
        while (_dtls.TryRead(_buffers.Plaintext, out var length))
        {
            if (_sctp is not null)
            {
                _sctp.Handle(new SctpInput(_buffers.Plaintext.AsMemory(0, length), MoreFollows: true), _now);
                DrainSctp();
            }
        }
        // A connected server answers a repeated flight of the client with its own last one; reading may also meet an alert.
        SettleDtls();
    }

    /// <summary>Sends what DTLS has to say, and acts on its state, which any call of it may have changed.</summary>
    private void SettleDtls()
    {
        DrainDtls();
        if (_dtls is null || _dtls.State == _dtlsState || State == PeerState.Closed)
        {
            return;
        }
        _dtlsState = _dtls.State;
        switch (_dtlsState)
        {
            case DtlsState.Connected:
                _sctp = new SctpAssociation(_options.Sctp, _dice, _localSctpPort, _remote!.SctpPort);
                _sctp.Connect(_now);
                UpdateState();
                break;
            case DtlsState.Closed:
                // close_notify ends the connection (RFC 8831 §6.2 leaves no other use for it).
                Close(_now);
                break;
            case DtlsState.Failed:
                Fail(_dtls.Failure ?? "DTLS failed.");
                // Nothing can be sent any more, so the association is told as if it had been ABORTed.
                _sctp?.Close(_now);
                DrainSctp();
                break;
            default:
                UpdateState();
                break;
        }
    }

    private void StartDtlsIfReady()
    {
        if (_dtls is not null || _remote is null || _dtlsRole is null || _ice.Path is null)
        {
            return;
        }
        _dtls = _dtlsFactory.Create();
        _dtls.SetRoundTrip(_ice.RoundTrip);
        _dtls.Start(_dtlsRole.Value, _remote.Fingerprints, _now);
        SettleDtls();
        while (_earlyDatagrams.TryDequeue(out var datagram))
        {
            HandleRecord(datagram);
        }
    }

    private void DrainIce()
    {
        _iceWakeIsKnown = false;
        while (_ice.TryTake(out var effect))
        {
            switch (effect)
            {
                case IceEffect.Send send: Transmit(send.Port, send.To, send.Bytes); break;
                case IceEffect.LocalCandidate candidate: Notice(new PeerNotice.Candidate(candidate.Value)); break;
                case IceEffect.GatheringChanged gathering: Notice(new PeerNotice.GatheringChanged(gathering.Value)); break;
                case IceEffect.ResolveName name: Notice(new PeerNotice.ResolveName(name.Value)); break;
                case IceEffect.ServerFailed failed: Notice(new PeerNotice.ServerFailed(failed.Server, failed.ErrorCode)); break;
                case IceEffect.PeerAddress known: OnPeerAddress(known); break;
                case IceEffect.Relayed relayed: HandleRelayed(relayed); break;
                case IceEffect.PathChanged path:
                    _dtls?.SetRoundTrip(_ice.RoundTrip);
                    Notice(new PeerNotice.PathChanged(path.Value));
                    StartDtlsIfReady();
                    break;
                case IceEffect.StateChanged state:
                    Notice(new PeerNotice.IceChanged(state.Value));
                    UpdateState();
                    break;
            }
        }
    }

    private void OnPeerAddress(IceEffect.PeerAddress known)
    {
        if (_peerAddresses.Count < MaxPeerAddresses && _peerAddresses.Add((known.Port, known.Address)))
        {
            Notice(new PeerNotice.PeerAddress(known.Port, known.Address));
        }
    }

    private void HandleRelayed(IceEffect.Relayed relayed)
    {
        if (!relayed.Bytes.IsEmpty && relayed.Bytes.Span[0] is >= 20 and <= 63)
        {
            HandleRecord(relayed.Bytes.Span);
        }
    }

    private void DrainDtls()
    {
        while (_dtls is not null && _dtls.TryTakeDatagram(out var datagram))
        {
            SendRecord(datagram);
        }
    }

    private void SendRecord(ReadOnlyMemory<byte> record, bool dontFragment = false)
    {
        if (_ice.Path is not { } path || record.IsEmpty)
        {
            return; // no way out now; DTLS and SCTP repeat
        }
        if (_ice.PathRelay is { } relay)
        {
            var length = relay.Wrap(path.Remote, record.Span, _buffers.Wrapped);
            TransmitCopy(path.Port, _ice.PathServer, _buffers.Wrapped.AsSpan(0, length), dontFragment);
        }
        else
        {
            TransmitCopy(path.Port, path.Remote, record.Span, dontFragment);
        }
    }

    /// <summary>Queues a datagram in a pooled array, which goes back when the effect after it is asked for.</summary>
    private void TransmitCopy(int port, TransportAddress to, ReadOnlySpan<byte> bytes, bool dontFragment = false)
    {
        var buffer = MessagePool.Rent(bytes.Length);
        bytes.CopyTo(buffer);
        _effects.Enqueue(new PeerEffect(PeerEffectKind.Transmit, port, to, buffer.AsMemory(0, bytes.Length), bytes.Length, dontFragment, Buffer: buffer));
    }

    private void ReturnLent()
    {
        if (_lent is not null)
        {
            MessagePool.Return(_lent);
            _lent = null;
        }
    }

    /// <summary>Events, and packets: while more input of a burst follows, acknowledgements that must not wait for its end.</summary>
    private void DrainSctp()
    {
        while (_sctp is not null && _sctp.TryTake(out var effect))
        {
            if (effect.Kind == SctpEffectKind.Packet)
            {
                SendPacket(effect);
            }
            else
            {
                OnSctp(effect);
            }
        }
    }

    private void Uncork() => _sctp?.Handle(new SctpInput(default), _now);

    private void SendPacket(in SctpEffect packet)
    {
        var length = _dtls!.Protect(packet.Packet.Span, _buffers.Batch);
        if (length > 0)
        {
            SendRecord(_buffers.Batch.AsMemory(0, length), packet.IsProbe);
        }
    }

    /// <summary>Encrypts packets behind one another while they have one size: what a segmented send takes in one call.</summary>
    private bool TryTakeBatch(out PeerEffect effect)
    {
        effect = default;
        if (_sctp is null || _dtls is null)
        {
            return false;
        }
        _batchUsed = _batchSegment = 0;
        var path = _ice.Path;
        for (var segments = 0; segments < _options.MaxBatchSegments; segments++)
        {
            if (_batchUsed + _options.Sctp.MaxPacketBytes + 2 * RecordRoom > PeerBuffers.BatchBytes || !_sctp.TryTake(out var next))
            {
                break;
            }
            if (next.Kind != SctpEffectKind.Packet)
            {
                OnSctp(next);
                segments--;
                continue;
            }
            if (path is null)
            {
                continue; // the packet is lost, as on a dead wire
            }
            if (next.IsProbe || _ice.PathRelay is not null)
            {
                var record = _dtls.Protect(next.Packet.Span, _buffers.Batch.AsSpan(_batchUsed));
                SendRecord(_buffers.Batch.AsMemory(_batchUsed, record), next.IsProbe);
                break;
            }
            var length = _dtls.Protect(next.Packet.Span, _buffers.Batch.AsSpan(_batchUsed));
            if (_batchSegment == 0)
            {
                _batchSegment = length;
            }
            else if (length > _batchSegment)
            {
                // Larger than those before it: it cannot join, and goes by itself right after them.
                TransmitCopy(path.Port, path.Remote, _buffers.Batch.AsSpan(_batchUsed, length));
                break;
            }
            _batchUsed += length;
            if (length < _batchSegment)
            {
                break; // only the last segment may be shorter
            }
        }
        if (_batchUsed == 0)
        {
            return false;
        }
        effect = new PeerEffect(PeerEffectKind.Transmit, path!.Port, path.Remote, _buffers.Batch.AsMemory(0, _batchUsed), _batchSegment);
        return true;
    }
}
