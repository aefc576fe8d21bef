using System.Text;
using Roost.Mesh.Documents;
using Roost.Peer.Documents;

namespace Roost.Peer.Tests.Documents;

public class KeptDocumentTests
{
    [Fact]
    public async Task A_hub_that_keeps_gives_a_late_joiner_all_when_every_writer_is_gone_and_has_read_none_of_it()
    {
        using var folder = new TemporaryFolder();
        await using var desk = await Desk.StartAsync(folder.Path);
        var kept = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var writer = await desk.OpenAsync(name: "canary-name", happened: e => { if (e is DocumentEvent.Kept k) { kept.TrySetResult(k.For); } });
        Assert.Equal(TimeSpan.FromHours(1), await kept.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        writer.Use(text => { text.Insert(0, "canary-text"); return 0; });
        await Desk.UntilAsync(() => FeedsIn(folder) == 1 && BytesIn(folder).Length > 400, () => $"{FeedsIn(folder)} feeds of {BytesIn(folder).Length} bytes");
        await writer.DisposeAsync();
        var late = await desk.OpenAsync(desk.Invite.ReadOnly());
        await Desk.HasTextAsync(late, "canary-text");
        await late.DisposeAsync();
        string bytes = Encoding.Latin1.GetString(BytesIn(folder));
        Assert.DoesNotContain("canary", bytes);
    }

    [Fact]
    public async Task A_keeper_drops_what_a_checkpoint_covers_though_it_cannot_read_it()
    {
        using var folder = new TemporaryFolder();
        await using var desk = await Desk.StartAsync(folder.Path);
        var limits = new DocumentLimits { CheckpointEntries = 8 };
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Two sessions, two feeds; the second goes over the limit and makes the checkpoint.
        var first = await desk.OpenAsync(limits: limits, happened: e => { if (e is DocumentEvent.Kept) { kept.TrySetResult(); } });
        await kept.Task.WaitAsync(TimeSpan.FromSeconds(60));
        first.Use(text => { text.Insert(0, "first "); return 0; });
        var second = await desk.OpenAsync(limits: limits);
        await Desk.HasTextAsync(second, "first ");
        for (int i = 0; i < 9; i++)
        {
            second.Use(text => { text.Append($"{i} "); return 0; });
            await Desk.UntilAsync(() => first.Text == second.Text, () => $"'{first.Text}' and '{second.Text}'");
        }
        await Desk.UntilAsync(() => second.Feeds == 1 && FeedsIn(folder) == 1, () => $"{second.Feeds} feeds here, {FeedsIn(folder)} at the keeper");
        string all = second.Text;
        await first.DisposeAsync();
        await second.DisposeAsync();
        var late = await desk.OpenAsync();
        await Desk.HasTextAsync(late, all);
    }

    private static int FeedsIn(TemporaryFolder folder) => Directory.EnumerateFiles(folder.Path, "*.log", SearchOption.AllDirectories).Count();

    private static byte[] BytesIn(TemporaryFolder folder)
    {
        using var all = new MemoryStream();
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            using var read = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            read.CopyTo(all);
        }
        return all.ToArray();
    }
}
