using Roost.Core.Cores;

namespace Roost.Tests.Cores;

public class InstantTests
{
    [Fact]
    public void Never_is_later_than_all_and_stays_never()
    {
        Assert.True(Instant.Epoch < Instant.Never);
        Assert.Equal(Instant.Never, Instant.Never + TimeSpan.FromHours(1));
    }

    [Fact]
    public void Unix_milliseconds_round_trip()
    {
        var at = Instant.FromUnixMilliseconds(1_763_690_000_123);
        Assert.Equal(1_763_690_000_123, at.UnixMilliseconds);
        Assert.Equal("2025-11-21T01:53:20.123Z", at.ToString());
    }

    [Fact]
    public void The_earlier_wake_wins_and_null_is_never()
    {
        var soon = new Wake(Instant.Epoch, "soon");
        var late = new Wake(Instant.Epoch + TimeSpan.FromSeconds(1), "late");
        Assert.Equal(soon, Wake.Earlier(late, soon));
        Assert.Equal(late, Wake.Earlier(null, late));
        Assert.Null(Wake.Earlier(null, null));
    }
}
