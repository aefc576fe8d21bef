using System.Text;
using System.Text.Json;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Dialects.Pigeon;
using Roost.Testing;

namespace Roost.Tests.Dialects.Pigeon;

public class PigeonCodecTests
{
    [Theory]
    [InlineData("{\"type\":\"offer\",\"data\":{ \"a\" : 1.0e3 },\"targetPeerId\":\"ABCDEF0123456789abcdefABCDEF0123456789aB\"}", PigeonType.Offer, "{ \"a\" : 1.0e3 }")]
    [InlineData(" { \"data\" : \"x\\u0041\" , \"t\\u0079pe\" : \"answ\\u0065r\" } ", PigeonType.Answer, "\"x\\u0041\"")]
    [InlineData("{\"type\":\"ice-candidate\",\"data\":null,\"x\":[{\"data\":1}]}", PigeonType.IceCandidate, "null")]
    [InlineData("{\"type\":{\"type\":\"offer\"},\"data\":[1,2 ,3]}", PigeonType.Unknown, "[1,2 ,3]")]
    [InlineData("{}", PigeonType.Unknown, "")]
    public void The_envelope_is_read_and_data_stays_as_it_came(string message, PigeonType type, string data)
    {
        Assert.True(PigeonCodec.TryRead(Encoding.UTF8.GetBytes(message), out var frame));
        Assert.Equal((type, data), (frame.Type, Encoding.UTF8.GetString(frame.Data.Span)));
    }

    [Theory]
    [InlineData("{\"peerId\":\"x\",\"name\":\"A\",\"isHub\":true,\"p\\u0065erId\":1,\"k\":{\"peerId\":2}}", ",\"name\":\"A\",\"k\":{\"peerId\":2}")]
    [InlineData("[1]", "")]
    [InlineData("{}", "")]
    public void A_card_has_nothing_that_only_the_hub_may_say(string data, string card) =>
        Assert.Equal(card, Encoding.UTF8.GetString(PigeonCodec.CardOf(Encoding.UTF8.GetBytes(data))));

    [Fact]
    public void Whatever_is_written_is_one_json_object_whatever_the_names()
    {
        Assert.True(PeerId.TryParse(new string('A', 40), out var peer));
        foreach (string name in (string[])["plain", "a\"b\\c", "\u0000\u001f", "ü€😀", "</script>"])
        {
            var output = new ByteWriter();
            PigeonCodec.WriteDiscovered(output, peer, ",\"x\":1"u8, peer, name, Instant.FromUnixMilliseconds(5));
            using var json = JsonDocument.Parse(output.WrittenMemory);
            Assert.Equal(name, json.RootElement.GetProperty("networkName").GetString());
            Assert.Equal(new string('A', 40), json.RootElement.GetProperty("targetPeerId").GetString());
            Assert.Equal(1, json.RootElement.GetProperty("data").GetProperty("x").GetInt32());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_bytes_make_it_throw(int seed)
    {
        var dice = new SeededDice(seed);
        var good = Encoding.UTF8.GetBytes("{\"type\":\"announce\",\"data\":{\"peerId\":\"x\",\"a\":[1,{}],\"s\":\"\\ud83d\\ude00\"},\"maxPeers\":3,\"networkName\":\"n\",\"targetPeerId\":\"\\ud800\"}");
        for (int i = 0; i < 50_000; i++)
        {
            var bytes = good.ToArray();
            for (int change = dice.Next(4); change >= 0; change--)
            {
                bytes[dice.Next(bytes.Length)] = (byte)dice.Next(256);
            }
            if (PigeonCodec.TryRead(bytes.AsMemory(0, dice.Next(bytes.Length + 1)), out var frame))
            {
                PigeonCodec.CardOf(frame.Data);
            }
            PigeonCodec.TryRead(bytes, out frame);
            PigeonCodec.CardOf(frame.Data);
        }
    }
}
