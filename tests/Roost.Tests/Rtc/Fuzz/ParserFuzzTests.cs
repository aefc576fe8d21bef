using System.Text;
using Roost.Core.Cores;
using Roost.Rtc;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;
using Roost.Rtc.Sctp;
using Roost.Rtc.Sdp;
using Roost.Rtc.Stun;
using Roost.Rtc.Turn;
using Roost.Testing;

namespace Roost.Tests.Rtc.Fuzz;

/// <summary>Hostile bytes never throw: random ones, and valid ones with a few bytes changed, cut or doubled.</summary>
public sealed class ParserFuzzTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void Stun_takes_any_bytes() => Fuzz(1, StunSamples(), bytes =>
    {
        if (StunMessage.TryRead(bytes, out var message))
        {
            message.HasIntegrity("key"u8);
            _ = message.HasFingerprint;
            _ = message.ErrorCode;
            _ = message.FirstUnknownRequired;
            message.TryFindAddress(StunAttribute.XorMappedAddress, out _);
            message.TryFindUInt32(StunAttribute.Priority, out _);
            message.TryFindUInt64(StunAttribute.IceControlled, out _);
        }
    });

    [Fact]
    public void Turn_takes_any_bytes()
    {
        var client = new TurnClient(new TurnCredentials("u", "p"), new TurnOptions(), new SeededDice(7), false, false, 1);
        client.Start(Instant.Epoch);
        Fuzz(2, [.. StunSamples(), [0x40, 0, 0, 4, 1, 2, 3, 4]], bytes =>
        {
            client.Handle(bytes, Instant.Epoch);
            while (client.TryTake(out _))
            {
            }
        });
    }

    [Fact]
    public void An_ice_agent_takes_any_bytes()
    {
        var agent = new IceAgent(new IceOptions(), new TurnOptions(), new SeededDice(3), 1);
        agent.Handle(new IceInput.HostAddress(1, new TransportAddress(0x7F000001, true, 5000), 100), Instant.Epoch);
        agent.Handle(new IceInput.RemoteCredentials(new IceCredentials("abcd", "abcdabcdabcdabcdabcdab")), Instant.Epoch);
        Fuzz(3, StunSamples(), bytes =>
        {
            agent.Handle(new IceInput.Datagram(1, new TransportAddress(0x7F000001, true, 6000), bytes), Instant.Epoch);
            while (agent.TryTake(out _))
            {
            }
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_association_takes_any_packet(bool interleaving)
    {
        var options = new SctpOptions { Interleaving = interleaving, ReceiveWindowBytes = 64 * 1024 };
        var world = new SctpPair(options);
        world.Connect();
        world.Record = true;
        for (ushort stream = 0; stream < 4; stream++)
        {
            world.A.Send(stream, 53, new byte[5000], new SctpSendOptions(Unordered: stream % 2 == 0, MaxRetransmits: 1), world.Now);
            world.Exchange();
        }
        world.A.ResetStream(1, world.Now);
        world.Exchange();
        var hostage = world.B;
        var header = world.Packets[0][..8];
        Fuzz(4, [.. world.Packets], bytes =>
        {
            // Keep the tag and skip the checksum, or nothing would get past the door.
            if (bytes.Length >= 12)
            {
                header.CopyTo(bytes, 0);
                bytes.AsSpan(8, 4).Clear();
            }
            hostage.Handle(new SctpInput(bytes), world.Now);
            while (hostage.TryTake(out var effect))
            {
                if (effect.Kind == SctpEffectKind.Message)
                {
                    MessagePool.Return(effect.Buffer!);
                    hostage.Consumed(effect.Length, 1, world.Now);
                }
            }
            if (hostage.State != SctpState.Established)
            {
                // An ABORT got through, as it may: on with a fresh pair, whose tags are the same by the same dice.
                world = new SctpPair(options);
                world.Connect();
                hostage = world.B;
            }
        });
    }

    [Fact]
    public void Dcep_takes_any_bytes() => Fuzz(5,
        [DcepOpen.Write(new DataChannelInit { Label = "label", Protocol = "protocol", MaxRetransmits = 3 }), DcepOpen.Write(new DataChannelInit())],
        bytes => DcepOpen.TryRead(bytes, out _));

    [Fact]
    public void Descriptions_candidates_and_fingerprints_take_any_text()
    {
        var sdp = Sdp.SdpTests.ChromiumOffer;
        Fuzz(6, [Encoding.UTF8.GetBytes(sdp)], bytes => SdpReader.TryRead(Encoding.UTF8.GetString(bytes), out _));
        Fuzz(7, ["candidate:1 1 udp 2130706431 192.0.2.1 5000 typ srflx raddr 10.0.0.1 rport 4 ufrag abcd"u8.ToArray()],
            bytes => { _ = IceCandidate.TryParse(Encoding.UTF8.GetString(bytes), out _); });
        Fuzz(8, [Encoding.UTF8.GetBytes(DtlsFingerprint.OfCertificate([1, 2, 3]).ToString())],
            bytes => { if (DtlsFingerprint.TryParse(Encoding.UTF8.GetString(bytes), out var print)) { print.Matches([1]); } });
    }

    private static byte[][] StunSamples()
    {
        var buffer = new byte[512];
        var writer = new StunWriter(buffer, StunType.BindingRequest, new StunTransactionId(1, 2));
        writer.Add(StunAttribute.Username, "abcd:efgh");
        writer.AddUInt64(StunAttribute.IceControlling, 1);
        writer.AddXorAddress(StunAttribute.XorMappedAddress, new TransportAddress(1, true, 2));
        writer.AddError(401, "no"u8);
        writer.Add(StunAttribute.Realm, "realm");
        writer.Add(StunAttribute.Nonce, "nonce");
        var length = writer.Finish("key"u8);
        return [buffer[..length]];
    }

    private static void Fuzz(int seed, byte[][] samples, Action<byte[]> parse)
    {
        var dice = new SeededDice(seed);
        for (var round = 0; round < Rounds; round++)
        {
            byte[] bytes;
            if (round % 4 == 0)
            {
                bytes = new byte[dice.Next(200)];
                dice.Fill(bytes);
            }
            else
            {
                bytes = (byte[])samples[dice.Next(samples.Length)].Clone();
                for (var changes = dice.Next(6); changes > 0 && bytes.Length > 0; changes--)
                {
                    bytes[dice.Next(bytes.Length)] = (byte)dice.Next(256);
                }
                bytes = dice.Next(4) == 0 ? bytes[..dice.Next(bytes.Length + 1)] : bytes;
            }
            parse(bytes);
        }
    }
}
