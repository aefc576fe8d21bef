using Roost.Crdt;

namespace Roost.Tests.Crdt;

public class EventTests
{
    [Fact]
    public void A_text_event_says_what_to_do_with_a_copy()
    {
        var doc = new YDoc(1);
        var text = doc.GetText();
        text.Insert(0, "hello world");
        string? delta = null;
        using var subscription = text.Observe(happened => delta = string.Join(',', happened.Delta));
        doc.Transact(_ =>
        {
            text.Delete(0, 1);
            text.Insert(0, "J");
            text.Format(6, 5, new YObject { ["bold"] = true });
        });
        Assert.Equal("""{"delete":1},{"insert":"J"},{"retain":5},{"retain":5,"attributes":{"bold":true}}""", delta);
    }

    [Fact]
    public void A_map_event_names_keys_actions_and_old_values()
    {
        var map = new YDoc(1).GetMap();
        map["a"] = 1;
        map["b"] = 2;
        var changes = new Dictionary<string, KeyChange>();
        map.Observe(happened =>
        {
            foreach (var (key, change) in happened.Keys)
            {
                changes[key] = change;
            }
        });
        map.Doc!.Transact(_ =>
        {
            map["a"] = 10;
            map.Delete("b");
            map["c"] = 3;
            map["gone"] = 4;
            map.Delete("gone");
        });
        Assert.Equal(new KeyChange(KeyAction.Update, 1), changes["a"]);
        Assert.Equal(new KeyChange(KeyAction.Delete, 2), changes["b"]);
        Assert.Equal(new KeyChange(KeyAction.Add, YValue.Undefined), changes["c"]);
        Assert.Equal(3, changes.Count);
    }

    [Fact]
    public void Deep_observers_hear_of_everything_below_and_where()
    {
        var doc = new YDoc(1);
        var inner = new YMap();
        doc.GetArray().Push(0, inner);
        var paths = new List<string>();
        doc.GetArray().ObserveDeep(events => paths.AddRange(events.Select(happened => YValue.From(happened.Path.ToArray()).ToJson())));
        doc.Transact(_ =>
        {
            inner["k"] = new YText("x");
            doc.GetArray().Push(1);
        });
        inner["k"].As<YText>().Append("y");
        Assert.Equal(["[]", "[1]", "[1,\"k\"]"], paths);
    }

    [Fact]
    public void Observers_that_fail_stop_neither_the_others_nor_the_update()
    {
        var doc = new YDoc(1);
        var updates = doc.RecordUpdates();
        var called = 0;
        doc.GetText().Observe(_ => throw new InvalidOperationException("observer"));
        doc.GetText().Observe(_ => called++);
        Assert.Throws<InvalidOperationException>(() => doc.GetText().Insert(0, "x"));
        Assert.Equal((1, 1), (called, updates.Count));
        Assert.Equal("x", doc.GetText().ToString());
    }

    [Fact]
    public void An_observer_may_edit_and_stop()
    {
        var doc = new YDoc(1);
        var text = doc.GetText();
        IDisposable? subscription = null;
        subscription = text.Observe(_ =>
        {
            subscription!.Dispose();
            text.Append("!");
        });
        text.Append("x");
        text.Append("y");
        Assert.Equal("x!y", text.ToString());
    }

    [Fact]
    public void Changes_must_be_asked_for_in_time()
    {
        var doc = new YDoc(1);
        YEvent? kept = null;
        doc.GetText().Observe(happened => kept = happened);
        doc.GetText().Append("x");
        Assert.Throws<InvalidOperationException>(() => kept!.Delta);
    }

    [Fact]
    public void Nothing_changed_means_no_update()
    {
        var doc = new YDoc(1);
        doc.GetText().Append("x");
        var updates = doc.RecordUpdates();
        doc.Transact(_ => { });
        doc.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Empty(updates);
    }

    [Fact]
    public void Applied_updates_are_handed_on_with_their_origin()
    {
        var (doc, relay) = (new YDoc(1), new YDoc(2));
        doc.GetText().Append("x");
        var origins = new List<object?>();
        relay.Update += (update, transaction) => origins.Add((transaction.Origin, transaction.IsLocal));
        relay.ApplyUpdate(doc.EncodeStateAsUpdate(), "socket 7");
        Assert.Equal([(object?)((object?)"socket 7", false)], origins);
    }
}
