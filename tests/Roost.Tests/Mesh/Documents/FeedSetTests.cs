using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Documents;
using Roost.Testing;

namespace Roost.Tests.Mesh.Documents;

public sealed class FeedSetTests : IDisposable
{
    private readonly SeededDice _dice = new(5);
    private readonly SigningKey _write;
    private readonly RoomKeys _room;
    private readonly FeedSet _set;
    private readonly PeerId _peer = PeerId.FromBytes([.. Enumerable.Repeat((byte)9, 20)]);
    private readonly Instant _now = Instant.FromUnixMilliseconds(1_000);

    public FeedSetTests()
    {
        _write = SigningKey.Generate(_dice);
        _room = new RoomKeys(RoomSecret.Generate(_dice), _write.PublicKey.ToOwnerId());
        _set = new FeedSet(_room.Room, _room.Owner, new MemoryFeedStore(), new DocumentLimits { MaxFeeds = 3, MaxAside = 2, MaxBytes = 1_000 });
    }

    public void Dispose()
    {
        _room.Dispose();
        _write.Dispose();
    }

    [Fact]
    public void Entries_of_a_feed_that_is_known_are_given_out_once_and_in_order()
    {
        using var feed = Writer(_write);
        Say(RollOf(feed));
        var first = feed.Append(EntryKind.Update, "one"u8);
        var second = feed.Append(EntryKind.Update, "two"u8);
        Say(second);
        Say(first);
        Answer(feed);
        Say(second);
        Assert.Equal([1UL, 2UL], Entries());
    }

    [Fact]
    public void A_feed_under_another_key_is_refused_whoever_says_it()
    {
        using var other = SigningKey.Generate(_dice);
        using var feed = Writer(other);
        feed.Append(EntryKind.Update, "forged"u8);
        Say(RollOf(feed));
        Say(feed.Append(EntryKind.Update, "forged"u8));
        Assert.Empty(Entries());
        Assert.Equal(0, _set.Count);
        Assert.Equal(1, _set.Refused);
    }

    [Fact]
    public void A_line_whose_number_or_chain_was_changed_is_refused()
    {
        using var feed = Writer(_write);
        feed.Append(EntryKind.Update, "one"u8);
        var roll = RollOf(feed);
        var line = roll.Lines[0];
        Say(roll with { Lines = [line with { N = 7 }] });
        Say(roll with { Lines = [line with { Chain = new byte[32] }] });
        Say(roll with { Lines = [line with { Epoch = new Id16(1, 2) }] });
        Assert.Equal(3, _set.Refused);
        Assert.Equal(0, _set.Count);
    }

    [Fact]
    public void A_live_entry_with_a_byte_changed_is_refused_and_the_genuine_one_taken_after_it()
    {
        using var feed = Writer(_write);
        Say(RollOf(feed));
        var live = feed.Append(EntryKind.Update, "one"u8);
        var bent = live.Entry.Sealed.ToArray();
        bent[0] ^= 1;
        Say(live with { Entry = live.Entry with { Sealed = bent } });
        Assert.Empty(Entries());
        Say(live);
        Assert.Equal([1UL], Entries());
    }

    [Fact]
    public void Two_histories_under_one_epoch_end_that_feed_and_no_other()
    {
        using var feed = Writer(_write);
        using var twin = Writer(_write, feed.Feed.Epoch);
        using var good = Writer(_write);
        Say(RollOf(feed));
        Say(feed.Append(EntryKind.Update, "one"u8));
        twin.Append(EntryKind.Update, "two"u8);
        Say(RollOf(twin));
        Say(RollOf(good));
        Say(good.Append(EntryKind.Update, "three"u8));
        var seen = Effects();
        Assert.Single(seen.OfType<FeedSetEffect.Forked>());
        Assert.Equal(2, seen.OfType<FeedSetEffect.Entry>().Count());
    }

    [Fact]
    public void No_more_feeds_entries_aside_or_bytes_are_taken_than_the_limits_say()
    {
        for (int i = 0; i < 5; i++)
        {
            using var feed = Writer(_write);
            Say(RollOf(feed));
        }
        Assert.Equal(3, _set.Count);
    }

    [Fact]
    public void A_document_that_grows_over_its_limit_says_so_and_takes_nothing_more()
    {
        using var feed = Writer(_write);
        Say(RollOf(feed));
        for (int i = 0; i < 3; i++)
        {
            Say(feed.Append(EntryKind.Update, new byte[400]));
        }
        var seen = Effects();
        Assert.Equal(2, seen.OfType<FeedSetEffect.Entry>().Count());
        Assert.Single(seen.OfType<FeedSetEffect.Failed>());
    }

    [Fact]
    public void What_a_checkpoint_covers_is_dropped_and_never_asked_for_again_but_its_tail_keeps_it_whole()
    {
        using var whole = Writer(_write);
        using var tail = Writer(_write);
        foreach (var feed in new[] { whole, tail })
        {
            Say(RollOf(feed));
            Say(feed.Append(EntryKind.Update, "one"u8));
        }
        var standing = _set.Standing();
        Say(tail.Append(EntryKind.Update, "two"u8));
        _set.Cover(standing, _now);
        Assert.Equal(1, _set.Count);
        Assert.False(_set.Holds(whole.Feed.Short));
        Effects();
        Say(RollOf(whole));
        Assert.DoesNotContain(Effects().OfType<FeedSetEffect.Send>(), s => s.Frame is FeedFrame.Want);
    }

