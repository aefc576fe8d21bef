using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>The four-way handshake (RFC 9260 §5), where both sides usually start.</summary>
public sealed partial class SctpAssociation
{
    /// <summary>Answers and other chunks that wait to be sent alone; more are dropped, and the peer asks again.</summary>
    private const int MaxControlPackets = 16;

    private readonly Queue<ControlPacket> _control = new();
    private Instant _handshakeTimer = Instant.Never;
    private Instant _initSentAt;
    private int _handshakeTries;
    private byte[] _cookie = [];
    private bool _interleaving;

    /// <summary>Starts the handshake.</summary>
    public void Connect(Instant now)
    {
        _now = now;
        _burstLeft = _options.MaxBurstPackets;
        if (State == SctpState.Closed && CloseReason == SctpCloseReason.None)
        {
            State = SctpState.CookieWait;
            SendInit();
        }
    }

    private InitChunk OwnInit(bool zeroChecksum) => new()
    {
        Tag = _ownTag,
        ReceiveWindow = (uint)ReceiveWindow,
        OutboundStreams = (ushort)_options.MaxStreams,
        InboundStreams = (ushort)_options.MaxStreams,
        InitialTsn = _ownInitialTsn,
        ForwardTsn = true,
        Interleaving = _options.Interleaving,
        ReConfig = true,
        ZeroChecksum = _options.ZeroChecksum && zeroChecksum,
    };

    private void SendInit()
    {
        Span<byte> chunk = stackalloc byte[64];
        // pion before 1.8.8 drops an INIT with a parameter it does not know; a repeated INIT does without the newest one.
        QueueControl(chunk[..OwnInit(zeroChecksum: _handshakeTries == 0).Write(chunk, ChunkType.Init, default)], tag: 0);
        _initSentAt = _now;
        StartHandshakeTimer();
    }

    private void SendCookieEcho()
    {
        Span<byte> chunk = stackalloc byte[SctpWire.ChunkHeaderLength + MaxCookieBytes];
        SctpWire.WriteChunkHeader(chunk, ChunkType.CookieEcho, 0, SctpWire.ChunkHeaderLength + _cookie.Length);
        _cookie.CopyTo(chunk[SctpWire.ChunkHeaderLength..]);
        QueueControl(chunk[..(SctpWire.ChunkHeaderLength + _cookie.Length)], _peer.Tag);
        StartHandshakeTimer();
    }

    private const int MaxCookieBytes = 1024;

    private void StartHandshakeTimer()
    {
        _handshakeTimer = _now + _options.InitialRto * (1 << Math.Min(_handshakeTries, 4));
        _handshakeTries++;
    }

    private void OnHandshakeTimer()
    {
        if (_handshakeTries > _options.MaxRetransmissions)
        {
            End(SctpCloseReason.Timeout, tellPeer: false);
        }
        else if (State == SctpState.CookieWait)
        {
            SendInit();
        }
        else
        {
            SendCookieEcho();
        }
    }

    private void OnInit(ReadOnlySpan<byte> chunk)
    {
        if (!InitChunk.TryRead(chunk, out var peer, out _) || CloseReason != SctpCloseReason.None)
        {
            return;
        }
        // In every state the answer is the same (RFC 9260 §5.2.1): nothing is remembered until the cookie comes back.
        // A peer that starts anew does so with a new DTLS connection, so an established association is never replaced.
        Span<byte> cookie = stackalloc byte[StateCookie.Length];
        Span<byte> answer = stackalloc byte[128];
        _cookies.Write(cookie, peer, _ownTag);
        QueueControl(answer[..OwnInit(peer.ZeroChecksum).Write(answer, ChunkType.InitAck, cookie)], peer.Tag);
    }

    private void OnInitAck(ReadOnlySpan<byte> chunk)
    {
        if (State != SctpState.CookieWait || !InitChunk.TryRead(chunk, out var peer, out var cookie)
            || cookie.IsEmpty || cookie.Length > MaxCookieBytes)
        {
            return;
        }
        if (_handshakeTries == 1)
        {
            _sent.RoundTrip.AddSample(_now - _initSentAt, _now);
        }
        Adopt(peer);
        _cookie = cookie.ToArray();
        _handshakeTries = 0;
        State = SctpState.CookieEchoed;
        SendCookieEcho();
    }

    private void OnCookieEcho(ReadOnlySpan<byte> chunk)
    {
        if (!_cookies.TryRead(chunk[SctpWire.ChunkHeaderLength..], _ownTag, out var peer)
            || (State == SctpState.Established && peer.Tag != _peer.Tag) || CloseReason != SctpCloseReason.None)
        {
            return;
        }
        if (State != SctpState.Established)
        {
            Adopt(peer);
            Establish();
        }
        // An established side answers again: its first COOKIE ACK was lost (RFC 9260 §5.2.4, action D).
        QueueControl([ChunkType.CookieAck, 0, 0, 4], _peer.Tag);
    }

    private void OnCookieAck()
    {
        if (State == SctpState.CookieEchoed)
        {
            Establish();
        }
    }

    private void Adopt(in InitChunk peer)
    {
        _peer = peer;
        _peerWindow = peer.ReceiveWindow;
        _received = new TsnTracker(peer.InitialTsn);
        _peerResetSequence = peer.InitialTsn;
        _interleaving = _options.Interleaving && peer.Interleaving;
        _reassembly.SetInterleaving(_interleaving);
        _sent.PartialReliability = peer.ForwardTsn;
        _sent.Congestion.SetPeerWindow(peer.ReceiveWindow);
    }

    private void Establish()
    {
        State = SctpState.Established;
        _handshakeTimer = Instant.Never;
        _cookie = [];
        _heartbeatTimer = _now + _options.HeartbeatEvery;
        StartSearch();
        Emit(new SctpEffect(SctpEffectKind.Established));
    }

    private void QueueControl(ReadOnlySpan<byte> chunk, uint tag, bool isProbe = false)
    {
        if (_control.Count < MaxControlPackets)
        {
            // INIT and COOKIE ECHO carry a checksum always (RFC 9653 §5.2); the other rare ones do not care.
            _control.Enqueue(new ControlPacket(chunk.ToArray(), tag, true, isProbe));
        }
    }

    private readonly record struct ControlPacket(byte[] Chunk, uint Tag, bool Checksum, bool IsProbe = false);
}
