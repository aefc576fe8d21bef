using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using Roost.Rtc.Net.OpenSsl;

namespace Roost.Rtc.Tests;

/// <summary>Two DTLS transports in one process whose datagrams the test carries.</summary>
internal sealed class DtlsPair : IDisposable
{
    internal const string Aes128 = "ECDHE-ECDSA-AES128-GCM-SHA256";
    internal const string Aes256 = "ECDHE-ECDSA-AES256-GCM-SHA384";
    internal const string ChaCha = "ECDHE-ECDSA-CHACHA20-POLY1305";

    private static readonly Instant Now = new(0);
    private readonly OpenSslContext _clientContext;
    private readonly OpenSslContext _serverContext;
    private readonly byte[] _buffer = new byte[20_000];

    internal DtlsPair(string ciphers = Aes128)
    {
        _clientContext = new OpenSslContext(DtlsCertificate.Create(), ciphers);
        _serverContext = new OpenSslContext(DtlsCertificate.Create(), ciphers);
        Client = new OpenSslDtls(_clientContext);
        Server = new OpenSslDtls(_serverContext);
    }

    internal OpenSslDtls Client { get; }

    internal OpenSslDtls Server { get; }

    /// <summary>Every datagram either side made, in order, with its maker.</summary>
    internal List<(OpenSslDtls From, byte[] Bytes)> Wire { get; } = [];

    internal void Start()
    {
        // The shortest wait for a repetition, for the tests that lose a flight.
        Client.SetRoundTrip(TimeSpan.FromMilliseconds(1));
        Server.SetRoundTrip(TimeSpan.FromMilliseconds(1));
        Server.Start(DtlsRole.Server, [_clientContext.Fingerprint], Now);
        Client.Start(DtlsRole.Client, [_serverContext.Fingerprint], Now);
    }

    internal void Connect()
    {
        Start();
        while (Carry(Client, Server) + Carry(Server, Client) > 0)
        {
        }
        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (Client.State, Server.State));
    }

    /// <summary>Connects, and lets one message each way pass, after which records are ours where they may be.</summary>
    internal void ConnectAndSpeak()
    {
        Connect();
        Assert.Equal([[1]], Tell(Client, Server, [1]));
        Assert.Equal([[2]], Tell(Server, Client, [2]));
    }

    /// <summary>Carries what one side has to say; the answer is how many datagrams that were.</summary>
    internal int Carry(OpenSslDtls from, OpenSslDtls to, bool isLost = false)
    {
        var count = 0;
        for (; from.TryTakeDatagram(out var datagram); count++)
        {
            Wire.Add((from, datagram.ToArray()));
            if (!isLost)
            {
                Assert.Empty(Hear(to, datagram.Span));
            }
        }
        return count;
    }

    /// <summary>Seals a message.</summary>
    internal byte[] Seal(OpenSslDtls from, byte[] message)
    {
        var length = from.Protect(message, _buffer);
        Assert.NotEqual(0, length);
        Wire.Add((from, _buffer[..length]));
        return _buffer[..length];
    }

    /// <summary>Gives a datagram to one side; the answer is what it read.</summary>
    internal List<byte[]> Hear(OpenSslDtls to, ReadOnlySpan<byte> datagram)
    {
        to.Receive(datagram, Now);
        var read = new List<byte[]>();
        while (to.TryRead(_buffer, out var length))
        {
            read.Add(_buffer[..length]);
        }
        return read;
    }

    internal List<byte[]> Tell(OpenSslDtls from, OpenSslDtls to, byte[] message) => Hear(to, Seal(from, message));

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _clientContext.Dispose();
        _serverContext.Dispose();
    }
}
