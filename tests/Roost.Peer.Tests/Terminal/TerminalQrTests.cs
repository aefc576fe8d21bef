using Roost.Cli.Terminal;

namespace Roost.Peer.Tests.Terminal;

/// <summary>A QR code is whole, or it is not there.</summary>
public class TerminalQrTests
{
    private const string Link = "http://192.168.1.20:40583/#AQAcRslB0hXJ3MZBs7fKk2iYx7ny0lGpVUmGxTzb4eWQAA";

    [Theory]
    [InlineData(0, 39)] // a terminal that does not tell
    [InlineData(80, 39)]
    [InlineData(39, 39)]
    [InlineData(38, 37)] // without the margin
    [InlineData(37, 37)]
    public void It_is_drawn_where_its_lines_fit(int width, int columns)
    {
        var lines = TerminalQr.Draw(Link, colors: false, lightTerminal: false, width).ToList();
        Assert.Equal(19, lines.Count);
        Assert.All(lines, line => Assert.Equal(columns, line.Length));
    }

    [Theory]
    [InlineData(36)]
    [InlineData(10)]
    public void Else_one_line_says_why_there_is_none(int width)
    {
        string line = Assert.Single(TerminalQr.Draw(Link, colors: true, lightTerminal: false, width));
        Assert.Equal($"(no QR code: it takes 37 columns, here are {width})", line);
    }

    [Fact]
    public void Its_modules_do_not_depend_on_the_margin()
    {
        var wide = TerminalQr.Draw(Link, colors: true, lightTerminal: false, 80);
        var narrow = TerminalQr.Draw(Link, colors: true, lightTerminal: false, 37);
        Assert.Equal(wide.Select(line => line[2..]), narrow);
    }
}
