using System.Text;
using Roost.Cli.Terminal;

namespace Roost.Peer.Tests.Terminal;

/// <summary>What stands on command lines, and lines that come too often.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("roost\0watch\0http://h:1/#AQsecret\0", "AQsecret")]
    [InlineData("roost\0doc\0open\0notes\0https://h/#AQM\0--no-direct\0", "AQM")]
    [InlineData("roost\0watch\0http://h:1/#one\0http://h:1/#two", "one|two")]
    [InlineData("roost\0stream\0--title\0issue #7\0--hub\0http://h:3000\0", "")]
    public void Only_what_stands_behind_a_links_mark_is_covered(string arguments, string secrets)
    {
        var bytes = Encoding.UTF8.GetBytes(arguments);
        Assert.Equal(secrets, string.Join('|', LinkCover.Secrets(bytes).Select(range => Encoding.UTF8.GetString(bytes[range]))));
    }

    [Fact]
    public void The_same_words_come_once_in_a_while_with_how_often_they_were_meant()
    {
        var clock = new Clock();
        var repeats = new Repeats(clock);
        Assert.Equal("too fast", repeats.Next("too fast"));
        for (int i = 0; i < 5; i++)
        {
            Assert.Null(repeats.Next("too fast"));
        }
        Assert.Equal("something else", repeats.Next("something else"));
        clock.Now += Repeats.Pause;
        Assert.Equal("too fast (5 times more meanwhile)", repeats.Next("too fast"));
        clock.Now += Repeats.Pause;
        Assert.Equal("too fast", repeats.Next("too fast"));
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
