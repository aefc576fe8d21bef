using System.Text.Json.Nodes;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Testing;

namespace Roost.Tests.Rooms;

public class DocumentInviteTests
{
    private static readonly DocumentInvite Sample = DocumentInvite.Writable("http://192.168.1.20:3000", RoomSecret.Generate(new SeededDice(1)), WriteSeed.Generate(new SeededDice(2)));

    [Fact]
    public void A_link_that_may_write_and_one_that_may_read_lead_to_the_same_room()
    {
        Assert.True(DocumentInvite.TryParse(Sample.ToString(), out var write, out _));
        Assert.True(DocumentInvite.TryParse(Sample.ReadOnly().ToString(), out var read, out _));
        Assert.Equal(Sample, write);
        Assert.Null(read.Write);
        Assert.Equal((write.Owner, write.Secret), (read.Owner, read.Secret));
        Assert.NotEqual(Sample.ToString(), Sample.ReadOnly().ToString());
    }

    [Fact]
    public void The_write_key_hashes_to_the_owner_that_readers_know()
    {
        using var key = Sample.Write!.Value.ToKey();
        Assert.Equal(Sample.Owner, key.PublicKey.ToOwnerId());
    }

    [Fact]
    public void Sessions_and_documents_are_told_apart()
    {
        var session = new Invite("http://h", RoomSecret.Generate(new SeededDice(3)), new OwnerId(new Id16(1, 2)));
        Assert.False(DocumentInvite.TryParse(session.ToString(), out _, out var problem));
        Assert.Equal(InviteProblem.OtherKind, problem);
        Assert.False(Invite.TryParse(Sample.ToString(), out _, out problem));
        Assert.Equal(InviteProblem.OtherKind, problem);
    }

    [Fact]
    public void Seeds_do_not_print() => Assert.Equal("(write seed)", Sample.Write!.Value.ToString());

    [Fact]
    public void The_vectors_hold()
    {
        foreach (var vector in JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(RepoRoot.Path, "tests", "vectors", "documents.json")))!["documents"]!.AsArray().Select(v => v!.AsObject()))
        {
            var secret = RoomSecret.FromBytes(Convert.FromHexString((string)vector["secret"]!));
            var seed = WriteSeed.FromBytes(Convert.FromHexString((string)vector["writeSeed"]!));
            var invite = DocumentInvite.Writable("http://h:1", secret, seed);
            using var key = seed.ToKey();
            using var room = new RoomKeys(secret, invite.Owner);
            var peer = PeerId.FromBytes(Convert.FromHexString((string)vector["peer"]!));
            var nonce = Convert.FromHexString((string)vector["nonce"]!);
            var said = Convert.FromHexString((string)vector["presence"]!);
            Assert.Equal((string)vector["writePublic"]!, Hex.ToString(key.PublicKey.ToArray()));
            Assert.Equal((string)vector["link"]!, invite.ToString());
            Assert.Equal((string)vector["readOnlyLink"]!, invite.ReadOnly().ToString());
            Assert.Equal((string)vector["room"]!, room.Room.ToString());
            Assert.Equal((string)vector["sealedPresence"]!, Hex.ToString(Presence.Seal(room, peer, said, nonce)));
            Assert.Equal(said, Presence.TryOpen(room, peer, Convert.FromHexString((string)vector["sealedPresence"]!)));
            Assert.Null(Presence.TryOpen(room, PeerId.FromBytes([.. Enumerable.Repeat((byte)0xEE, 20)]), Convert.FromHexString((string)vector["sealedPresence"]!)));
        }
    }
}
