using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using static Roost.Rtc.Net.OpenSsl.NativeMethods;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>DTLS 1.2: the handshake by libssl over a BIO of our own (one write is one record, one read is one datagram, no socket inside), then records.</summary>
internal sealed unsafe partial class OpenSslDtls : IDtlsTransport
{
    /// <summary>Handshake flights are cut to this; every path carries it.</summary>
    private const int HandshakeMtu = 1200;

    /// <summary>Datagrams of flights that wait to be taken; a flight has fewer.</summary>
    private const int MaxWaiting = 64;

    /// <summary>RFC 6347 §4.1: type, version, epoch, sequence number, length.</summary>
    private const int RecordHeader = 13;
    private const byte ApplicationData = 23;

    private readonly OpenSslContext _context;
    private GCHandle _self;
    private nint _ssl; // 0 once it is not needed any more.
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private IReadOnlyList<DtlsFingerprint> _expected = [];
    private uint _firstTimeoutMicroseconds = 250_000;
    private bool _isDisposed;
    private bool _isOneRecord; // The datagram at hand is one record of application data.
    private bool _isRead; // It has been read to its end.
    private bool _isSettled; // Records that overtook the handshake have been read.

    internal OpenSslDtls(OpenSslContext context)
    {
        _context = context;
        var added = false;
        context.DangerousAddRef(ref added);
        _ssl = context.NewSsl();
        _self = GCHandle.Alloc(this);
        var bio = BIO_new(BioMethod);
        BIO_set_data(bio, GCHandle.ToIntPtr(_self));
        SSL_set_bio(_ssl, bio, bio);
        SSL_ctrl(_ssl, CtrlSetMtu, HandshakeMtu, 0);
        DTLS_set_timer_cb(_ssl, &OnTimer);
    }

    public DtlsState State { get; private set; }

    public string? Failure { get; private set; }

    public Instant? NextTick { get; private set; }

    public void Start(DtlsRole role, IReadOnlyList<DtlsFingerprint> expected, Instant now)
    {
        _role = role;
        _expected = expected;
        State = DtlsState.Connecting;
        if (role == DtlsRole.Client)
        {
            SSL_set_connect_state(_ssl);
            Shake(now);
        }
        else
        {
            // SSL_accept puts fragmented ClientHellos together; DTLSv1_listen would not.
            SSL_set_accept_state(_ssl);
        }
    }

    public void SetRoundTrip(TimeSpan roundTrip)
    {
        // Twice the round trip: OpenSSL's own first second is an age on a short path, and a fixed 100 ms too short on a long one.
        var milliseconds = roundTrip > TimeSpan.Zero ? Math.Clamp(roundTrip.TotalMilliseconds * 2, 50, 1000) : 250;
        _firstTimeoutMicroseconds = (uint)(milliseconds * 1000);
    }

    public void Receive(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (State is not (DtlsState.Connecting or DtlsState.Connected) || datagram.Length > MaxDatagram)
        {
            return;
        }
        if (_records is null)
        {
            datagram = datagram[..Presentable(datagram)];
        }
        datagram.CopyTo(Incoming);
        _incomingLength = _datagramLength = datagram.Length;
        _incomingAt = 0;
        if (_records is not null)
        {
            return;
        }
        _isRead = false;
        _isOneRecord = datagram.Length >= RecordHeader && datagram[0] == ApplicationData
            && RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(datagram[(RecordHeader - 2)..]) == datagram.Length;
        if (State == DtlsState.Connecting)
        {
            Shake(now);
        }
    }

