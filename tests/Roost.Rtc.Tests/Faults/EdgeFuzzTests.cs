using System.Net;
using System.Text;
using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using Roost.Rtc.Net;
using Roost.Rtc.Net.Mdns;
using Roost.Rtc.Net.OpenSsl;
using Roost.Rtc.Turn;
using Roost.Testing;

namespace Roost.Rtc.Tests.Faults;

/// <summary>Hostile bytes where the network comes in: DTLS records, names, frames of streams, URLs. Nothing throws, and what is genuine still counts.</summary>
public sealed class EdgeFuzzTests
{
    private static readonly Instant Now = new(0);
    private readonly byte[] _buffer = new byte[20_000];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Changed_records_in_the_middle_of_a_handshake_throw_nothing(int seed)
    {
        var dice = new SeededDice(seed);
        using var ends = new Ends();
        ends.Start();
        for (var turn = 0; turn < 20; turn++)
        {
            ends.Carry(ends.Client, ends.Server, bytes => Disturb(ends.Server, bytes, dice));
            ends.Carry(ends.Server, ends.Client, bytes => Disturb(ends.Client, bytes, dice));
        }
        // Anyone on the path can break a handshake; what must not be is a connection with somebody else, or a crash.
        Assert.NotEqual(DtlsState.New, ends.Client.State);
    }

    [Theory]
    [InlineData(DtlsPair.Aes128)]
    [InlineData(DtlsPair.ChaCha)]
    public void Changed_records_after_the_handshake_are_dropped_and_genuine_ones_still_read(string suite)
    {
        var dice = new SeededDice(5);
        using var ends = new Ends(suite);
        ends.Start();
        for (var turn = 0; turn < 20 && ends.Client.State != DtlsState.Connected; turn++)
        {
            ends.Carry(ends.Client, ends.Server, _ => { });
            ends.Carry(ends.Server, ends.Client, _ => { });
        }
        for (var round = 0; round < 20_000; round++)
        {
            byte[] message = [1, 2, 3, (byte)round];
            ends.Server.Receive(Change(Seal(ends.Client, message), dice), Now);
            while (ends.Server.TryRead(_buffer, out var length))
            {
                // libssl does not look at the lower byte of the version: a record may pass with that changed, but not with other contents.
                Assert.Equal(message, _buffer[..length]);
            }
            if (round % 20 == 0)
            {
                // Rubbish may cost the record after it, as any loss may, but no more.
                var read = 0;
                for (var i = 0; i < 3; i++)
                {
                    ends.Server.Receive(Seal(ends.Client, [7]), Now);
                    read += Read(ends.Server);
                }
                Assert.InRange(read, 2, 3);
            }
        }
        Assert.Equal(DtlsState.Connected, ends.Server.State);
    }

    [Theory]
    [InlineData(DtlsPair.Aes128)]
    [InlineData(DtlsPair.ChaCha)]
    public void A_protected_record_too_short_for_its_tag_is_dropped_like_any_other_rubbish(string suite)
    {
        for (byte type = 20; type < 24; type++)
        {
            for (byte length = 0; length < 40; length++)
            {
                using var pair = new DtlsPair(suite);
                pair.Connect();
                byte[] rubbish = [type, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 99, 0, length, .. new byte[length]];
                Assert.Empty(pair.Hear(pair.Server, rubbish));
                Assert.Empty(pair.Hear(pair.Client, rubbish));
                Assert.Equal([[1]], pair.Tell(pair.Client, pair.Server, [1]));
                Assert.Equal([[2]], pair.Tell(pair.Server, pair.Client, [2]));
            }
        }
    }

    [Fact]
    public void Names_frames_and_urls_take_anything()
    {
        var dice = new SeededDice(6);
        var question = MdnsMessage.Question("6f0f2bb1-9d4b-4d9a-8bd9-1a3a1ab2f0a1.local");
        Assert.True(MdnsMessage.TryReadQuestion(question, _ => IPAddress.Loopback, out var asked));
        byte[][] samples = [question, MdnsMessage.Answer(asked, true), [0x40, 0, 0, 4, 1, 2, 3, 4], Encoding.ASCII.GetBytes("turns:[2001:db8::1]:5349?transport=tcp")];
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = Change(samples[round % samples.Length], dice);
            MdnsMessage.TryReadQuestion(bytes, _ => IPAddress.Loopback, out _);
            MdnsMessage.TryReadAnswer(bytes, "x.local", out _);
            ChannelData.FrameLength(bytes);
            ChannelData.TryRead(bytes, out _, out _);
            _ = IceServerUrl.TryParse(Encoding.Latin1.GetString(bytes), out _);
        }
    }

    private void Disturb(OpenSslDtls end, byte[] bytes, SeededDice dice)
    {
        for (var i = 0; i < 10; i++)
        {
            end.Receive(Change(bytes, dice), Now);
            Read(end);
        }
    }

    private byte[] Seal(OpenSslDtls from, byte[] message) => _buffer[..from.Protect(message, _buffer)];

    private int Read(OpenSslDtls end)
    {
        var count = 0;
        while (end.TryRead(_buffer, out _))
        {
            count++;
        }
        return count;
    }

    private static byte[] Change(byte[] sample, SeededDice dice)
    {
        var bytes = (byte[])sample.Clone();
        for (var changes = 1 + dice.Next(5); changes > 0; changes--)
        {
            bytes[dice.Next(bytes.Length)] ^= (byte)(1 + dice.Next(255));
        }
        return dice.Next(4) == 0 ? bytes[..dice.Next(bytes.Length)] : bytes;
    }

    private sealed class Ends : IDisposable
    {
        private readonly OpenSslContext _client;
        private readonly OpenSslContext _server;

        internal Ends(string suite = DtlsPair.Aes128)
        {
            _client = new OpenSslContext(DtlsCertificate.Create(), suite);
            _server = new OpenSslContext(DtlsCertificate.Create(), suite);
            Client = new OpenSslDtls(_client);
            Server = new OpenSslDtls(_server);
        }

        internal OpenSslDtls Client { get; }
        internal OpenSslDtls Server { get; }

        internal void Start()
        {
            Server.Start(DtlsRole.Server, [_client.Fingerprint], Now);
            Client.Start(DtlsRole.Client, [_server.Fingerprint], Now);
        }

        internal void Carry(OpenSslDtls from, OpenSslDtls to, Action<byte[]> disturb)
        {
            while (from.TryTakeDatagram(out var datagram))
            {
                var bytes = datagram.ToArray();
                disturb(bytes);
                to.Receive(bytes, Now);
            }
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
            _client.Dispose();
            _server.Dispose();
        }
    }
}
