using Roost.Core.Feeds;
using Roost.Core.Identity;

namespace Roost.Tests.Feeds;

public class FeedReaderTests
{
    [Fact]
    public void A_late_reader_gets_all_from_the_start_and_then_follows()
    {
        var pair = new FeedPair();
        pair.Writer.Append(EntryKind.Meta, "{}"u8);
        for (int i = 0; i < 3000; i++)
        {
            pair.Say($"{i} ");
        }
        pair.Meet();
        pair.Hear(pair.Say("live"));
        Assert.Equal(string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i} ")) + "live", pair.Text);
        Assert.Single(pair.Seen.OfType<FeedReaderEffect.CaughtUp>());
    }

    [Fact]
    public void Megabytes_come_in_several_answers()
    {
        var pair = new FeedPair();
        var chunk = new string('x', 50_000);
        for (int i = 0; i < 70; i++)
        {
            pair.Say(chunk);
        }
        pair.Meet();
        Assert.Equal(70 * chunk.Length, pair.Text.Length);
        Assert.True(pair.Sent.OfType<FeedFrame.Want>().Count() >= 4);
    }

    [Fact]
    public void A_gap_is_filled_and_nothing_comes_twice()
    {
        var pair = new FeedPair();
        pair.Meet();
        pair.Hear(pair.Say("a"));
        pair.Say("b");
        var later = pair.Say("c");
        pair.Hear(later);
        pair.Hear(later);
        Assert.Equal("abc", pair.Text);
    }

    [Fact]
    public void Entries_kept_aside_are_used_once_the_gap_is_filled()
    {
        var pair = new FeedPair();
        pair.Meet();
        pair.HostAnswers = false;
        pair.Say("a");
        pair.Hear(pair.Say("b"));
        Assert.Equal("", pair.Text);
        pair.HostAnswers = true;
        pair.Wait(TimeSpan.FromSeconds(6));
        Assert.Equal("ab", pair.Text);
    }

    [Fact]
    public void A_silent_host_is_asked_again_every_five_seconds()
    {
        var pair = new FeedPair { HostAnswers = false };
        pair.Meet();
        pair.Wait(TimeSpan.FromSeconds(16));
        Assert.Equal(4, pair.Sent.OfType<FeedFrame.Want>().Count());
    }

    [Fact]
    public void Forged_reordered_and_foreign_entries_are_refused_and_hurt_nothing()
    {
        var pair = new FeedPair();
        pair.Meet();
        pair.Hear(pair.Say("good "));
        var other = new FeedPair(8);
        pair.Hear(other.Say("evil"));
        var live = pair.Say("more");
        pair.Hear(live with { Signature = new byte[64] });
        pair.Hear(live with { Entry = live.Entry with { Kind = EntryKind.End } });
        pair.Hear(live, from: PeerId.FromBytes(new byte[20]));
        pair.Hear(live);
        Assert.Equal("good more", pair.Text);
        Assert.DoesNotContain(pair.Seen, e => e is FeedReaderEffect.Broken);
    }

    [Fact]
    public void An_entry_far_ahead_that_nobody_wrote_is_not_asked_for_again_and_again()
    {
        var pair = new FeedPair();
        pair.Meet();
        pair.Hear(pair.Say("one "));
        var live = pair.Say("two");
        pair.Hear(live with { Entry = live.Entry with { N = 1UL << 50 } });
        int asked = pair.Sent.OfType<FeedFrame.Want>().Count();
        pair.Wait(TimeSpan.FromSeconds(4));
        Assert.Equal(asked, pair.Sent.OfType<FeedFrame.Want>().Count());
        Assert.InRange(asked, 2, 3);
        pair.Hear(pair.Say("three"));
        pair.Wait(TimeSpan.FromSeconds(20));
        Assert.Equal("one twothree", pair.Text);
    }

    [Fact]
    public void A_member_who_is_not_the_owner_cannot_host()
    {
        var pair = new FeedPair();
        var stranger = new FeedPair(8);
        stranger.Say("evil");
        pair.Meet();
        pair.Hear(stranger.Writer.Head());
        Assert.Equal("", pair.Text);
        Assert.True(pair.Reader.Refused > 0);
    }

    [Fact]
    public void A_second_history_of_one_epoch_is_shown_as_a_fork()
    {
        var pair = new FeedPair();
        var log = new MemoryFeedLog();
        var again = new FeedWriter(pair.Room, pair.HostKey, pair.Writer.Feed.Epoch, log);
        pair.Meet();
        pair.Hear(pair.Say("one"));
        again.Append(EntryKind.Text, "two"u8);
        pair.Hear(again.Head());
        Assert.Contains(pair.Seen, e => e is FeedReaderEffect.Broken { Fault: FeedFault.Forked });
    }

    [Fact]
    public void A_longer_second_history_is_a_fork_as_well()
    {
        var pair = new FeedPair();
        var again = new FeedWriter(pair.Room, pair.HostKey, pair.Writer.Feed.Epoch, new MemoryFeedLog());
        pair.Meet();
        pair.Hear(pair.Say("one"));
        again.Append(EntryKind.Text, "two"u8);
        pair.Writer = again;
        pair.Hear(again.Append(EntryKind.Text, "three"u8));
        Assert.Contains(pair.Seen, e => e is FeedReaderEffect.Broken { Fault: FeedFault.Forked });
        Assert.Equal("one", pair.Text);
    }

    [Fact]
    public void A_head_below_the_cursor_is_a_rollback()
    {
        var pair = new FeedPair();
        pair.Meet();
        pair.Hear(pair.Say("one"));
        var old = pair.Writer.Head();
        pair.Hear(pair.Say("two"));
        pair.Hear(old);
        Assert.Contains(pair.Seen, e => e is FeedReaderEffect.Broken { Fault: FeedFault.RolledBack });
    }

    [Fact]
    public void A_host_that_lost_its_log_goes_on_in_a_new_epoch()
    {
        var pair = new FeedPair();
        pair.Meet();
        pair.Hear(pair.Say("old "));
        pair.Writer = pair.NewWriter(new MemoryFeedLog(), 2000);
        pair.Say("new");
        pair.Meet();
        Assert.Equal("old new", pair.Text);
        Assert.Equal(2, pair.Seen.OfType<FeedReaderEffect.Opened>().Count());
    }

    [Fact]
    public void The_end_is_acknowledged_at_once_and_text_at_most_once_a_second()
    {
        var pair = new FeedPair();
        pair.Meet();
        for (int i = 0; i < 10; i++)
        {
            pair.Hear(pair.Say("x"));
            pair.Wait(TimeSpan.FromMilliseconds(100));
        }
        int acks = pair.Sent.OfType<FeedFrame.Ack>().Count();
        Assert.InRange(acks, 1, 2);
        pair.Hear(pair.Writer.Append(EntryKind.End, "{}"u8));
        pair.Wait(TimeSpan.Zero);
        Assert.Equal(pair.Writer.Last, pair.Sent.OfType<FeedFrame.Ack>().Last().N);
    }

    [Fact]
    public void A_writer_goes_on_from_a_log()
    {
        var pair = new FeedPair();
        var log = new MemoryFeedLog();
        pair.Writer = pair.NewWriter(log, 1000);
        pair.Meet();
        pair.Hear(pair.Say("before "));
        pair.Writer = new FeedWriter(pair.Room, pair.HostKey, pair.Writer.Feed.Epoch, log);
        pair.Hear(pair.Say("after"));
        Assert.Equal("before after", pair.Text);
    }
}
