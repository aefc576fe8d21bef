using Roost.Crdt;

namespace Roost.Tests.Crdt;

public class PositionAndSnapshotTests
{
    [Fact]
    public void Positions_are_written_as_Yjs_writes_them()
    {
        var text = new YDoc(1).GetText("t");
        text.Insert(0, "abc");
        Assert.Equal("00010100", Bytes.Hex(RelativePosition.FromIndex(text, 1).Encode()));
        Assert.Equal("01017400", Bytes.Hex(RelativePosition.FromIndex(text, 3).Encode()));
        Assert.Equal("00010241", Bytes.Hex(RelativePosition.FromIndex(text, 3, -1).Encode()));
        Assert.Equal("""{"tname":"t","item":{"client":1,"clock":1},"assoc":0}""", YValue.From(RelativePosition.FromIndex(text, 1).ToJson()).ToJson());
    }

    [Fact]
    public void A_position_stays_where_it_is_while_others_write()
    {
        var doc = new YDoc(1);
        var text = doc.GetText();
        text.Insert(0, "hello world");
        var position = RelativePosition.Decode(RelativePosition.FromIndex(text, 6).Encode());
        text.Insert(0, ">> ");
        Assert.True(position.TryResolve(doc, out var type, out var index));
        Assert.Equal((text, 9), (type, index));
        text.Delete(9, 5);
        Assert.True(position.TryResolve(doc, out _, out index));
        Assert.Equal(9, index);
        Assert.False(position.TryResolve(new YDoc(2), out _, out _));
        Assert.Equal(position, RelativePosition.FromJson(position.ToJson()));
    }

    [Fact]
    public void A_position_follows_what_undo_brings_back()
    {
        var doc = new YDoc(1);
        var text = doc.GetText();
        text.Insert(0, "abc");
        using var undo = new UndoManager(text);
        var position = RelativePosition.FromIndex(text, 1);
        text.Delete(0, 3);
        undo.Undo();
        Assert.True(position.TryResolve(doc, out _, out var index));
        Assert.Equal(1, index);
        Assert.True(position.TryResolve(doc, out _, out index, followUndone: false));
        Assert.NotEqual(1, index);
    }

    [Fact]
    public void A_snapshot_brings_the_past_back_and_shows_differences()
    {
        var doc = new YDoc(1, new YDocOptions { Gc = false });
        var text = doc.GetText();
        text.Insert(0, "hello world");
        var before = Snapshot.Of(doc);
        text.Delete(0, 6);
        text.Append("!");
        var after = Snapshot.Decode(Snapshot.Of(doc).Encode(v2: true), v2: true);
        Assert.Equal("hello world", before.Restore(doc, new YDoc(2)).GetText().ToString());
        Assert.Equal("""{"insert":"hello world"}""", string.Join(',', text.ToDelta(before)));
        Assert.Equal(
            """{"insert":"hello ","attributes":{"ychange":{"type":"removed"}}},{"insert":"world"},{"insert":"!","attributes":{"ychange":{"type":"added"}}}""",
            string.Join(',', text.ToDelta(after, before)));
        Assert.True(after.SameAs(Snapshot.Of(doc)));
        Assert.True(after.Contains(doc.EncodeStateAsUpdate()));
        Assert.False(before.Contains(doc.EncodeStateAsUpdate()));
        Assert.Throws<InvalidOperationException>(() => before.Restore(new YDoc(3), new YDoc(4)));
    }

    [Fact]
    public void Without_collection_everything_deleted_is_kept()
    {
        var doc = new YDoc(1, new YDocOptions { Gc = false });
        doc.GetText().Insert(0, "abc");
        doc.GetText().Delete(0, 3);
        var copy = new YDoc(2, new YDocOptions { Gc = false });
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Contains("616263", Bytes.Hex(copy.EncodeStateAsUpdate()));
    }
}
