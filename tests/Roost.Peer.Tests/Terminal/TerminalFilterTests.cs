using System.Text;
using Roost.Cli.Terminal;

namespace Roost.Peer.Tests.Terminal;

/// <summary>What others write may be read on this terminal, not played on it.</summary>
public class TerminalFilterTests
{
    [Theory]
    [InlineData("plain ünïcode 漢字 😀\r\n\ttab\b", "plain ünïcode 漢字 😀\r\n\ttab\b")]
    [InlineData("\e[1;31mred\e[0m \e[38:2::1:2:3mrgb\e[m\e[2K\e[5G", "\e[1;31mred\e[0m \e[38:2::1:2:3mrgb\e[m\e[2K\e[5G")] // colours, and moves within the line
    [InlineData("a\e]0;title\ab", "ab")] // the title
    [InlineData("a\e]52;c;cHduZWQ=\e\\b", "ab")] // the clipboard
    [InlineData("a\u009d52;c;cHduZWQ=\u009cb", "ab")] // the same in one character
    [InlineData("a\e]8;;http://evil.example\e\\word\e]8;;\e\\b", "awordb")] // a link that shows another
    [InlineData("a\e[6n\e[c\e[>c\u0005\eZb", "ab")] // questions that the terminal would answer by typing
    [InlineData("a\e[2J\e[H\e[3A\u009b9;9Hb", "ab")] // other lines than this one
    [InlineData("a\e[?1049h\e[?25l\e[20h\ec\e7\e(0\u000eb", "ab")] // how the terminal works
    [InlineData("a\ePq#0;2;0;0;0\e\\\e_G\e\\\e^x\e\\\eXx\e\\b", "ab")] // pictures and other programs' talk
    [InlineData("a\e]0;never ends\nnext line", "a\nnext line")]
    [InlineData("a\e[31\nnext", "a\nnext")]
    [InlineData("pay \u202e001\u202c, \u2066x\u2069\u202a\u202b\u202d\u2067\u2068 אב \u200f!", "pay 001, x אב \u200f!")] // lines that read otherwise than they are written
    [InlineData("a\e[?1m\e[>4;2mb\e[;;;K", "ab\e[;;;K")] // "m" with a mark before its numbers sets keys, no colour
    public void Text_and_colours_stay_and_the_rest_goes_however_it_is_cut(string sent, string shown)
    {
        var bytes = Encoding.UTF8.GetBytes(sent);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var filter = new TerminalFilter();
            byte[] both = [.. filter.Take(bytes.AsSpan(0, cut)), .. filter.Take(bytes.AsSpan(cut))];
            Assert.Equal(shown, Encoding.UTF8.GetString(both));
        }
    }

    [Fact]
    public void A_sequence_without_end_takes_no_memory_and_no_text_of_later_lines()
    {
        var filter = new TerminalFilter();
        byte[] endless = [.. "\e["u8, .. Enumerable.Repeat((byte)'1', 1_000_000)];
        Assert.Empty(filter.Take(endless));
        Assert.Empty(filter.Take("m"u8));
        Assert.Equal("x"u8, filter.Take("x"u8));
    }

    [Fact]
    public void Bytes_that_are_no_text_never_reach_the_terminal()
    {
        var random = new Random(7);
        var bytes = new byte[200_000];
        random.NextBytes(bytes);
        string shown = Encoding.UTF8.GetString(new TerminalFilter().Take(bytes));
        Assert.DoesNotContain(shown, c => char.IsControl(c) && c is not ('\n' or '\r' or '\t' or '\b' or '\e'));
        foreach (string after in shown.Split('\e').Skip(1))
        {
            Assert.Matches("^\\[[0-9:;]*[mKCDG]", after);
        }
    }

    [Fact]
    public void Colours_that_were_left_on_are_taken_back()
    {
        var filter = new TerminalFilter();
        filter.Take("\e[31mred"u8);
        Assert.Equal("\e[0m", filter.End());
        filter.Take("\e[31mred\e[0m"u8);
        Assert.Equal("", filter.End());
    }

    [Fact]
    public void A_name_within_a_line_of_ours_has_no_controls_at_all()
    {
        Assert.Equal("a b  [31mc", TerminalFilter.Plain("a\nb\r\e[31mc"));
        Assert.Equal("as it is ü", TerminalFilter.Plain("as it is ü"));
    }
}
