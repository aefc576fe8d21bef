using Roost.Core.Crypto;
using Roost.Mesh.Links;
using Roost.Testing;

namespace Roost.Tests.Mesh.Links;

public class LinkHandshakeTests
{
    private const string Authority = "b.example:3000";

    [Fact]
    public void Two_hubs_prove_their_keys_and_what_one_seals_the_other_opens_once()
    {
        var (a, b) = Shake(Self(1), Self(2));
        Assert.Equal(Self(2).Id, a.Done!.Id);
        Assert.Equal(Self(1).Id, b.Done!.Id);
        var batch = new byte[5 + LinkCipher.Overhead];
        a.Done.Cipher.Seal("hello"u8, batch);
        var plain = new byte[5];
        Assert.True(b.Done.Cipher.TryOpen(batch, plain));
        Assert.Equal("hello"u8.ToArray(), plain);
        Assert.False(b.Done.Cipher.TryOpen(batch, plain)); // Replayed.
    }

    [Fact]
    public void A_dialler_that_meant_another_host_is_refused()
    {
        var listener = new LinkHandshake(Self(2), null, new SeededDice(2));
        var step = listener.Read(new LinkHandshake(Self(1), "evil.example:3000", new SeededDice(1)).First);
        Assert.Equal(LinkRefusal.ForeignAuthority, step.Refused);
    }

    [Theory]
    [InlineData(1, 1, LinkRefusal.Self)]
    [InlineData(1, 7, LinkRefusal.Twin)]
    public void A_hub_that_meets_its_own_key_knows_itself_from_a_twin(ulong run, ulong otherRun, LinkRefusal expected)
    {
        var listener = new LinkHandshake(Self(1, run), null, new SeededDice(2));
        Assert.Equal(expected, listener.Read(new LinkHandshake(Self(1, otherRun), Authority, new SeededDice(1)).First).Refused);
    }

    [Fact]
    public void Another_mesh_another_version_and_another_mesh_key_are_refused()
    {
        var listener = new LinkHandshake(Self(2), null, new SeededDice(2));
        Assert.Equal(LinkRefusal.OtherMesh, listener.Read(new LinkHandshake(Self(1, app: "other"), Authority, new SeededDice(1)).First).Refused);
        var old = new LinkHandshake(Self(1), Authority, new SeededDice(1)).First!;
        old[1] = 9;
        Assert.Equal(LinkRefusal.OtherVersion, new LinkHandshake(Self(2), null, new SeededDice(2)).Read(old).Refused);
        Assert.Equal(LinkRefusal.BadProof, Shake(Self(1, meshKey: [1]), Self(2)).A.Refused);
    }

    [Fact]
    public void A_handshake_that_was_recorded_proves_nothing_later()
    {
        var first = new LinkHandshake(Self(1), Authority, new SeededDice(1));
        var listener = new LinkHandshake(Self(2), null, new SeededDice(2));
        var answer = listener.Read(first.First);
        byte[] auth = first.Read(answer.Replies[0]).Replies[0];
        var again = new LinkHandshake(Self(2), null, new SeededDice(3));
        again.Read(first.First);
        Assert.Equal(LinkRefusal.BadProof, again.Read(auth).Refused);
    }

    [Fact]
    public void A_proof_cannot_be_sent_back_to_who_made_it()
    {
        var dialler = new LinkHandshake(Self(1), Authority, new SeededDice(1));
        var listener = new LinkHandshake(Self(2), null, new SeededDice(2));
        var replies = listener.Read(dialler.First).Replies;
        Assert.Equal(LinkRefusal.BadProof, listener.Read(replies[1]).Refused);
    }

    [Fact]
    public void Hostile_bytes_are_refused_and_throw_nothing()
    {
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)random.Next(4);
            }
            using var listener = new LinkHandshake(Self(2), null, new SeededDice(i));
            Assert.Null(listener.Read(bytes).Done);
        }
    }

    private static (LinkStep A, LinkStep B) Shake(LinkSelf one, LinkSelf other)
    {
        var dialler = new LinkHandshake(one, Authority, new SeededDice(1));
        var listener = new LinkHandshake(other, null, new SeededDice(2));
        var answer = listener.Read(dialler.First);
        var auth = dialler.Read(answer.Replies[0]);
        var done = dialler.Read(answer.Replies[1]);
        return (done, listener.Read(auth.Replies[0]));
    }

    private static LinkSelf Self(byte seed, ulong run = 1, string app = "", byte[]? meshKey = null) =>
        new(SigningKey.FromSeed([.. Enumerable.Repeat(seed, 32)]), run, app, meshKey ?? [], authority => authority == Authority);
}
