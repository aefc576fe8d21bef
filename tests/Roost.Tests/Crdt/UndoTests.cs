using Roost.Core.Cores;
using Roost.Crdt;

namespace Roost.Tests.Crdt;

public class UndoTests
{
    [Fact]
    public void Undo_takes_back_own_changes_only()
    {
        var (mine, theirs) = (new YDoc(1), new YDoc(2));
        Bytes.Connect(mine, theirs);
        using var undo = new UndoManager(mine.GetText());
        mine.GetText().Insert(0, "hello");
        theirs.GetText().Insert(5, " world");
        mine.GetText().Delete(0, 1);
        undo.Undo();
        Assert.Equal("hello world", theirs.GetText().ToString());
        undo.Undo();
        Assert.Equal(" world", theirs.GetText().ToString());
        undo.Redo();
        undo.Redo();
        Assert.Equal("ello world", theirs.GetText().ToString());
        Assert.Equal("ello world", mine.GetText().ToString());
        Assert.False(undo.CanRedo);
    }

    [Fact]
    public void Changes_close_in_time_are_one_step()
    {
        var now = Instant.Epoch;
        var text = new YDoc(1).GetText();
        using var undo = new UndoManager(text, new UndoManagerOptions { Now = () => now });
        text.Append("a");
        now += TimeSpan.FromMilliseconds(499);
        text.Append("b");
        now += TimeSpan.FromMilliseconds(500);
        text.Append("c");
        undo.StopCapturing();
        text.Append("d");
        Assert.Equal(3, undo.UndoStack.Count);
        undo.Undo();
        undo.Undo();
        Assert.Equal("ab", text.ToString());
        undo.Undo();
        Assert.Equal("", text.ToString());
        Assert.Null(undo.Undo());
    }

    [Fact]
    public void A_deleted_tree_comes_back_whole()
    {
        var doc = new YDoc(1);
        doc.GetMap()["a"] = new YMap { ["b"] = new YArray([1, new YText("deep")]) };
        using var undo = new UndoManager(doc.GetMap());
        doc.GetMap().Delete("a");
        Assert.Equal("{}", Bytes.Json(doc.GetMap()));
        undo.Undo();
        Assert.Equal("""{"a":{"b":[1,"deep"]}}""", Bytes.Json(doc.GetMap()));
    }

    [Fact]
    public void A_value_that_others_have_replaced_since_stays_theirs_unless_told_otherwise()
    {
        foreach (var ignore in new[] { false, true })
        {
            var (mine, theirs) = (new YDoc(1), new YDoc(2));
            Bytes.Connect(mine, theirs);
            mine.GetMap()["k"] = "old";
            using var undo = new UndoManager(mine.GetMap(), new UndoManagerOptions { IgnoreRemoteMapChanges = ignore });
            mine.GetMap()["k"] = "mine";
            theirs.GetMap()["k"] = "theirs";
            undo.Undo();
            Assert.Equal(ignore ? "old" : "theirs", mine.GetMap()["k"].AsString);
        }
    }

    [Fact]
    public void Only_tracked_origins_are_undone()
    {
        var doc = new YDoc(1);
        using var undo = new UndoManager(doc.GetText(), new UndoManagerOptions { TrackedOrigins = ["me"] });
        doc.Transact(_ => doc.GetText().Append("a"), "me");
        doc.Transact(_ => doc.GetText().Append("b"));
        undo.Undo();
        Assert.Equal("b", doc.GetText().ToString());
        undo.AddTrackedOrigin(null);
        doc.GetText().Append("c");
        undo.Undo();
        Assert.Equal("b", doc.GetText().ToString());
    }

    [Fact]
    public void A_new_change_ends_redo_and_steps_carry_what_the_application_keeps()
    {
        var text = new YDoc(1).GetText();
        using var undo = new UndoManager(text);
        undo.StackItemAdded += happened => happened.Item.Meta["cursor"] = text.Length;
        object? restored = null;
        undo.StackItemPopped += happened => restored = happened.Item.Meta["cursor"];
        text.Append("abc");
        undo.Undo();
        Assert.Equal(3, restored);
        text.Append("x");
        Assert.False(undo.CanRedo);
        undo.Clear();
        Assert.False(undo.CanUndo);
    }

    [Fact]
    public void Formatting_is_undone_too()
    {
        var text = new YDoc(1).GetText();
        text.Append("abc");
        using var undo = new UndoManager(text);
        text.Format(0, 2, new YObject { ["bold"] = true });
        undo.Undo();
        Assert.Equal("""[{"insert":"abc"}]""", Bytes.Delta(text));
        undo.Redo();
        Assert.Equal("""[{"insert":"ab","attributes":{"bold":true}},{"insert":"c"}]""", Bytes.Delta(text));
    }

    [Fact]
    public void Observers_see_which_step_is_being_undone_and_events_name_what_changed()
    {
        var text = new YDoc(1).GetText();
        using var undo = new UndoManager(text);
        var seen = new List<string>();
        undo.StackItemAdded += happened =>
        {
            Assert.Contains(text, happened.ChangedParentTypes);
            happened.Item.Meta["name"] = "42";
        };
        undo.StackItemPopped += happened => Assert.Equal([text], happened.ChangedParentTypes);
        text.Observe(happened =>
        {
            if (ReferenceEquals(happened.Transaction.Origin, undo))
            {
                seen.Add($"{undo.IsUndoing} {undo.IsRedoing} {undo.CurrentItem?.Meta["name"]}");
            }
        });
        text.Insert(0, "abc");
        undo.Undo();
        undo.Redo();
        Assert.Equal(["True False 42", "False True 42"], seen);
        Assert.Null(undo.CurrentItem);
        Assert.False(undo.IsUndoing || undo.IsRedoing);
    }

    [Fact]
    public void Changes_of_a_tracked_type_of_origin_are_undone()
    {
        var doc = new YDoc(1);
        using var undo = new UndoManager(doc.GetText(), new UndoManagerOptions { TrackedOrigins = [typeof(int)] });
        doc.Transact(_ => doc.GetText().Append("abc"), 42);
        doc.Transact(_ => doc.GetText().Append("d"), "a word");
        undo.Undo();
        Assert.Equal("d", doc.GetText().ToString());
    }

    [Fact]
    public void A_filter_keeps_what_should_not_be_deleted()
    {
        var list = new YDoc(1).GetArray();
        StructId? kept = null;
        using var undo = new UndoManager(list, new UndoManagerOptions { DeleteFilter = id => id != kept, Now = () => Instant.Epoch });
        var (first, second) = (new YMap { ["hi"] = 1 }, new YMap());
        list.Push(first, second);
        kept = first.Id;
        undo.Undo();
        Assert.Same(first, Assert.Single(list).As<YMap>());
    }

    [Fact]
    public void Strangers_updates_to_a_part_are_taken_back_by_a_manager_of_that_part()
    {
        var (doc, stranger, friend) = (new YDoc(1), new YDoc(2), new YDoc(3));
        stranger.GetArray("restricted").Push(1);
        stranger.GetArray("public").Push(1);
        friend.GetArray("public").Push(2);
        foreach (var other in new[] { stranger, friend })
        {
            using var undo = new UndoManager(doc.GetArray("restricted"), new UndoManagerOptions { TrackedOrigins = ["remote"] });
            doc.ApplyUpdate(other.EncodeStateAsUpdate(), "remote");
            while (undo.CanUndo)
            {
                undo.Undo();
            }
        }
        Assert.Empty(doc.GetArray("restricted"));
        Assert.Equal(2, doc.GetArray("public").Count);
    }
}
