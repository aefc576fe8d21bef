using Roost.Core.Cores;
using Roost.Crdt;

namespace Roost.Tests.Crdt;

public class AwarenessAndSyncTests
{
    private static readonly Instant Start = Instant.Epoch;

    [Fact]
    public void Presence_is_written_as_y_protocols_writes_it()
    {
        var awareness = new Awareness(1, Start);
        awareness.SetLocalState(new YObject { ["name"] = "x" }, Start);
        Assert.Equal("0101010c7b226e616d65223a2278227d", Bytes.Hex(awareness.EncodeUpdate([1])));
    }

    [Fact]
    public void Presence_comes_changes_and_goes()
    {
        var (first, second) = (new Awareness(0, Start), new Awareness(1, Start));
        AwarenessChange? changed = null, updated = null;
        first.Updated += change => Assert.True(second.TryApplyUpdate(first.EncodeUpdate(change.Added.Concat(change.Updated).Concat(change.Removed)), Start, out _, "custom"));
        second.Changed += change => changed = change;
        second.Updated += change => updated = change;
        first.SetLocalState(new YObject { ["x"] = 3 }, Start);
        Assert.Equal(3, second.States[0].AsObject["x"].AsNumber);
        Assert.Equal([0ul], changed!.Added);
        changed = updated = null;
        first.SetLocalState(new YObject { ["x"] = 4 }, Start);
        Assert.Equal([0ul], changed!.Updated);
        changed = updated = null;
        first.SetLocalState(new YObject { ["x"] = 4 }, Start);
        Assert.Null(changed);
        Assert.Equal([0ul], updated!.Updated);
        first.SetLocalState(YValue.Null, Start);
        Assert.Equal([0ul], changed!.Removed);
        Assert.False(second.States.ContainsKey(0));
    }

    [Fact]
    public void Nobody_else_can_say_that_we_left()
    {
        var (own, liar) = (new Awareness(1, Start), new Awareness(1, Start));
        liar.SetLocalState(YValue.Null, Start);
        Assert.True(own.TryApplyUpdate(liar.EncodeUpdate([1]), Start, out _));
        Assert.False(own.LocalState.IsNullish);
        Assert.Equal(2, own.EncodeUpdate([1])[2]);   // a clock above the liar's
    }

    [Theory]
    [InlineData("01" + "01" + "ffffffff0f" + "046e756c6c")]       // 2^32 - 1
    [InlineData("01" + "01" + "feffffffffffff0f" + "046e756c6c")] // 2^53 - 2
    public void Whoever_says_that_we_left_with_the_largest_clock_does_not_silence_us(string hex)
    {
        var (own, other) = (new Awareness(1, Start), new Awareness(2, Start));
        Assert.True(own.TryApplyUpdate(Bytes.From(hex), Start, out _));
        Assert.True(other.TryApplyUpdate(Bytes.From(hex), Start, out _));
        Assert.True(other.TryApplyUpdate(own.EncodeUpdate(), Start, out _));
        Assert.True(other.States.ContainsKey(1));
    }

    [Fact]
    public void Newcomers_are_seen_however_many_came_and_went_before()
    {
        var room = new Awareness(1, Start, maxClients: 3);
        var now = Start;
        for (ulong id = 10; id < 30; id++)
        {
            var guest = new Awareness(id, now);
            guest.SetLocalState(new YObject { ["x"] = 1 }, now);
            Assert.True(room.TryApplyUpdate(guest.EncodeUpdate(), now, out _));
            Assert.True(room.States.ContainsKey(id));
            guest.SetLocalState(YValue.Null, now);
            Assert.True(room.TryApplyUpdate(guest.EncodeUpdate([id]), now, out _));
            Assert.False(room.States.ContainsKey(id));
            now += Awareness.Outdated;
        }
    }