    [Fact]
    public void Whoever_cannot_read_drops_only_what_the_write_key_says_a_checkpoint_it_holds_covers()
    {
        using var old = Writer(_write);
        using var checkpoint = Writer(_write);
        Say(RollOf(old));
        Say(old.Append(EntryKind.Update, "one"u8));
        var cover = Covering(checkpoint.Feed.Epoch, 1, old.Feed.Epoch, 1, _write);
        Say(cover);
        Assert.True(_set.Holds(old.Feed.Short), "the checkpoint is not here yet");
        Say(RollOf(checkpoint));
        Say(checkpoint.Append(EntryKind.Checkpoint, "all"u8));
        using var other = SigningKey.Generate(_dice);
        Say(Covering(checkpoint.Feed.Epoch, 1, old.Feed.Epoch, 1, other));
        Say(cover with { Feeds = [new CoveredFeed(old.Feed.Epoch, 9)] });
        Assert.True(_set.Holds(old.Feed.Short), "nobody but a writer may say so");
        Say(cover);
        Assert.False(_set.Holds(old.Feed.Short));
    }

    [Fact]
    public void A_damaged_store_keeps_what_is_signed_before_the_damage_and_fetches_the_rest_again()
    {
        using var feed = Writer(_write);
        var store = new MemoryFeedStore();
        var log = store.Open(feed.Feed);
        for (int i = 0; i < 4; i++)
        {
            var live = feed.Append(EntryKind.Update, [(byte)i]);
            var bytes = live.Entry.Sealed.ToArray();
            bytes[0] ^= (byte)(i == 2 ? 1 : 0);
            log.Append(live.Entry with { Sealed = bytes }, live.Signature.Span);
        }
        var set = new FeedSet(_room.Room, _room.Owner, store, new DocumentLimits());
        set.Recall(feed.Feed);
        set.Hear(_peer, RollOf(feed), _now);
        var seen = new List<FeedSetEffect>();
        while (set.TryTake(out var effect))
        {
            seen.Add(effect);
        }
        Assert.Equal([1UL, 2UL], seen.OfType<FeedSetEffect.Entry>().Select(e => e.Sealed.N));
        Assert.Equal(2UL, Assert.Single(seen.OfType<FeedSetEffect.Send>().Select(s => s.Frame).OfType<FeedFrame.Want>()).After);
    }

    [Fact]
    public void Rolls_and_covers_are_read_as_they_were_written_and_junk_is_refused()
    {
        using var feed = Writer(_write);
        feed.Append(EntryKind.Update, "one"u8);
        foreach (FeedFrame frame in new FeedFrame[] { RollOf(feed), Covering(feed.Feed.Epoch, 1, feed.Feed.Epoch, 1, _write) })
        {
            var bytes = FeedCodec.Write(frame);
            Assert.True(FeedCodec.TryRead(bytes, out var read));
            Assert.Equal(bytes, FeedCodec.Write(read));
            for (int length = 1; length < bytes.Length; length++)
            {
                if (FeedCodec.TryRead(bytes.AsMemory(0, length), out var shorter))
                {
                    Assert.Equal(bytes[..length], FeedCodec.Write(shorter));
                }
            }
        }
    }

    private FeedWriter Writer(SigningKey key, Id16? epoch = null) => new(_room, key, epoch ?? FeedId.NewEpoch(_now, _dice), new MemoryFeedLog());

    private FeedFrame.Cover Covering(Id16 epoch, ulong n, Id16 covered, ulong upTo, SigningKey key)
    {
        var cover = new FeedFrame.Cover(key.PublicKey, epoch, n, [new CoveredFeed(covered, upTo)], default);
        return cover with { Signature = key.Sign(cover.SignedText(_room.Room)) };
    }

    private static FeedFrame.Roll RollOf(FeedWriter feed)
    {
        var head = feed.Head();
        return new FeedFrame.Roll(head.Author, false, [new RollLine(head.Epoch, head.N, head.Chain, head.Signature)]);
    }

    private void Say(FeedFrame frame) => _set.Hear(_peer, frame, _now);

    /// <summary>Plays the writer that is asked for what is missing.</summary>
    private void Answer(FeedWriter feed)
    {
        foreach (var want in Effects(keep: true).OfType<FeedSetEffect.Send>().Select(s => s.Frame).OfType<FeedFrame.Want>().ToList())
        {
            foreach (var frame in feed.Answer(want))
            {
                Say(frame);
            }
        }
    }

    private readonly List<FeedSetEffect> _kept = [];

    private List<FeedSetEffect> Effects(bool keep = false)
    {
        while (_set.TryTake(out var effect))
        {
            _kept.Add(effect);
        }
        List<FeedSetEffect> all = [.. _kept];
        if (!keep)
        {
            _kept.Clear();
        }
        return all;
    }

    private IEnumerable<ulong> Entries() => Effects().OfType<FeedSetEffect.Entry>().Select(e => e.Sealed.N);
}
