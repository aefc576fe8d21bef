using System.Text;
using Roost.Peer.Documents;

namespace Roost.Peer.Tests.Documents;

public class DocumentStreamTests
{
    [Fact]
    public async Task A_stream_and_a_writer_share_one_text_and_who_comes_late_has_all()
    {
        await using var desk = await Desk.StartAsync();
        var host = await desk.OpenAsync();
        var writer = await desk.OpenAsync();
        await using var stream = new DocumentStream(host);
        stream.Write("The answer "u8);
        await Desk.HasTextAsync(writer, "The answer ");
        writer.Use(text => { text.Append("(note)"); text.Insert(0, "> "); return 0; });
        await Desk.HasTextAsync(host, "> The answer (note)");
        stream.Write("is 4"u8);
        stream.Write("2."u8);
        await Desk.HasTextAsync(writer, "> The answer is 42.(note)");
        stream.End(0, "eof");
        await stream.HeldByAllAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        await host.DisposeAsync();
        var late = await desk.OpenAsync(desk.Invite.ReadOnly());
        await Desk.HasTextAsync(late, "> The answer is 42.(note)");
    }

    [Fact]
    public async Task Where_the_stream_stands_survives_that_its_words_are_deleted_and_undo_of_others_leaves_it_alone()
    {
        await using var desk = await Desk.StartAsync();
        var host = await desk.OpenAsync();
        var writer = await desk.OpenAsync();
        await using var stream = new DocumentStream(host);
        stream.Write("one two"u8);
        await Desk.HasTextAsync(writer, "one two");
        writer.Use(text => { text.Delete(0, 7); text.Insert(0, "mine"); return 0; });
        await Desk.HasTextAsync(host, "mine");
        stream.Write(" three"u8);
        await Desk.UntilAsync(() => writer.Text == host.Text && writer.Text.Length == 10, () => $"'{writer.Text}' and '{host.Text}'");
        Assert.Contains(" three", writer.Text, StringComparison.Ordinal);
        Assert.Contains("mine", writer.Text, StringComparison.Ordinal);
        Assert.False(host.Undo());
        Assert.True(writer.Undo());
        await Desk.HasTextAsync(host, "one two three");
    }

    [Fact]
    public async Task A_thousand_tokens_are_few_entries_and_one_struct()
    {
        await using var desk = await Desk.StartAsync();
        var host = await desk.OpenAsync();
        var reader = await desk.OpenAsync(desk.Invite.ReadOnly());
        var expected = new StringBuilder();
        await using (var stream = new DocumentStream(host))
        {
            for (int i = 0; i < 1000; i++)
            {
                stream.Write(Encoding.UTF8.GetBytes($"tok{i} "));
                expected.Append($"tok{i} ");
            }
        }
        await Desk.HasTextAsync(reader, expected.ToString());
        Assert.Equal(1, host.Use(text => text.Doc!.Size.Structs));
    }

    [Fact]
    public async Task A_read_only_link_takes_no_stream()
    {
        await using var desk = await Desk.StartAsync();
        var reader = await desk.OpenAsync(desk.Invite.ReadOnly());
        Assert.Throws<ArgumentException>(() => new DocumentStream(reader));
    }

    [Fact]
    public async Task A_title_is_part_of_the_document()
    {
        await using var desk = await Desk.StartAsync();
        var host = await desk.OpenAsync();
        var reader = await desk.OpenAsync(desk.Invite.ReadOnly());
        host.Title = "Draft";
        await Desk.UntilAsync(() => reader.Title == "Draft", () => reader.Title);
    }
}