    [Fact]
    public void No_more_clients_are_held_at_once_than_allowed()
    {
        var room = new Awareness(1, Start, maxClients: 3);
        for (ulong id = 10; id < 20; id++)
        {
            var guest = new Awareness(id, Start);
            guest.SetLocalState(new YObject { ["x"] = 1 }, Start);
            Assert.True(room.TryApplyUpdate(guest.EncodeUpdate(), Start, out _));
        }

        Assert.Equal(3, room.States.Count);
    }

    [Fact]
    public void What_is_passed_on_does_not_depend_on_what_shows_it()
    {
        var awareness = new Awareness(1, Start);
        var passedOn = 0;
        awareness.Changed += _ => throw new InvalidOperationException("a broken view");
        awareness.Updated += _ => passedOn++;
        Assert.Throws<InvalidOperationException>(() => awareness.SetLocalState(new YObject { ["x"] = 1 }, Start));
        Assert.Equal(1, passedOn);
    }

    [Fact]
    public void The_silent_are_forgotten_and_the_living_say_so()
    {
        var (first, second) = (new Awareness(0, Start), new Awareness(1, Start));
        first.SetLocalState(new YObject { ["x"] = 1 }, Start);
        second.TryApplyUpdate(first.EncodeUpdate(), Start, out _);
        Assert.Equal(Start + Awareness.RenewEvery, second.NextWake!.Value.At);
        second.Tick(Start + TimeSpan.FromSeconds(29));
        Assert.True(second.States.ContainsKey(0));
        second.Tick(Start + TimeSpan.FromSeconds(30));
        Assert.False(second.States.ContainsKey(0));
        Assert.True(second.States.ContainsKey(1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ff")]
    [InlineData("0101")]
    [InlineData("010101027b7b")]
    [InlineData("01010102c328")]
    public void Malformed_presence_is_refused(string hex)
    {
        var awareness = new Awareness(9, Start);
        Assert.False(awareness.TryApplyUpdate(Bytes.From(hex), Start, out var refusal));
        Assert.NotNull(refusal);
        Assert.Single(awareness.States);
    }

    [Fact]
    public void Strangers_cannot_fill_the_room_with_names()
    {
        var awareness = new Awareness(9, Start, maxClients: 3);
        for (ulong client = 10; client < 100; client++)
        {
            var other = new Awareness(client, Start);
            other.SetLocalState(new YObject(), Start);
            awareness.TryApplyUpdate(other.EncodeUpdate(), Start, out _);
        }

        Assert.Equal(3, awareness.States.Count);
    }

    [Fact]
    public void Two_steps_make_two_replicas_equal()
    {
        var (first, second) = (new YDoc(1), new YDoc(2));
        first.GetText().Insert(0, "abc");
        second.GetText().Insert(0, "xyz");
        Assert.True(SyncProtocol.TryHandle(second, SyncProtocol.WriteStep1(first), out var reply));
        Assert.True(SyncProtocol.TryHandle(first, reply, out var none));
        Assert.Null(none);
        Assert.True(SyncProtocol.TryHandle(first, SyncProtocol.WriteStep1(second), out reply));
        Assert.True(SyncProtocol.TryHandle(second, reply, out _));
        Assert.Equal(first.EncodeStateAsUpdate(), second.EncodeStateAsUpdate());
    }

    [Fact]
    public void A_reader_cannot_write()
    {
        var (doc, reader) = (new YDoc(1), new YDoc(2));
        reader.GetText().Insert(0, "graffiti");
        Assert.True(SyncProtocol.TryHandle(doc, SyncProtocol.WriteUpdate(reader.EncodeStateAsUpdate()), out _, mayWrite: false));
        Assert.Equal(0, doc.GetText().Length);
        Assert.True(SyncProtocol.TryHandle(doc, SyncProtocol.WriteStep1(reader), out var reply, mayWrite: false));
        Assert.NotNull(reply);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0005")]
    [InlineData("0300")]
    [InlineData("0201ff")]
    public void A_malformed_message_is_refused(string hex) => Assert.False(SyncProtocol.TryHandle(new YDoc(1), Bytes.From(hex), out _));
}
