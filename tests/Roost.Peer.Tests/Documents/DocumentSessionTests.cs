using Roost.Core.Crypto;
using Roost.Core.Rooms;
using Roost.Crdt;
using Roost.Mesh.Documents;
using Roost.Peer.Documents;
using Roost.Peer.Storage;

namespace Roost.Peer.Tests.Documents;

public class DocumentSessionTests
{
    [Fact]
    public async Task Two_writers_see_each_others_words_and_a_third_who_comes_late_sees_all()
    {
        await using var desk = await Desk.StartAsync();
        var first = await desk.OpenAsync();
        var second = await desk.OpenAsync();
        first.Use(text => { text.Insert(0, "Hello"); return 0; });
        await Desk.HasTextAsync(second, "Hello");
        second.Use(text => { text.Insert(5, " world"); return 0; });
        await Desk.HasTextAsync(first, "Hello world");
        await first.DisposeAsync();
        var third = await desk.OpenAsync();
        await Desk.HasTextAsync(third, "Hello world");
    }

    [Fact]
    public async Task What_two_write_without_a_hub_is_there_after_a_restart_and_merges_later()
    {
        await using var desk = await Desk.StartAsync();
        using var ours = new TemporaryFolder();
        using var theirs = new TemporaryFolder();
        foreach (var (folder, word) in new[] { (ours, "one "), (theirs, "two ") })
        {
            using var kept = DocumentFolder.OpenAt(folder.Path, "doc", () => desk.Invite);
            await using var offline = await desk.OpenAsync(folder: kept, online: false);
            offline.Use(text => { text.Insert(0, word); return 0; });
        }
        using var first = DocumentFolder.OpenAt(ours.Path, "doc", null);
        using var second = DocumentFolder.OpenAt(theirs.Path, "doc", null);
        var a = await desk.OpenAsync(folder: first);
        var b = await desk.OpenAsync(folder: second);
        Assert.Equal("one ", a.Text);
        await Desk.UntilAsync(() => a.Text.Length == 8 && a.Text == b.Text, () => $"'{a.Text}' and '{b.Text}'");
        Assert.Contains("one ", a.Text);
        Assert.Contains("two ", a.Text);
        await b.DisposeAsync();
    }

    [Fact]
    public async Task Every_session_has_a_client_id_and_a_feed_of_its_own_however_often_it_is_opened()
    {
        await using var desk = await Desk.StartAsync();
        using var folder = new TemporaryFolder();
        var ids = new HashSet<ulong>();
        for (int i = 0; i < 5; i++)
        {
            using var kept = DocumentFolder.OpenAt(folder.Path, "doc", () => desk.Invite);
            await using var session = await desk.OpenAsync(folder: kept, online: false);
            Assert.True(ids.Add(session.ClientId));
            session.Use(text => { text.Append($"{i}"); return 0; });
        }
        using var again = DocumentFolder.OpenAt(folder.Path, "doc", null);
        await using var last = await desk.OpenAsync(folder: again, online: false);
        Assert.Equal("01234", last.Text);
        Assert.Equal(5, last.Feeds);
    }

    [Fact]
    public async Task A_read_only_link_reads_and_cannot_write()
    {
        await using var desk = await Desk.StartAsync();
        var writer = await desk.OpenAsync();
        writer.Use(text => { text.Insert(0, "for all"); return 0; });
        var reader = await desk.OpenAsync(desk.Invite.ReadOnly());
        await Desk.HasTextAsync(reader, "for all");
        Assert.False(reader.CanWrite);
        Assert.Throws<InvalidOperationException>(() => reader.Use(text => { text.Insert(0, "x"); return 0; }));
        Assert.DoesNotContain(desk.Invite.ToString().Split('#')[1], desk.Invite.ReadOnly().ToString());
    }

    [Fact]
    public async Task A_write_key_of_another_document_is_refused_by_every_reader()
    {
        await using var desk = await Desk.StartAsync();
        var writer = await desk.OpenAsync();
        writer.Use(text => { text.Insert(0, "genuine"); return 0; });
        var reader = await desk.OpenAsync(desk.Invite.ReadOnly());
        await Desk.HasTextAsync(reader, "genuine");
        await using var forger = await Forger.JoinAsync(desk.Origin, desk.Invite.ReadOnly());
        await forger.ForgeAsync();
        await Desk.UntilAsync(() => writer.Refused > 0 && reader.Refused > 0, () => $"refused {writer.Refused} and {reader.Refused}");
        writer.Use(text => { text.Append("!"); return 0; });
        await Desk.HasTextAsync(reader, "genuine!");
        Assert.Equal("genuine!", writer.Text);
    }

