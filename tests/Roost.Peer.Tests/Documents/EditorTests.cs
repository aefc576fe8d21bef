using System.Text;
using Roost.Cli.Features.Documents;
using Roost.Cli.Terminal.Editing;
using Roost.Core.Rooms;
using Roost.Crdt;
using Roost.Peer.Storage;

namespace Roost.Peer.Tests.Documents;

/// <summary>The terminal editor without its terminal.</summary>
public class EditorTests
{
    [Fact]
    public void Keys_are_read_whole_and_in_parts()
    {
        var decoder = new KeyDecoder();
        Assert.Equal([new Key(KeyName.Text, "aé"), new Key(KeyName.Up), new Key(KeyName.Enter), new Key(KeyName.Undo), new Key(KeyName.Invite)], decoder.Take("aé\e[A\r\u001a\u0007"u8));
        Assert.Empty(decoder.Take("\e["u8));
        Assert.True(decoder.IsWaiting);
        Assert.Equal([new Key(KeyName.Delete)], decoder.Take("3~"u8));
        Assert.Empty(decoder.Take([0xE2, 0x82]));
        Assert.Equal([new Key(KeyName.Text, "€")], decoder.Take([0xAC]));
        Assert.Empty(decoder.Take("\e"u8));
        decoder.GiveUp();
        Assert.Equal([new Key(KeyName.Text, "x")], decoder.Take("x"u8));
    }

