using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>An SCTP association over DTLS (RFC 9260, RFC 8261) as a pure core: packets in, packets and messages out.</summary>
/// <remarks>
/// <para>Packets are made on demand while <see cref="TryTake"/> is called, into one buffer, so that nothing queues below the
/// congestion window and nothing is allocated per packet. An effect's packet is valid until the next call.</para>
/// <para>Both sides may call <see cref="Connect"/> at once, as WebRTC does; one tag and one initial TSN serve the whole set-up.
/// Not thread-safe; one driver.</para>
/// </remarks>
public sealed partial class SctpAssociation : IProtocolCore<SctpInput, SctpEffect>
{
    private readonly SctpOptions _options;
    private readonly ushort _sourcePort;
    private readonly ushort _destinationPort;
    private readonly uint _ownTag;
    private readonly uint _ownInitialTsn;
    private readonly StateCookie _cookies;
    private readonly SendQueue _sendQueue;
    private readonly RetransmissionQueue _sent;
    private readonly Reassembly _reassembly;
    private readonly Pacer _pacer = new();
    private readonly Queue<SctpEffect> _events = new();
    private readonly byte[] _packet;
    private readonly Dice _dice;
    private TsnTracker _received = new(0);
    private InitChunk _peer;
    private bool _corked;
    private int _burstLeft;
    private Instant _now;