    [Fact]
    public async Task A_late_joiner_gets_all_from_a_checkpoint_and_none_of_the_old_entries()
    {
        await using var desk = await Desk.StartAsync();
        var limits = new DocumentLimits { CheckpointEntries = 10 };
        var writer = await desk.OpenAsync(limits: limits);
        var other = await desk.OpenAsync(limits: limits);
        for (int i = 0; i < 12; i++)
        {
            int length = writer.Text.Length;
            writer.Use(text => { text.Append($"{i} "); return 0; });
            await Desk.UntilAsync(() => other.Text == writer.Text, () => $"{i}: '{other.Text}' and '{writer.Text}'");
        }
        await Desk.UntilAsync(() => writer.Feeds == 1 && other.Feeds == 1, () => $"{writer.Feeds} and {other.Feeds} feeds");
        string text = writer.Text;
        await writer.DisposeAsync();
        var late = await desk.OpenAsync();
        await Desk.HasTextAsync(late, text);
        Assert.Equal(1, late.Feeds);
        late.Use(t => { t.Insert(0, "late "); return 0; });
        await Desk.HasTextAsync(other, "late " + text);
    }

    [Fact]
    public async Task An_update_that_no_document_can_take_is_left_out_and_the_rest_goes_on()
    {
        await using var desk = await Desk.StartAsync();
        var bad = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reader = await desk.OpenAsync(happened: e => { if (e is DocumentEvent.BadUpdate b) { bad.TrySetResult(b.Why); } });
        await using var writer = await Forger.JoinAsync(desk.Origin, desk.Invite);
        await writer.WriteAsync([9, 9, 9, 9, 9, 9]);
        await bad.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var doc = new YDoc(7);
        doc.GetText("text").Insert(0, "fine");
        await writer.WriteAsync(doc.EncodeStateAsUpdate());
        await Desk.HasTextAsync(reader, "fine");
    }

    [Fact]
    public async Task A_large_text_travels_in_pieces()
    {
        await using var desk = await Desk.StartAsync();
        var writer = await desk.OpenAsync();
        string large = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i} "));
        writer.Use(text => { text.Insert(0, large); return 0; });
        var reader = await desk.OpenAsync(desk.Invite.ReadOnly());
        await Desk.UntilAsync(() => reader.Text == large, () => $"{reader.Text.Length} of {large.Length}");
    }

    [Fact]
    public async Task Undo_takes_back_ones_own_words_only()
    {
        await using var desk = await Desk.StartAsync();
        var mine = await desk.OpenAsync();
        var other = await desk.OpenAsync();
        mine.Use(text => { text.Insert(0, "mine "); return 0; });
        await Desk.HasTextAsync(other, "mine ");
        other.Use(text => { text.Append("theirs"); return 0; });
        await Desk.HasTextAsync(mine, "mine theirs");
        Assert.True(mine.Undo());
        await Desk.HasTextAsync(other, "theirs");
        Assert.True(mine.Redo());
        await Desk.HasTextAsync(other, "mine theirs");
    }

    [Fact]
    public async Task Names_and_cursors_of_others_are_seen_and_vanish_with_them()
    {
        await using var desk = await Desk.StartAsync();
        var ada = await desk.OpenAsync(name: "Ada");
        var bob = await desk.OpenAsync(name: "Bob");
        ada.Use(text => { text.Insert(0, "Hello"); return 0; });
        await Desk.HasTextAsync(bob, "Hello");
        bob.ShowCursor(2, 4);
        await Desk.UntilAsync(() => ada.Others() is [{ Name: "Bob", Anchor: 2, Head: 4 }], () => string.Join(", ", ada.Others()));
        ada.Use(text => { text.Insert(0, "> "); return 0; });
        Assert.Equal(6, ada.Others()[0].Head);
        await bob.DisposeAsync();
        await Desk.UntilAsync(() => ada.Others().Count == 0, () => string.Join(", ", ada.Others()));
    }

    [Fact]
    public async Task A_document_is_open_in_one_process_at_a_time()
    {
        await using var desk = await Desk.StartAsync();
        using var folder = new TemporaryFolder();
        using var first = DocumentFolder.OpenAt(folder.Path, "doc", () => desk.Invite);
        Assert.Throws<DocumentInUseException>(() => DocumentFolder.OpenAt(folder.Path, "doc", null));
    }
}
