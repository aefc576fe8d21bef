using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Testing;

namespace Roost.Tests;

/// <summary>
/// The vectors that C# and TypeScript share: what this code makes must equal the files; the TypeScript tests read the same files.
/// To write them anew after a decided change: ROOST_WRITE_VECTORS=1 ./test unit
/// </summary>
public class VectorTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void Identity_vectors_hold() => Check("identity.json", new JsonObject
    {
        ["keys"] = new JsonArray([.. Seeds().Select(seed =>
        {
            using var key = SigningKey.FromSeed(seed);
            return (JsonNode)new JsonObject
            {
                ["seed"] = Hex.ToString(seed),
                ["public"] = key.PublicKey.ToString(),
                ["peerId"] = PeerId.OfKey(key.PublicKey).ToString(),
                ["hubId"] = HubId.OfKey(key.PublicKey).ToString(),
                ["message"] = "726f6f7374",
                ["signature"] = Hex.ToString(key.Sign("roost"u8)),
            };
        })]),
        ["refusedKeys"] = new JsonArray(
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0100000000000000000000000000000000000000000000000000000000000080"),
    });

    [Fact]
    public void Room_vectors_hold() => Check("rooms.json", new JsonObject
    {
        ["rooms"] = new JsonArray([.. Seeds().Select(seed =>
        {
            using var owner = SigningKey.FromSeed(seed);
            var secret = RoomSecret.FromBytes(seed.AsSpan(0, 16));
            using var keys = new RoomKeys(secret, owner.PublicKey.ToOwnerId());
            var invite = new Invite("http://192.168.1.20:3000", secret, keys.Owner);
            var nonce = Hashes.Sha256(seed);
            var session = new SessionId(Id16.Read(nonce));
            var peer = PeerId.OfKey(owner.PublicKey);
            return (JsonNode)new JsonObject
            {
                ["secret"] = Hex.ToString(secret.ToArray()),
                ["owner"] = keys.Owner.ToString(),
                ["joinPublic"] = keys.JoinPublicKey.ToString(),
                ["room"] = keys.Room.ToString(),
                ["link"] = invite.ToString(),
                ["hubNonce"] = Hex.ToString(nonce),
                ["peerId"] = peer.ToString(),
                ["session"] = session.ToString(),
                ["joinSignature"] = Hex.ToString(keys.SignJoin(nonce, peer, session)),
            };
        })]),
        ["open"] = new JsonArray([.. new[] { ("", "room123"), ("my-app", "Zimmer ü") }.Select(open =>
        {
            var secret = RoomSecret.Open(open.Item1, open.Item2);
            using var keys = new RoomKeys(secret, OwnerId.None);
            return (JsonNode)new JsonObject
            {
                ["network"] = open.Item1,
                ["name"] = open.Item2,
                ["secret"] = Hex.ToString(secret.ToArray()),
                ["room"] = keys.Room.ToString(),
            };
        })]),
    });

    [Fact]
    public void Feed_vectors_hold()
    {
        using var author = SigningKey.FromSeed(Seeds()[1]);
        var secret = RoomSecret.FromBytes(Seeds()[1].AsSpan(0, 16));
        using var keys = new RoomKeys(secret, author.PublicKey.ToOwnerId());
        var log = new MemoryFeedLog();
        using var writer = new FeedWriter(keys, author, new Id16(0x0193_4cf0_0000_1122, 0x3344_5566_7788_99aa), log);
        var entries = new JsonArray();
        foreach (var (kind, body) in new[] { (EntryKind.Meta, "{\"v\":1,\"title\":\"t\",\"format\":\"plain\",\"t\":0}"), (EntryKind.Text, "Grüße, "), (EntryKind.Text, "Welt"), (EntryKind.End, "{\"exit\":0,\"reason\":\"eof\"}") })
        {
            var live = writer.Append(kind, Encoding.UTF8.GetBytes(body));
            entries.Add(new JsonObject
            {
                ["n"] = live.Entry.N,
                ["kind"] = (int)kind,
                ["body"] = body,
                ["sealed"] = Hex.ToString(live.Entry.Sealed.Span),
                ["chain"] = writer.ChainHex,
                ["live"] = Hex.ToString(FeedCodec.Write(live)),
            });
        }
        var want = new FeedFrame.Want(0, 0, FeedFrame.MaxAnswer);
        Check("feeds.json", new JsonObject
        {
            ["seed"] = Hex.ToString(Seeds()[1]),
            ["secret"] = Hex.ToString(secret.ToArray()),
            ["room"] = keys.Room.ToString(),
            ["author"] = author.PublicKey.ToString(),
            ["epoch"] = writer.Feed.Epoch.ToString(),
            ["feed8"] = $"{writer.Feed.Short:x16}",
            ["sealKey"] = Hex.ToString(keys.SealKey(author.PublicKey, writer.Feed.Epoch)),
            ["entries"] = entries,
            ["want"] = Hex.ToString(FeedCodec.Write(want)),
            ["answer"] = new JsonArray([.. writer.Answer(want).Select(f => (JsonNode)Hex.ToString(FeedCodec.Write(f)))]),
            ["ack"] = Hex.ToString(FeedCodec.Write(new FeedFrame.Ack(writer.Feed.Short, 300))),
        });
    }

    internal static byte[][] Seeds() => [new byte[32], [.. Enumerable.Range(0, 32).Select(i => (byte)i)], [.. Enumerable.Repeat((byte)0xA5, 32)]];

    internal static void Check(string file, JsonObject made)
    {
        string path = Path.Combine(RepoRoot.Path, "tests", "vectors", file);
        string text = made.ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("ROOST_WRITE_VECTORS") == "1")
        {
            File.WriteAllText(path, text);
        }
        Assert.Equal(File.ReadAllText(path), text);
    }
}