    public bool TryRead(Span<byte> buffer, out int length)
    {
        length = 0;
        if (_records is not null)
        {
            return TryReadOwn(buffer, out length);
        }
        if (State != DtlsState.Connected || _isRead)
        {
            return false;
        }
        // SSL_get_error looks at this thread's error queue. It is nearly always empty, and clearing it costs a tenth of a record.
        if (ERR_peek_error() != 0)
        {
            ERR_clear_error();
        }
        int result;
        fixed (byte* destination = buffer)
        {
            result = SSL_read(_ssl, destination, buffer.Length);
        }
        if (result > 0)
        {
            length = result;
            // OpenSSL need not be asked whether there is more: the datagram was one record, and nothing waits from before.
            _isRead = _isOneRecord && _isSettled && _incomingLength == 0 && result < buffer.Length;
            if (_isRead && !_staysWithLibssl)
            {
                TakeOver(buffer[..result]);
            }
            return true;
        }
        _isSettled = true;
        switch (SSL_get_error(_ssl, result))
        {
            case ErrorZeroReturn:
                State = DtlsState.Closed;
                break;
            case ErrorSsl:
                FailByLibssl("DTLS broke");
                break;
        }
        return false;
    }

    public int Protect(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        if (State != DtlsState.Connected)
        {
            return 0;
        }
        if (_records is not null)
        {
            return _records.Seal(GcmRecords.ApplicationData, plaintext, destination);
        }
        fixed (byte* source = plaintext, target = destination)
        {
            _target = target;
            _targetRoom = destination.Length;
            _targetUsed = 0;
            var result = SSL_write(_ssl, source, plaintext.Length);
            _target = null;
            if (result <= 0)
            {
                ERR_clear_error();
                return 0;
            }
        }
        return _targetUsed;
    }

    public bool TryTakeDatagram(out ReadOnlyMemory<byte> datagram) => _waiting.TryDequeue(out datagram);

    public void Tick(Instant now)
    {
        if (State == DtlsState.Connecting)
        {
            ERR_clear_error();
            if (SSL_ctrl(_ssl, CtrlDtlsHandleTimeout, 0, 0) < 0)
            {
                Fail("The peer did not answer the DTLS handshake. Make a new connection once it is reachable.");
                return;
            }
            Shake(now);
        }
    }

    public void Close()
    {
        if (State == DtlsState.Connected)
        {
            if (_records is not null)
            {
                SendAlert(DtlsAlert.Warning, DtlsAlert.CloseNotify);
            }
            else
            {
                ERR_clear_error();
                _ = SSL_shutdown(_ssl);
            }
            State = DtlsState.Closed;
        }
        NextTick = null;
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            if (State is DtlsState.New or DtlsState.Connecting or DtlsState.Connected)
            {
                State = DtlsState.Closed;
            }
            FreeSsl();
            _records?.Dispose();
            _context.DangerousRelease();
        }
    }

    private void FreeSsl()
    {
        if (_ssl != 0)
        {
            SSL_free(_ssl);
            _ssl = 0;
            _self.Free();
        }
    }

    private void Shake(Instant now)
    {
        ERR_clear_error();
        var result = SSL_do_handshake(_ssl);
        if (result == 1)
        {
            NextTick = null;
            if (_peerIsExpected)
            {
                State = DtlsState.Connected;
                LearnSuite();
            }
            else
            {
                Fail(WrongCertificate);
            }
            return;
        }
        switch (SSL_get_error(_ssl, result))
        {
            case ErrorWantRead or ErrorWantWrite:
                var timeout = stackalloc long[2];
                NextTick = SSL_ctrl(_ssl, CtrlDtlsGetTimeout, 0, (nint)timeout) == 1
                    ? now + TimeSpan.FromSeconds(timeout[0]) + TimeSpan.FromMicroseconds(timeout[1]) : null;
                break;
            case ErrorZeroReturn:
                State = DtlsState.Closed;
                NextTick = null;
                break;
            default:
                FailByLibssl("The DTLS handshake failed");
                break;
        }
    }

    /// <summary>Fails for the reason that libssl left on this thread.</summary>
    private void FailByLibssl(string what)
    {
        var alert = PeekAlert();
        var errors = TakeErrors();
        Fail(_certificateRefused ? WrongCertificate : alert is { } description ? DtlsAlert.Explain(description) : $"{what}: {errors}. Make a new connection.");
    }

    private void Fail(string reason)
    {
        State = DtlsState.Failed;
        Failure = reason;
        NextTick = null;
    }
}
