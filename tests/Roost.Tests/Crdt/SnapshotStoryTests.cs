using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Restoring moments, and positions, in the situations that Yjs's own suite has.</summary>
public class SnapshotStoryTests
{
    private readonly YDoc _doc = new(1, new YDocOptions { Gc = false });

    [Fact]
    public void An_empty_moment_restores_to_nothing_and_the_newest_to_all()
    {
        var empty = Snapshot.Of(_doc);
        _doc.GetArray().Push("world");
        Assert.Equal("[]", Restored(empty));
        Assert.Equal("""["world"]""", Restored(Snapshot.Of(_doc)));
        Assert.Equal("[]", Restored(Snapshot.Decode([0, 1, 0x8F, 0x4E, 0])));
    }

    [Fact]
    public void Types_inside_types_are_restored_as_they_were()
    {
        _doc.GetArray().Push(new YMap { ["key1"] = "value1" });
        var then = Snapshot.Of(_doc);
        _doc.GetArray()[0].As<YMap>()["key2"] = "value2";
        Assert.Equal("""[{"key1":"value1"}]""", Restored(then));
        Assert.Equal("""[{"key1":"value1","key2":"value2"}]""", Bytes.Json(_doc.GetArray()));
    }

    [Theory]
    [InlineData(0, """["item1","item2","item3"]""")]
    [InlineData(1, """["item1","item2","item3"]""")]
    [InlineData(2, """["item1","item2","item3"]""")]
    public void What_was_deleted_since_is_there_again(int deleted, string expected)
    {
        _doc.GetArray().Push("item1", "item2", "item3");
        var then = Snapshot.Of(_doc);
        _doc.GetArray().Delete(deleted);
        _doc.GetArray().Insert(0, "item0");
        Assert.Equal(expected, Restored(then));
    }

    [Fact]
    public void What_was_deleted_before_is_not_there()
    {
        _doc.GetArray().Push("item1", "item2", "item3");
        _doc.GetArray().Delete(1);
        var then = Snapshot.Of(_doc);
        _doc.GetArray().Insert(0, "item0");
        Assert.Equal("""["item1","item3"]""", Restored(then));
    }

    [Fact]
    public void What_stands_left_of_something_older_is_restored_there()
    {
        _doc.GetArray().Push("item1");
        _doc.GetMap("map")["test"] = 1;
        _doc.GetArray().Insert(0, "item0");
        var then = Snapshot.Of(_doc);
        _doc.GetArray().Delete(1);
        Assert.Equal("""["item0","item1"]""", Restored(then));
    }

    [Fact]
    public void A_moment_of_two_writers_is_the_same_for_both()
    {
        var other = new YDoc(2, new YDocOptions { Gc = false });
        Bytes.Connect(_doc, other);
        _doc.GetArray().Push("mine 1");
        other.GetArray().Push("theirs 1");
        var then = Snapshot.Of(_doc);
        _doc.GetArray().Push("mine 2");
        other.GetArray().Push("theirs 2");
        Assert.Equal("""["mine 1","theirs 1"]""", Restored(then));
        Assert.Equal("""["mine 1","theirs 1"]""", Bytes.Json(then.Restore(other, new YDoc(9)).GetArray()));
        Assert.True(then.Contains(StateAt(then)));
        Assert.False(then.Contains(other.EncodeStateAsUpdate()));
    }

    [Fact]
    public void Attributes_of_an_element_are_read_at_a_moment()
    {
        var element = _doc.GetXmlElement("x");
        element.SetAttribute("class", "old");
        element.SetAttribute("gone", "1");
        var then = Snapshot.Of(_doc);
        element.SetAttribute("class", "new");
        element.RemoveAttribute("gone");
        element.SetAttribute("later", "2");
        Assert.Equal("""{"class":"old","gone":"1"}""", YValue.From(element.GetAttributes(then)).ToJson());
        Assert.Equal("""{"class":"new","later":"2"}""", YValue.From(element.GetAttributes()).ToJson());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("2,1")]
    [InlineData("abc")]
    [InlineData("abc,1,xyz")]
    [InlineData("1,abc,z,y,x")]
    public void Every_position_of_every_text_resolves_to_itself_whichever_side_it_is_bound_to(string prepended)
    {
        var text = _doc.GetText();
        foreach (string piece in prepended.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Insert(0, piece);
        }
        for (int index = 0; index <= text.Length; index++)
        {
            for (int assoc = -1; assoc <= 1; assoc++)
            {
                var position = RelativePosition.Decode(RelativePosition.FromIndex(text, index, assoc).Encode());
                Assert.True(position.TryResolve(_doc, out var type, out int found));
                Assert.Equal((text, index, assoc), (type, found, position.Assoc));
            }
        }
    }

    [Fact]
    public void What_is_written_at_a_position_goes_to_the_side_it_is_not_bound_to()
    {
        var text = _doc.GetText();
        text.Insert(0, "12");
        var (right, left) = (RelativePosition.FromIndex(text, 1), RelativePosition.FromIndex(text, 1, assoc: -1));
        text.Insert(1, "x");
        Assert.True(right.TryResolve(_doc, out _, out int after));
        Assert.True(left.TryResolve(_doc, out _, out int before));
        Assert.Equal((2, 1), (after, before));
    }

    [Fact]
    public void Who_did_not_see_the_undo_finds_the_position_where_the_deleted_text_was()
    {
        var doc = new YDoc(1);
        var text = doc.GetText();
        text.Insert(0, "hello world");
        var position = RelativePosition.FromIndex(text, 1);
        using var undo = new UndoManager(text);
        text.Delete(0, 6);
        Assert.Equal(0, Find(doc, true));
        undo.Undo();
        Assert.Equal(1, Find(doc, true));
        Assert.Equal(6, Find(doc, false));
        var copy = new YDoc(2);
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal(6, Find(copy, true));

        int Find(YDoc at, bool followUndone)
        {
            Assert.True(position.TryResolve(at, out _, out int index, followUndone));
            return index;
        }
    }

    [Fact]
    public void A_moment_tells_whether_it_has_an_update_also_of_deletions_only()
    {
        var doc = new YDoc(1);
        var updates = doc.RecordUpdates();
        var before = Snapshot.Of(doc);
        doc.GetText().Insert(0, "abcdefghij");
        var inserted = Snapshot.Of(doc);
        doc.GetText().Delete(0, 3);
        var deleted = Snapshot.Of(doc);
        doc.GetText().Delete(0, 3);
        Assert.False(before.Contains(updates[0]));
        Assert.True(inserted.Contains(updates[0]));
        Assert.False(inserted.Contains(updates[1]));
        Assert.True(deleted.Contains(updates[0]) && deleted.Contains(updates[1]));
        Assert.False(deleted.Contains(updates[2]));
        Assert.False(deleted.Contains(doc.EncodeStateAsUpdate()));
    }

    private string Restored(Snapshot then) => Bytes.Json(then.Restore(_doc, new YDoc(8)).GetArray());

    private byte[] StateAt(Snapshot then) => then.Restore(_doc, new YDoc(7, new YDocOptions { Gc = false })).EncodeStateAsUpdate();
}
