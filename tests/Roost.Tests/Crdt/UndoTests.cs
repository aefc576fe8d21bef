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
}
