using System.Text;
using Roost.Core.Cores;
using Roost.Mesh.Documents;

namespace Roost.Tests.Mesh.Documents;

public class StreamedTextTests
{
    private readonly List<StreamedTextEffect> _out = [];
    private StreamedText _core = new();
    private Instant _now = Instant.FromUnixMilliseconds(1_000);

    private IEnumerable<string> Changes => _out.OfType<StreamedTextEffect.Append>().Select(a => a.Text);

    private string Text => string.Concat(Changes);

    [Fact]
    public void The_first_word_goes_at_once_and_what_comes_within_a_frame_is_one_change()
    {
        Write("a");
        Write("b");
        Write("c");
        Assert.Equal(["a"], Changes);
        Wait(40);
        Assert.Equal(["a", "bc"], Changes);
        Wait(100);
        Write("d");
        Assert.Equal(["a", "bc", "d"], Changes);
    }

    [Fact]
    public void A_thousand_tokens_a_second_make_twenty_five_changes()
    {
        for (int i = 0; i < 1000; i++)
        {
            Write("tok ");
            Wait(1);
        }
        Assert.InRange(Changes.Count(), 24, 27);
    }

    [Fact]
    public void The_end_comes_behind_the_last_word()
    {
        Write("a");
        Write("b");
        End();
        Assert.Equal("ab", Text);
        Assert.IsType<StreamedTextEffect.Ended>(_out[^1]);
    }

    [Theory]
    [InlineData("plain\ttext\n", "plain\ttext\n")]
    [InlineData("a\r\nb\rc\r\r\nd", "a\nb\nc\n\nd")]
    [InlineData("\e[1;31mred\e[0m and \e]0;title\aon\e]8;;http://x\e\\ \e(Bthe\e=line", "red and on theline")]
    [InlineData("\e[12\nnot eaten", "\nnot eaten")]
    [InlineData("bell\a back\b del\x7f", "bell back del")]
    [InlineData("Grüße 🐦 漢字", "Grüße 🐦 漢字")]
    public void What_a_terminal_would_not_show_as_text_is_left_out_however_it_is_cut(string written, string text)
    {
        Write(written);
        End();
        Assert.Equal(text, Text);
        _out.Clear();
        _core = new();
        foreach (byte b in Encoding.UTF8.GetBytes(written))
        {
            Write([b]);
            Wait(45);
        }
        End();
        Assert.Equal(text, Text);
        Assert.DoesNotContain(_out, e => e is StreamedTextEffect.NoText);
    }

    [Fact]
    public void What_is_no_text_stands_as_such_and_is_told_once()
    {
        Write([0x41, 0xFF, 0xFE, 0x00, 0x42]);
        Wait(50);
        Write([0xC3]);
        End();
        Assert.Equal("A\uFFFD\uFFFD\uFFFDB\uFFFD", Text);
        Assert.Single(_out.OfType<StreamedTextEffect.NoText>());
    }

    [Fact]
    public void A_line_without_an_end_is_a_change_a_frame_and_too_much_is_cut_between_characters()
    {
        _core = new StreamedText(maxLength: 100_001);
        Write(new string('x', 60_000));
        Write(new string('y', 40_000) + "🐦🐦🐦");
        Wait(40);
        Write("more");
        End();
        Assert.Equal(2, Changes.Count());
        Assert.Equal(100_000, Text.Length);
        Assert.EndsWith("y", Text, StringComparison.Ordinal);
        Assert.Single(_out.OfType<StreamedTextEffect.Full>());
        Assert.IsType<StreamedTextEffect.Ended>(_out[^1]);
    }

    private void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    private void Write(byte[] bytes)
    {
        _core.Handle(new StreamedBytes(bytes, IsLast: false), _now);
        Drain();
    }

    private void End()
    {
        _core.Handle(new StreamedBytes(default, IsLast: true), _now);
        Drain();
    }

    private void Wait(int milliseconds)
    {
        var until = _now + TimeSpan.FromMilliseconds(milliseconds);
        while (_core.NextWake is { } wake && wake.At <= until)
        {
            _now = wake.At;
            _core.Tick(_now);
            Drain();
        }
        _now = until;
    }

    private void Drain()
    {
        while (_core.TryTake(out var effect))
        {
            _out.Add(effect);
        }
    }
}
