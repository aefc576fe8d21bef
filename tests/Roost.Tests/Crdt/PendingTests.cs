using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Updates that come before what they build on; bytes recorded from Yjs 13.6.33, client 7 appending "ab" five times.</summary>
public class PendingTests
{
    private readonly List<byte[]> _updates;

    public PendingTests()
    {
        var author = new YDoc(7);
        _updates = author.RecordUpdates();
        for (var i = 0; i < 5; i++)
        {
            author.GetText("t").Append("ab");
        }
    }

    [Fact]
    public void What_comes_too_early_waits_and_says_for_what()
    {
        var doc = new YDoc(1);
        var text = doc.GetText("t");
        doc.ApplyUpdate(_updates[4]);
        Assert.Equal(new Dictionary<ulong, uint> { [7] = 7 }, doc.Missing);
        Assert.Equal("0000024700010e000184040261620200000001010800", Bytes.Hex(doc.Store.PendingStructs!.Update));
        doc.ApplyUpdate(_updates[2]);
        Assert.Equal(new Dictionary<ulong, uint> { [7] = 3 }, doc.Missing);
        Assert.Equal("0000024701020608000584000a008407046162616242000000000103040200", Bytes.Hex(doc.Store.PendingStructs!.Update));
        doc.ApplyUpdate(_updates[0]);
        doc.ApplyUpdate(_updates[1]);
        Assert.Equal("ababab", text.ToString());
        Assert.True(doc.HasPending);
        doc.ApplyUpdate(_updates[3]);
        Assert.Equal("ababababab", text.ToString());
        Assert.False(doc.HasPending);
    }

    [Fact]
    public void A_deletion_before_its_insertion_waits()
    {
        var author = new YDoc(9);
        var updates = author.RecordUpdates();
        author.GetText("t").Insert(0, "hello");
        author.GetText("t").Delete(1, 2);
        var doc = new YDoc(1);
        doc.ApplyUpdate(updates[1]);
        Assert.Equal("0000000000000100000000000109010101", Bytes.Hex(doc.Store.PendingDeletes));
        doc.ApplyUpdate(updates[0]);
        Assert.Equal("hlo", doc.GetText("t").ToString());
        Assert.False(doc.HasPending);
    }

    [Fact]
    public void A_relay_hands_on_what_it_cannot_apply_itself()
    {
        var relay = new YDoc(1);
        relay.ApplyUpdate(_updates[4]);
        relay.ApplyUpdate(_updates[3]);
        var late = new YDoc(2);
        late.ApplyUpdate(relay.EncodeStateAsUpdate());
        late.ApplyUpdateV2(relay.EncodeStateAsUpdateV2());
        for (var i = 0; i < 3; i++)
        {
            late.ApplyUpdate(_updates[i]);
        }

        Assert.Equal("ababababab", late.GetText("t").ToString());
    }

    [Fact]
    public void Any_order_and_repetition_end_the_same()
    {
        var dice = new Roost.Testing.SeededDice(5);
        for (var round = 0; round < 50; round++)
        {
            var doc = new YDoc(1);
            var order = Enumerable.Range(0, 15).Select(_ => dice.Next(5)).Concat(Enumerable.Range(0, 5)).ToList();
            order.ForEach(i => doc.ApplyUpdate(_updates[i]));
            Assert.Equal("ababababab", doc.GetText("t").ToString());
            Assert.Equal(1, doc.Size.Structs);
        }
    }

    [Fact]
    public void Merging_updates_marks_what_is_missing_between_them()
    {
        var author = new YDoc(1);
        var updates = author.RecordUpdates();
        foreach (var letter in "abc")
        {
            author.GetText("t").Append(letter.ToString());
        }

        var merged = YUpdates.Merge([updates[0], updates[2]]);
        Assert.Equal("010301000401017401610a01840101016300", Bytes.Hex(merged));
        Assert.Equal("00000241000102000504000a008406037461634101010100000103000100", Bytes.Hex(YUpdates.ConvertV1ToV2(merged)));
        Assert.Equal(1u, YUpdates.StateVector(merged)[1]);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(2000)]
    public void Many_small_updates_merge_into_one_that_says_the_same(int count)
    {
        var docs = new[] { new YDoc(1), new YDoc(2), new YDoc(3) };
        var updates = docs.Select(doc => doc.RecordUpdates()).ToArray();
        for (var i = 0; i < count; i++)
        {
            var text = docs[i % 3].GetText("t");
            text.Insert(i % (text.Length + 1), "word");
            text.Delete(0, i % 3);
        }

        var merged = YUpdates.Merge([.. updates.SelectMany(list => list).Reverse()]);
        var doc = new YDoc(4);
        doc.ApplyUpdate(merged);
        foreach (var other in docs)
        {
            docs[0].ApplyUpdate(other.EncodeStateAsUpdate());
        }

        Assert.Equal(docs[0].EncodeStateAsUpdateV2(), doc.EncodeStateAsUpdateV2());
        Assert.Equal(doc.StateVector(), YUpdates.StateVector(merged));
    }

    [Fact]
    public void Too_much_that_waits_is_refused_and_changes_nothing()
    {
        var doc = new YDoc(1, new YDocOptions { Limits = new YDocLimits { MaxPendingBytes = 64 } });
        doc.ApplyUpdate(_updates[4]);
        var before = Bytes.Hex(doc.EncodeStateAsUpdate());
        var big = new YDoc(3);
        var updates = big.RecordUpdates();
        big.GetText("t").Append("x");
        big.GetText("t").Append(new string('y', 100));
        Assert.False(doc.TryApplyUpdate(updates[1], out var refusal));
        Assert.Equal(UpdateFault.OverBudget, refusal!.Fault);
        Assert.Equal(before, Bytes.Hex(doc.EncodeStateAsUpdate()));
        Assert.True(doc.TryApplyUpdate(big.EncodeStateAsUpdate(), out _));
        Assert.Equal(101, doc.GetText("t").Length);
    }

    [Fact]
    public void What_Yjs_leaves_waiting_although_it_is_complete_is_taken_in_when_looked_at_again()
    {
        // Clients 2 and 1 write 0, A, B, 1, C, D in turn; bytes, order and outcome recorded from Yjs. "1" waits for "B" behind a "D" that waits too, and only D's clock is noted.
        string[] updates =
        [
            "01010201840101013100", "01010103840102014400", "0101020004010174013000", "01010100840200014100", "01010101840100014200", "01010102840201014300",
        ];
        var doc = new YDoc(3);
        foreach (string update in updates)
        {
            doc.ApplyUpdate(Convert.FromHexString(update));
        }
        Assert.Equal("0AB", doc.GetText("t").ToString());
        Assert.Equal(new Dictionary<ulong, uint> { [1] = 2, [2] = 1 }, doc.Missing);
        Assert.True(doc.TryPendingAgain());
        Assert.Equal("0AB1CD", doc.GetText("t").ToString());
        Assert.False(doc.HasPending);
        Assert.False(doc.TryPendingAgain());
    }

    [Fact]
    public void Looking_again_at_what_really_lacks_something_changes_nothing()
    {
        var doc = new YDoc(1);
        doc.ApplyUpdate(_updates[4]);
        var before = doc.Store.PendingStructs!.Update;
        Assert.False(doc.TryPendingAgain());
        Assert.Equal(before, doc.Store.PendingStructs!.Update);
        Assert.Equal(new Dictionary<ulong, uint> { [7] = 7 }, doc.Missing);
    }
}
