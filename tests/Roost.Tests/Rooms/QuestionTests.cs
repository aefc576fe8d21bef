using System.Text.Json.Nodes;
using Roost.Core.Codec;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Testing;

namespace Roost.Tests.Rooms;

public class QuestionTests
{
    private static readonly JsonObject[] Vectors =
        [.. JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(RepoRoot.Path, "tests", "vectors", "questions.json")))!["questions"]!.AsArray().Select(one => one!.AsObject())];

    [Fact]
    public void The_vectors_hold_in_both_directions()
    {
        foreach (var vector in Vectors)
        {
            using var room = RoomOf(vector);
            var (from, to) = (PeerOf(vector, "from"), PeerOf(vector, "to"));
            Assert.Equal(Text(vector, "payload"), Hex.ToString(Question.Seal(room, from, to, Text(vector, "text"), BytesOf(vector, "nonce"))));
            Assert.Equal(Text(vector, "text"), Question.TryOpen(room, from, to, BytesOf(vector, "payload")));
        }
    }

    [Fact]
    public void Another_sender_another_host_a_changed_bit_and_a_cut_are_nothing()
    {
        var vector = Vectors[0];
        using var room = RoomOf(vector);
        var (from, to) = (PeerOf(vector, "from"), PeerOf(vector, "to"));
        var payload = BytesOf(vector, "payload");
        Assert.Null(Question.TryOpen(room, to, to, payload));
        Assert.Null(Question.TryOpen(room, from, from, payload));
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] ^= 1;
            Assert.Null(Question.TryOpen(room, from, to, payload));
            payload[i] ^= 1;
            Assert.Null(Question.TryOpen(room, from, to, payload.AsSpan(0, i)));
        }
    }

    [Fact]
    public void An_empty_question_and_one_that_is_too_long_cannot_be_sealed()
    {
        using var room = RoomOf(Vectors[0]);
        var peer = PeerOf(Vectors[0], "from");
        Assert.Throws<ArgumentOutOfRangeException>(() => Question.Seal(room, peer, peer, "", new byte[12]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Question.Seal(room, peer, peer, new string('x', Question.MaxBytes + 1), new byte[12]));
    }

    private static RoomKeys RoomOf(JsonObject vector) =>
        new(RoomSecret.FromBytes(BytesOf(vector, "secret")), new OwnerId(Id16.Read(BytesOf(vector, "owner"))));

    private static PeerId PeerOf(JsonObject vector, string name) =>
        PeerId.TryParse(Text(vector, name), out var peer) ? peer : throw new InvalidDataException(name);

    private static string Text(JsonObject vector, string name) => vector[name]!.GetValue<string>();

    private static byte[] BytesOf(JsonObject vector, string name) => Convert.FromHexString(Text(vector, name));
}
