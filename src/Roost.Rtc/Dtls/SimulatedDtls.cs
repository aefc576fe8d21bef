using System.Buffers.Binary;
using System.Security.Cryptography;
using Roost.Core.Cores;

namespace Roost.Rtc.Dtls;

/// <summary>A stand-in for DTLS in simulations: same shape of flights, records and sizes, no secrecy whatsoever.</summary>
/// <remarks>
/// Two flights of the client and one of the server carry "certificates" (any bytes); records have 13 bytes of header and 24 of tag
/// as AES-128-GCM has. Alerts go in clear text before the handshake is done and with a tag after it. Never use it on a network.
/// </remarks>
public sealed class SimulatedDtls(byte[] certificate) : IDtlsTransport
{
    private const byte Handshake = 22;
    private const byte Alert = 21;
    private const byte ApplicationData = 23;
    private const int HeaderLength = 13;
    private const int TagLength = 24;

    private readonly Queue<byte[]> _datagrams = new();
    private readonly Queue<byte[]> _received = new();
    private IReadOnlyList<DtlsFingerprint> _expected = [];
    private DtlsRole _role;
    private byte[] _lastFlight = [];
    private TimeSpan _repeat = TimeSpan.FromMilliseconds(100);
    private ulong _sequence;

    /// <inheritdoc/>
    public DtlsState State { get; private set; }

    /// <inheritdoc/>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public Instant? NextTick { get; private set; }

    /// <inheritdoc/>
    public void Start(DtlsRole role, IReadOnlyList<DtlsFingerprint> expected, Instant now)
    {
        _role = role;
        _expected = expected;
        State = DtlsState.Connecting;
        if (role == DtlsRole.Client)
        {
            Flight(1, now);
        }
    }

    /// <inheritdoc/>
    public void SetRoundTrip(TimeSpan roundTrip) => _repeat = TimeSpan.FromMilliseconds(Math.Clamp(roundTrip.TotalMilliseconds * 2, 50, 1000));

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (datagram.Length < HeaderLength + 1 || State is DtlsState.New or DtlsState.Failed or DtlsState.Closed)
        {
            return;
        }
        var body = datagram[HeaderLength..];
        switch (datagram[0])
        {
            case Handshake when body[0] is >= 1 and <= 4:
                OnFlight(body[0], body[1..], now);
                break;
            case ApplicationData when State == DtlsState.Connected && TryOpen(body, out var plaintext):
                _received.Enqueue(plaintext.ToArray());
                break;
            case Alert when State == DtlsState.Connecting:
                OnAlert(body);
                break;
            case Alert when TryOpen(body, out var alert):
                OnAlert(alert);
                break;
        }
    }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out int length)
    {
        length = 0;
        if (!_received.TryDequeue(out var plaintext))
        {
            return false;
        }
        plaintext.CopyTo(buffer);
        length = plaintext.Length;
        return true;
    }

    /// <inheritdoc/>
    public int Protect(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        return State == DtlsState.Connected ? Seal(ApplicationData, plaintext, destination) : 0;
    }

    /// <inheritdoc/>
    public bool TryTakeDatagram(out ReadOnlyMemory<byte> datagram)
    {
        var taken = _datagrams.TryDequeue(out var bytes);
        datagram = bytes;
        return taken;
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (NextTick <= now && State == DtlsState.Connecting)
        {
            _repeat *= 2;
            NextTick = now + _repeat;
            _datagrams.Enqueue(_lastFlight);
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (State == DtlsState.Connected)
        {
            SendAlert(DtlsAlert.Warning, DtlsAlert.CloseNotify);
            State = DtlsState.Closed;
        }
    }

    /// <summary>Says an alert and goes on as if nothing were: for tests of the side that hears it.</summary>
    internal void SendAlert(byte level, byte description)
    {
        if (State != DtlsState.Connected)
        {
            _datagrams.Enqueue(Record(Alert, [level, description]));
            return;
        }
        var record = new byte[HeaderLength + 2 + TagLength];
        Seal(Alert, [level, description], record);
        _datagrams.Enqueue(record);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Flights: 1 hello (client) → 2 certificate (server) → 3 certificate (client) → 4 finished (server).</summary>
    private void OnFlight(byte number, ReadOnlySpan<byte> certificateOfPeer, Instant now)
    {
        if (_role == (number % 2 == 1 ? DtlsRole.Client : DtlsRole.Server))
        {
            return; // our own, reflected
        }
        var hash = Convert.ToHexString(SHA256.HashData(certificateOfPeer));
        if (number is 2 or 3 && !_expected.Any(f => f.Value == hash))
        {
            SendAlert(DtlsAlert.Fatal, DtlsAlert.BadCertificate);
            Fail("The peer's certificate does not have the signaled fingerprint.");
            return;
        }
        if (number == 4)
        {
            State = DtlsState.Connected;
            NextTick = null;
            return;
        }
        Flight((byte)(number + 1), now);
        if (number == 3)
        {
            State = DtlsState.Connected;
            NextTick = null;
        }
    }

    private void OnAlert(ReadOnlySpan<byte> alert)
    {
        if (alert is [_, DtlsAlert.CloseNotify])
        {
            State = DtlsState.Closed;
            NextTick = null;
        }
        else if (alert is [DtlsAlert.Fatal, var description])
        {
            Fail(DtlsAlert.Explain(description));
        }
    }

    private void Fail(string reason)
    {
        State = DtlsState.Failed;
        Failure = reason;
        NextTick = null;
    }

    private void Flight(byte number, Instant now)
    {
        _lastFlight = Record(Handshake, [number, .. certificate]);
        _datagrams.Enqueue(_lastFlight);
        NextTick = State == DtlsState.Connecting && number != 4 ? now + _repeat : null;
    }

    private int Seal(byte type, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        WriteHeader(destination, type, plaintext.Length + TagLength);
        plaintext.CopyTo(destination[HeaderLength..]);
        var tag = destination.Slice(HeaderLength + plaintext.Length, TagLength);
        tag.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(tag, TagOf(plaintext));
        return HeaderLength + plaintext.Length + TagLength;
    }

    private static bool TryOpen(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> plaintext)
    {
        plaintext = body.Length > TagLength ? body[..^TagLength] : default;
        return !plaintext.IsEmpty && TagOf(plaintext) == BinaryPrimitives.ReadUInt32BigEndian(body[^TagLength..]);
    }

    private byte[] Record(byte type, ReadOnlySpan<byte> body)
    {
        var record = new byte[HeaderLength + body.Length];
        WriteHeader(record, type, body.Length);
        body.CopyTo(record.AsSpan(HeaderLength));
        return record;
    }

    private void WriteHeader(Span<byte> destination, byte type, int length)
    {
        destination[0] = type;
        destination[1] = 0xFE;
        destination[2] = 0xFD;
        BinaryPrimitives.WriteUInt64BigEndian(destination[3..], _sequence++);
        BinaryPrimitives.WriteUInt16BigEndian(destination[11..], (ushort)length);
    }

    private static uint TagOf(ReadOnlySpan<byte> plaintext) => Stun.Crc32.Compute(plaintext);
}