    /// <summary>Makes an association that is not connected yet.</summary>
    /// <param name="options">Limits and habits.</param>
    /// <param name="dice">Source of tags, TSNs and nonces; must be cryptographic outside simulations.</param>
    /// <param name="sourcePort">Our SCTP port, 5000 by habit.</param>
    /// <param name="destinationPort">The peer's, from its SDP.</param>
    public SctpAssociation(SctpOptions options, Dice dice, ushort sourcePort = 5000, ushort destinationPort = 5000)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dice);
        _options = options;
        _dice = dice;
        _sourcePort = sourcePort;
        _destinationPort = destinationPort;
        _ownTag = (uint)dice.NextUInt64() | 1;
        _ownInitialTsn = (uint)dice.NextUInt64();
        _cookies = new StateCookie(dice);
        _sendQueue = new SendQueue(options);
        _sent = new RetransmissionQueue(options, _ownInitialTsn, _sendQueue) { LeftQueue = OnLeftQueue };
        _reassembly = new Reassembly(options);
        _packet = new byte[Math.Max(options.MaxPacketBytes, options.BasePacketBytes) + 64];
        _packetBytes = options.BasePacketBytes;
        _resetSequence = _ownInitialTsn;
    }

    /// <summary>Where the association stands.</summary>
    public SctpState State { get; private set; }

    /// <summary>Why it closed; None before.</summary>
    public SctpCloseReason CloseReason { get; private set; }

    /// <summary>Streams the peer takes from us; 65,535 until it said so.</summary>
    public int MaxOutgoingStreams => _peer.Tag == 0 ? _options.MaxStreams : Math.Min(_options.MaxStreams, (int)_peer.InboundStreams);

    /// <summary>Bytes of messages not yet sent for the first time.</summary>
    public long QueuedBytes => _sendQueue.QueuedBytes;

    /// <summary>Whether everything handed to <see cref="Send"/> is acknowledged or given up.</summary>
    public bool IsFlushed => _sendQueue.IsEmpty && !_sent.HasOutstanding;

    /// <summary>A snapshot of the counters.</summary>
    public SctpStatistics Statistics => new()
    {
        PacketsSent = _packetsSent,
        PacketsReceived = _packetsReceived,
        BadPackets = _badPackets,
        BytesReceived = _bytesReceived,
        Retransmissions = _sent.Retransmissions,
        Timeouts = _timeouts,
        TailLossProbes = _probes,
        BytesAcked = _sent.BytesAcked,
        MessagesAbandoned = _sent.MessagesAbandoned,
        CongestionWindow = _sent.Congestion.Window,
        BytesInFlight = _sent.InFlight,
        PeerReceiveWindow = _peerWindow,
        SmoothedRoundTrip = _sent.RoundTrip.Smoothed,
        PacketBytes = _packetBytes,
        Interleaving = _interleaving,
        ZeroChecksum = _options.ZeroChecksum && _peer.ZeroChecksum,
    };

    /// <summary>Queues a message; its bytes are copied.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="payloadProtocol">The PPID (RFC 8831 §8).</param>
    /// <param name="payload">At least one byte: SCTP has no empty messages.</param>
    /// <param name="how">Order and reliability.</param>
    /// <param name="now">The time.</param>
    public SctpSendResult Send(ushort streamId, uint payloadProtocol, ReadOnlySpan<byte> payload, in SctpSendOptions how, Instant now)
    {
        var buffer = MessagePool.Rent(payload.Length);
        payload.CopyTo(buffer);
        return SendOwned(streamId, payloadProtocol, buffer, payload.Length, how, now);
    }

    /// <summary>Queues a message without copying: <paramref name="buffer"/> comes from <see cref="MessagePool"/> and belongs to the association from here on, whatever the result.</summary>
    /// <inheritdoc cref="Send"/>
    public SctpSendResult SendOwned(ushort streamId, uint payloadProtocol, byte[] buffer, int length, in SctpSendOptions how, Instant now)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _now = now;
        var refusal = CloseReason != SctpCloseReason.None ? SctpSendResult.Closed
            : streamId >= MaxOutgoingStreams || (_sendQueue.TryGetStream(streamId, out var stream) && stream.IsClosing) ? SctpSendResult.StreamClosed
            : !_sendQueue.HasRoom(length) ? SctpSendResult.QueueFull
            : SctpSendResult.Queued;
        if (refusal != SctpSendResult.Queued)
        {
            MessagePool.Return(buffer);
            return refusal;
        }
        var message = _sendQueue.Rent();
        message.Buffer = buffer;
        message.Length = length;
        message.StreamId = streamId;
        message.Ppid = payloadProtocol;
        message.Unordered = how.Unordered;
        message.MaxRetransmits = how.MaxRetransmits ?? -1;
        message.Expires = how.Lifetime is { } lifetime ? now + lifetime : Instant.Never;
        message.MessageId = 0;
        message.SentOffset = 0;
        message.NextFsn = 0;
        message.Outstanding = 0;
        message.Abandoned = false;
        _sendQueue.Enqueue(message);
        _burstLeft = Math.Max(_burstLeft, 1);
        return SctpSendResult.Queued;
    }

    /// <summary>How much of the link a stream gets against others; 256 is normal (RFC 8831 §6.4).</summary>
    public void SetPriority(ushort streamId, ushort priority) => _sendQueue.Stream(streamId).Priority = Math.Max((ushort)1, priority);

    /// <summary>The application has taken messages off our hands, so the window opens again.</summary>
    /// <param name="bytes">Their payload bytes.</param>
    /// <param name="messages">How many.</param>
    /// <param name="now">The time.</param>
    public void Consumed(long bytes, int messages, Instant now)
    {
        _now = now;
        _burstLeft = Math.Max(_burstLeft, 1);
        _unread = Math.Max(0, _unread - bytes - (long)messages * Reassembly.Overhead);
        UpdateWindow();
    }

    /// <summary>Ends the association with ABORT; the effects to drain carry it out.</summary>
    public void Close(Instant now)
    {
        _now = now;
        _burstLeft = _options.MaxBurstPackets;
        End(SctpCloseReason.Local, tellPeer: true);
    }

    /// <inheritdoc/>
    public void Handle(SctpInput input, Instant now)
    {
        _now = now;
        _burstLeft = _options.MaxBurstPackets;
        _corked = input.MoreFollows;
        if (!input.Packet.IsEmpty)
        {
            HandlePacket(input.Packet.Span);
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out SctpEffect effect)
    {
        if (_events.TryDequeue(out effect))
        {
            return true;
        }
        if (_corked && !(_sackNow && IsQuickAcking))
        {
            return false;
        }
        if (_burstLeft == 0)
        {
            effect = default;
            return false;
        }
        var length = BuildPacket(out var isProbe);
        _burstLeft -= length > 0 ? 1 : 0;
        effect = new SctpEffect(SctpEffectKind.Packet, Packet: _packet.AsMemory(0, length), IsProbe: isProbe);
        return length > 0;
    }

    private void Emit(in SctpEffect effect) => _events.Enqueue(effect);

    private void OnLeftQueue(OutgoingMessage message) =>
        Emit(new SctpEffect(SctpEffectKind.MessageSent, message.StreamId, message.Ppid, Length: message.Length));

    private void End(SctpCloseReason reason, bool tellPeer)
    {
        if (CloseReason != SctpCloseReason.None)
        {
            return;
        }
        CloseReason = reason;
        _control.Clear();
        if (tellPeer && _peer.Tag != 0)
        {
            // ABORT with "user initiated" (RFC 9260 §3.3.10.12).
            _control.Enqueue(new ControlPacket([ChunkType.Abort, 0, 0, 8, 0, 12, 0, 4], _peer.Tag, true));
        }
        State = SctpState.Closed;
        _corked = false;
        _sent.Clear();
        _sendQueue.Clear();
        _reassembly.Clear();
        Emit(new SctpEffect(SctpEffectKind.Closed, Reason: reason));
    }
}
