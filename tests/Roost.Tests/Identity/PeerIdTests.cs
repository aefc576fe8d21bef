using Roost.Core.Identity;

namespace Roost.Tests.Identity;

public class PeerIdTests
{
    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef01234567")]
    [InlineData("ABCDEF0123456789abcdefABCDEF0123456789aB")]
    public void Forty_hex_digits_round_trip_with_their_case(string text)
    {
        Assert.True(PeerId.TryParse(text, out var id));
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("0123456789abcdef0123456789abcdef0123456")]
    [InlineData("0123456789abcdef0123456789abcdef012345678")]
    [InlineData("g123456789abcdef0123456789abcdef01234567")]
    [InlineData("０123456789abcdef0123456789abcdef0123456")]
    public void Anything_else_is_refused(string? text) => Assert.False(PeerId.TryParse(text, out _));

    [Fact]
    public void Ids_that_differ_in_case_are_different_ids()
    {
        Assert.True(PeerId.TryParse("abcdef0123456789abcdef0123456789abcdef01", out var lower));
        Assert.True(PeerId.TryParse("Abcdef0123456789abcdef0123456789abcdef01", out var upper));
        Assert.NotEqual(lower, upper);
        Assert.Equal(0UL, lower.UpperCase);
    }
}
