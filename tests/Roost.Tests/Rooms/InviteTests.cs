using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Testing;

namespace Roost.Tests.Rooms;

public class InviteTests
{
    private static readonly Invite Sample = new("http://192.168.1.20:3000", RoomSecret.Generate(new SeededDice(1)), new OwnerId(new Id16(1, 2)));

    [Fact]
    public void A_link_round_trips_and_keeps_the_secret_behind_the_hash()
    {
        Assert.True(Invite.TryParse($"  {Sample}\n", out var read, out _));
        Assert.Equal(Sample, read);
        Assert.StartsWith("http://192.168.1.20:3000/#", Sample.ToString());
        Assert.Equal(46, Sample.Fragment().Length);
    }

    [Fact]
    public void A_damaged_link_says_so_for_every_letter_lost()
    {
        string link = Sample.ToString();
        for (int length = link.IndexOf('#') + 1; length < link.Length; length++)
        {
            Assert.False(Invite.TryParse(link[..length], out _, out var problem));
            Assert.Equal(InviteProblem.Damaged, problem);
        }
        Assert.False(Invite.TryParse(link + "A", out _, out _));
        Assert.False(Invite.TryParse(link.Replace(link[^5..], "!!!!!"), out _, out _));
    }

    [Fact]
    public void A_newer_version_is_told_apart_from_damage()
    {
        var fragment = Sample.Fragment();
        Assert.False(Invite.TryParse("http://h/#Ag" + fragment[2..], out _, out var problem));
        Assert.Equal(InviteProblem.Newer, problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("hello")]
    [InlineData("ftp://h/#AQ")]
    [InlineData("javascript:alert(1)#AQ")]
    public void Other_texts_are_no_links(string? text)
    {
        Assert.False(Invite.TryParse(text, out _, out var problem));
        Assert.Equal(InviteProblem.NotALink, problem);
    }

    [Fact]
    public void A_secret_does_not_print() => Assert.DoesNotContain("=", Sample.Secret.ToString());
}
