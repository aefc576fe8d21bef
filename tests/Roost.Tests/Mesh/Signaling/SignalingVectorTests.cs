using System.Text;
using System.Text.Json.Nodes;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Signaling;

namespace Roost.Tests.Mesh.Signaling;

/// <summary>Envelopes and signals of docs/protocol/signaling.md, as bytes that the TypeScript client makes, opens and refuses too (envelope.test.ts).</summary>
public class SignalingVectorTests
{
    private static readonly Signal[] Said =
    [
        new Signal.Offer("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 AA:BB\r\n", "00c0ffee"),
        new Signal.Answer("v=0\r\na=ice-pwd:x+y/z\r\n", "00c0ffee"),
        new Signal.Candidate("candidate:1 1 udp 2113937151 127.0.0.1 40000 typ host", "00c0ffee"),
        new Signal.Candidate(null, "00c0ffee"),
        new Signal.Bye(),
    ];

    private static readonly string[] Unreadable =
    [
        "", "null", "[]", "7", "\"bye\"", "{}", """{"type":"BYE"}""", """{"type":"offer","sdp":"x"}""", """{"type":"offer","c":"00c0ffee"}""",
        """{"type":"offer","sdp":7,"c":"00c0ffee"}""", """{"type":"offer","sdp":"x","c":"00C0FFEE"}""", """{"type":"offer","sdp":"x","c":"0c0ffee"}""",
        """{"type":"answer","sdp":null,"c":"00c0ffee"}""", """{"type":"ice-candidate","c":"00c0ffee"}""", """{"type":"ice-candidate","candidate":"x","c":"00c0ffee"}""",
        """{"type":"ice-candidate","candidate":{},"c":"00c0ffee"}""", """{"type":"ice-candidate","candidate":[],"c":"00c0ffee"}""", """{"type":"rollback","c":"00c0ffee"}""", """{"type":"bye"} x""",
    ];

    [Fact]
    public void Signaling_vectors_hold()
    {
        var seeds = VectorTests.Seeds();
        using var owner = SigningKey.FromSeed(seeds[0]);
        using var alice = SigningKey.FromSeed(seeds[1]);
        using var bob = SigningKey.FromSeed(seeds[2]);
        var secret = seeds[1].AsSpan(0, 16).ToArray();
        using var room = new RoomKeys(RoomSecret.FromBytes(secret), owner.PublicKey.ToOwnerId());
        using var elsewhere = new RoomKeys(RoomSecret.FromBytes(seeds[2].AsSpan(0, 16)), owner.PublicKey.ToOwnerId());
        var (from, to) = (Session(1), Session(2));
        var (self, other) = (PeerId.OfKey(alice.PublicKey), PeerId.OfKey(bob.PublicKey));
        var desk = new EnvelopeDesk(room, alice, from);
        var letters = Said.Select(signal => (byte[])[0, .. signal.ToJson()]).Append([1, 0, .. "a relayed frame"u8]).Append([2, 0, .. "7"u8])
            .Select(payload => (Payload: payload, Envelope: desk.Seal(other, to, payload))).ToList();
        var first = letters[0].Envelope;
        (string Why, PeerId From, byte[] Envelope)[] refused =
        [
            ("the hub stamped another source", other, first),
            ("for another session of the receiver", self, new EnvelopeDesk(room, alice, from).Seal(other, Session(3), letters[0].Payload)),
            ("for another receiver", self, new EnvelopeDesk(room, alice, from).Seal(self, to, letters[0].Payload)),
            ("of another room", self, new EnvelopeDesk(elsewhere, alice, from).Seal(other, to, letters[0].Payload)),
            ("a member speaks for another", self, new EnvelopeDesk(room, bob, from).Seal(other, to, letters[0].Payload)),
            ("the fingerprint's byte is another", self, Changed(first, first.Length - 40)),
            ("the number is another", self, Changed(first, 56)),
            ("too short", self, first[..^1]),
            ("nothing", self, []),
        ];

        var reader = new EnvelopeDesk(room, bob, to);
        Assert.All(refused, letter => Assert.False(reader.TryOpen(letter.From, letter.Envelope, out _, out _), letter.Why));
        Assert.All(letters, letter => Assert.True(reader.TryOpen(self, letter.Envelope, out _, out var payload) && payload.AsSpan().SequenceEqual(letter.Payload)));
        Assert.All(letters, letter => Assert.False(reader.TryOpen(self, letter.Envelope, out _, out _)));
        Assert.All(Said, signal => Assert.Equal(signal, Signal.TryRead(signal.ToJson())));
        Assert.All(Unreadable, json => Assert.Null(Signal.TryRead(Encoding.UTF8.GetBytes(json))));

        VectorTests.Check("signaling.json", new JsonObject
        {
            ["secret"] = Hex.ToString(secret),
            ["owner"] = room.Owner.ToString(),
            ["from"] = new JsonObject { ["seed"] = Hex.ToString(seeds[1]), ["peerId"] = self.ToString(), ["session"] = from.ToString() },
            ["to"] = new JsonObject { ["seed"] = Hex.ToString(seeds[2]), ["peerId"] = other.ToString(), ["session"] = to.ToString() },
            ["letters"] = new JsonArray([.. letters.Select(letter => (JsonNode)new JsonObject { ["payload"] = Hex.ToString(letter.Payload), ["envelope"] = Hex.ToString(letter.Envelope) })]),
            ["refused"] = new JsonArray([.. refused.Select(letter => (JsonNode)new JsonObject { ["why"] = letter.Why, ["from"] = letter.From.ToString(), ["envelope"] = Hex.ToString(letter.Envelope) })]),
            ["unreadable"] = new JsonArray([.. Unreadable.Select(json => (JsonNode)json)]),
        });
    }

    private static SessionId Session(byte fill) => new(Id16.Read([.. Enumerable.Repeat(fill, 16)]));

    private static byte[] Changed(byte[] bytes, int at)
    {
        var changed = bytes.ToArray();
        changed[at] ^= 1;
        return changed;
    }
}