    [Fact]
    public void What_is_pasted_comes_as_text_without_controls_however_it_is_cut()
    {
        byte[] sent = Encoding.UTF8.GetBytes("\e[200~one\r\ntwo\u0007\u001a\t3\e[201~z");
        for (int cut = 1; cut < sent.Length; cut++)
        {
            var decoder = new KeyDecoder();
            var keys = decoder.Take(sent.AsSpan(0, cut)).Concat(decoder.Take(sent.AsSpan(cut))).ToList();
            Assert.All(keys, k => Assert.Equal(KeyName.Text, k.Name));
            string all = string.Concat(keys.Select(k => k.Text));
            Assert.Equal("onetwo3z", all.Replace("\n", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Long_lines_wrap_and_every_position_is_found_again()
    {
        const string text = "short\nabcdefghij\n漢字とかな\tx\n\n😀 end";
        var layout = new TextLayout(text, 6);
        for (int i = 0; i <= text.Length; i = i == text.Length ? i + 1 : TextLayout.After(text, i))
        {
            var (row, column) = layout.At(i);
            Assert.InRange(column, 0, 6);
            Assert.Equal(i, layout.IndexAt(row, column));
        }
    }

    [Fact]
    public void Only_rows_that_differ_are_drawn_again()
    {
        var screen = new EditorScreen(colors: true);
        var view = new EditorView("one\ntwo\nthree", 0, [], "status");
        Assert.Contains("three", screen.Draw(view, 40, 6));
        string second = screen.Draw(view with { Text = "one\nTWO\nthree" }, 40, 6);
        Assert.Contains("TWO", second);
        Assert.DoesNotContain("one", second);
        Assert.DoesNotContain("three", second);
    }

    [Fact]
    public void Others_are_shown_in_their_colour_and_underlined_without_colours()
    {
        var view = new EditorView("word", 0, [new RemoteCursor(2, (255, 0, 0)), new RemoteCursor(4, (0, 255, 0))], "");
        string colored = new EditorScreen(colors: true).Draw(view, 40, 4);
        Assert.Contains("48;2;255;0;0mr\e[0m", colored);
        Assert.Contains("48;2;0;255;0m \e[0m", colored);
        string plain = new EditorScreen(colors: false).Draw(view, 40, 4);
        Assert.Contains("\e[4mr\e[0m", plain);
        Assert.DoesNotContain("38;2", plain);
        Assert.DoesNotContain("48;2", plain);
    }

    [Fact]
    public void Control_characters_of_a_document_never_reach_the_terminal()
    {
        string drawn = new EditorScreen(colors: true).Draw(new EditorView("a\u001b]0;title\u0007b\u009b31m", 0, [], "ok"), 80, 5);
        Assert.DoesNotContain("\u001b]0", drawn);
        Assert.DoesNotContain("\u0007", drawn);
        Assert.DoesNotContain("\u009b", drawn);
    }

    [Theory]
    [InlineData(80, 24, true)]
    [InlineData(37, 28, true)]
    [InlineData(37, 24, false)]
    [InlineData(80, 23, false)]
    [InlineData(30, 40, false)]
    public void The_links_are_shown_with_a_code_where_there_is_room(int width, int height, bool hasCode)
    {
        var invite = DocumentInvite.Writable("http://192.168.1.20:40583", RoomSecret.Generate(SystemDice.Instance), WriteSeed.Generate(SystemDice.Instance));
        string drawn = InviteScreen.Draw(invite, colors: false, lightTerminal: false, width, height);
        Assert.Equal(hasCode, drawn.Contains('█', StringComparison.Ordinal));
        Assert.Equal(!hasCode, drawn.Contains("(no QR code: it takes ", StringComparison.Ordinal));
        Assert.Contains($"writes along:\r\n{invite}\r\n", drawn, StringComparison.Ordinal);
        Assert.Contains($"Only to read:\r\n{invite.ReadOnly()}\r\n", drawn, StringComparison.Ordinal);
        Assert.True(drawn.Split("\r\n").Length <= height);
        string reader = InviteScreen.Draw(invite.ReadOnly(), colors: false, lightTerminal: false, width, height);
        Assert.Contains($"reads along:\r\n{invite.ReadOnly()}\r\n", reader, StringComparison.Ordinal);
        Assert.DoesNotContain(invite.ToString(), reader, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cursor_stays_with_its_word_while_others_write_and_undo_is_ones_own()
    {
        await using var desk = await Desk.StartAsync();
        var mine = await desk.OpenAsync(name: "Ada");
        var other = await desk.OpenAsync(name: "Bob");
        var editor = new DocEditor(mine, "notes");
        Press(editor, "middle");
        Press(editor, new Key(KeyName.Left), new Key(KeyName.Left), new Key(KeyName.Left));
        await Desk.HasTextAsync(other, "middle");
        other.Use(text => { text.Insert(0, ">>\n"); text.Append("<<"); return 0; });
        await Desk.HasTextAsync(mine, ">>\nmiddle<<");
        Press(editor, "|");
        Assert.Equal(">>\nmid|dle<<", mine.Text);
        Press(editor, new Key(KeyName.Undo));
        Assert.StartsWith(">>\n", mine.Text);
        Assert.EndsWith("<<", mine.Text);
        Press(editor, new Key(KeyName.Invite));
        Assert.True(editor.ShowsLink);
        Press(editor, "x"); // only goes back
        Assert.False(editor.ShowsLink);
        Assert.DoesNotContain('x', mine.Text);
        Press(editor, new Key(KeyName.Invite), new Key(KeyName.Quit));
        Assert.True(editor.HasEnded);
    }

    [Fact]
    public async Task A_reader_moves_and_changes_nothing()
    {
        await using var desk = await Desk.StartAsync();
        var writer = await desk.OpenAsync();
        writer.Use(text => { text.Insert(0, "fixed"); return 0; });
        var reader = await desk.OpenAsync(desk.Invite.ReadOnly());
        await Desk.HasTextAsync(reader, "fixed");
        var editor = new DocEditor(reader, "notes");
        Press(editor, "x");
        Press(editor, new Key(KeyName.Backspace), new Key(KeyName.Delete), new Key(KeyName.Enter), new Key(KeyName.Undo), new Key(KeyName.End));
        Assert.Equal("fixed", reader.Text);
        Assert.Equal(5, editor.View().Cursor);
        Assert.Contains("read only", editor.View().Status);
    }

    [Theory]
    [InlineData("", "new")]
    [InlineData("same", "same")]
    [InlineData("one two three", "one 2 three")]
    [InlineData("abc", "")]
    [InlineData("aaa", "aaaa")]
    [InlineData("x😀y", "x😁y")]
    public void A_text_becomes_another_by_the_smallest_replacement(string before, string after)
    {
        var doc = new YDoc(1);
        var text = doc.GetText("text");
        text.Insert(0, before);
        Assert.Equal(before != after, TextChange.Replace(text, after));
        Assert.Equal(after, text.ToString());
    }

    private static void Press(DocEditor editor, string typed) => Press(editor, [.. typed.Select(c => new Key(KeyName.Text, $"{c}"))]);

    private static void Press(DocEditor editor, params Key[] keys)
    {
        foreach (var key in keys)
        {
            editor.Press(key, 80, 24);
        }
    }
}
