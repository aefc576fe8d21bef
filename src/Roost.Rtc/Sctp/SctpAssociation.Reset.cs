using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Stream reset (RFC 6525): how data channels close. Requests are repeated until answered; answers are repeated on demand.</summary>
public sealed partial class SctpAssociation
{
    private const uint ResultNothingToDo = 0;
    private const uint ResultPerformed = 1;
    private const uint ResultDenied = 2;
    private const uint ResultBadSequence = 5;
    private const uint ResultInProgress = 6;

    /// <summary>Streams named by one request; more wait for the next.</summary>
    private const int MaxStreamsPerRequest = 128;

    /// <summary>Tries of one request; then the stream counts as closed here and its id stays unused.</summary>
    private const int MaxResetTries = 20;

    private readonly HashSet<ushort> _resetWanted = [];
    private ushort[] _resetting = [];
    private ushort[] _deferredReset = [];
    private uint _deferredUntil;
    private uint _resetSequence;
    private uint _resetLastTsn;
    private uint _peerResetSequence;
    private uint _lastResetResult = ResultNothingToDo;
    private bool _sendReset;
    private int _resetTries;
    private Instant _resetTimer = Instant.Never;

    /// <summary>Closes our outgoing side of a stream once everything queued on it is acknowledged; <see cref="SctpEffectKind.OutgoingStreamReset"/> follows.</summary>
    public void ResetStream(ushort streamId, Instant now)
    {
        _now = now;
        _burstLeft = Math.Max(_burstLeft, 1);
        var stream = _sendQueue.Stream(streamId);
        if (!stream.IsClosing && CloseReason == SctpCloseReason.None)
        {
            stream.IsClosing = true;
            _resetWanted.Add(streamId);
            TryResetStreams();
        }
    }

    private void TryResetStreams()
    {
        if (_resetWanted.Count == 0 || _resetting.Length > 0 || State != SctpState.Established)
        {
            return;
        }
        var ready = _resetWanted.Where(IsDrained).Take(MaxStreamsPerRequest).ToArray();
        if (ready.Length == 0)
        {
            return;
        }
        _resetWanted.ExceptWith(ready);
        _resetting = ready;
        _resetTries = 0;
        _resetLastTsn = _sent.NextTsn - 1;
        if (!_peer.ReConfig)
        {
            FinishReset();
            return;
        }
        _sendReset = true;
    }

    private bool IsDrained(ushort id) => !_sendQueue.TryGetStream(id, out var stream) || (stream.Outstanding == 0 && stream.Messages.Count == 0);

    private void OnResetTimer()
    {
        if (_resetTries >= MaxResetTries)
        {
            FinishReset();
            return;
        }
        _sendReset = _resetting.Length > 0;
        _resetTimer = Instant.Never;
    }

    private void FinishReset()
    {
        var done = _resetting;
        _resetting = [];
        _resetTimer = Instant.Never;
        _sendReset = false;
        _resetSequence++;
        foreach (var id in done)
        {
            _sendQueue.Forget(id);
            Emit(new SctpEffect(SctpEffectKind.OutgoingStreamReset, id));
        }
        TryResetStreams();
    }

    /// <summary>
    /// <code>
    /// | Type 130 | Flags | Length | Type 13 | Length | Request Sequence (32) | Response Sequence (32) | Last TSN (32) | *( Stream (16) )
    /// </code>
    /// </summary>
    private int WriteResetRequest(Span<byte> packet, int at)
    {
        var parameter = 16 + 2 * _resetting.Length;
        var total = SctpWire.Padded(4 + parameter);
        if (!_sendReset || at + total > _packetBytes)
        {
            return at;
        }
        var chunk = packet.Slice(at, total);
        chunk.Clear();
        SctpWire.WriteChunkHeader(chunk, ChunkType.ReConfig, 0, 4 + parameter);
        SctpWire.U16(chunk, 4, ParameterType.OutgoingResetRequest);
        SctpWire.U16(chunk, 6, parameter);
        SctpWire.U32(chunk, 8, _resetSequence);
        SctpWire.U32(chunk, 12, _peerResetSequence - 1);
        SctpWire.U32(chunk, 16, _resetLastTsn);
        for (var i = 0; i < _resetting.Length; i++)
        {
            SctpWire.U16(chunk, 20 + 2 * i, _resetting[i]);
        }
        _sendReset = false;
        _resetTimer = _now + _sent.RoundTrip.Rto * (1 << Math.Min(_resetTries++, 3));
        return at + total;
    }

    private void OnReConfig(ReadOnlySpan<byte> chunk)
    {
        if (State != SctpState.Established)
        {
            return;
        }
        var parameters = new TlvReader(chunk[SctpWire.ChunkHeaderLength..]);
        while (parameters.TryNext(out var parameter))
        {
            switch (SctpWire.U16(parameter, 0))
            {
                case ParameterType.OutgoingResetRequest when parameter.Length >= 16:
                    OnResetRequest(parameter);
                    break;
                case ParameterType.ReConfigResponse when parameter.Length >= 12:
                    OnResetResponse(SctpWire.U32(parameter, 4), SctpWire.U32(parameter, 8));
                    break;
                case ParameterType.IncomingResetRequest or ParameterType.TsnResetRequest
                    or ParameterType.AddOutgoingStreams or ParameterType.AddIncomingStreams when parameter.Length >= 8:
                    // Data channels never need these (RFC 8831 §6.7 uses outgoing resets only).
                    if (SctpWire.U32(parameter, 4) is var sequence && sequence == _peerResetSequence)
                    {
                        _peerResetSequence++;
                        _lastResetResult = ResultDenied;
                    }
                    Answer(sequence, ResultDenied);
                    break;
            }
        }
    }

    private void OnResetRequest(ReadOnlySpan<byte> parameter)
    {
        var sequence = SctpWire.U32(parameter, 4);
        if (sequence != _peerResetSequence)
        {
            Answer(sequence, sequence == _peerResetSequence - 1 ? _lastResetResult : ResultBadSequence);
            return;
        }
        var ids = new ushort[(parameter.Length - 16) / 2];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = SctpWire.U16(parameter, 16 + 2 * i);
        }
        var lastTsn = SctpWire.U32(parameter, 12);
        if (SctpWire.After(lastTsn, _received.Cumulative))
        {
            // Data sent before the reset is still on its way: the peer asks again, and is told as soon as it has come.
            _deferredReset = ids;
            _deferredUntil = lastTsn;
            Answer(sequence, ResultInProgress);
            return;
        }
        PerformReset(ids);
    }

    private void TryAnswerDeferredReset()
    {
        if (_deferredReset.Length > 0 && !SctpWire.After(_deferredUntil, _received.Cumulative))
        {
            PerformReset(_deferredReset);
        }
    }

    private void PerformReset(ushort[] ids)
    {
        _deferredReset = [];
        _lastResetResult = ResultPerformed;
        Answer(_peerResetSequence++, ResultPerformed);
        foreach (var id in ids)
        {
            _reassembly.ResetStream(id);
            Emit(new SctpEffect(SctpEffectKind.IncomingStreamReset, id));
        }
    }

    private void OnResetResponse(uint sequence, uint result)
    {
        if (_resetting.Length > 0 && sequence == _resetSequence && result != ResultInProgress)
        {
            // Denied or failed leaves nothing better to do than done: the stream is not used again by this side.
            FinishReset();
        }
    }

    private void Answer(uint sequence, uint result)
    {
        Span<byte> chunk = stackalloc byte[16];
        SctpWire.WriteChunkHeader(chunk, ChunkType.ReConfig, 0, 16);
        SctpWire.U16(chunk, 4, ParameterType.ReConfigResponse);
        SctpWire.U16(chunk, 6, 12);
        SctpWire.U32(chunk, 8, sequence);
        SctpWire.U32(chunk, 12, result);
        QueueControl(chunk, _peer.Tag);
    }
}
