using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Documents, sub-documents and updates, in the situations that Yjs's own suite has.</summary>
public class DocStoryTests
{
    private readonly YDoc _doc = new(1);

    [Fact]
    public void Reading_a_long_fragment_after_the_transaction_that_made_it_is_no_matter()
    {
        var fragment = _doc.GetXmlFragment();
        int read = 0;
        _doc.AfterTransaction += _ => read = fragment.ToString().Length;
        _doc.Transact(_ =>
        {
            for (int i = 0; i < 15_000; i++)
            {
                fragment.Push(new YXmlText("a"));
            }
        });
        Assert.Equal(15_000, read);
    }

    [Fact]
    public void Each_transaction_keeps_its_own_origin()
    {
        var origins = new List<object?>();
        var text = _doc.GetText();
        _doc.AfterTransaction += transaction =>
        {
            origins.Add(transaction.Origin);
            if (origins.Count == 1)
            {
                text.ToDelta(Snapshot.Of(_doc));
                _doc.Transact(_ => text.Insert(0, "a"), "nested");
            }
        };
        _doc.Transact(_ => text.Insert(0, "0"), "first");
        Assert.Equal(["first", "cleanup", "nested"], origins);
    }

    [Fact]
    public void The_root_without_a_name_is_the_one_named_by_nothing()
    {
        _doc.GetText("").Insert(0, "h");
        _doc.GetText().Insert(1, "i");
        var copy = new YDoc(2);
        copy.ApplyUpdate(_doc.EncodeStateAsUpdate());
        Assert.Equal(("hi", "hi"), (copy.GetText().ToString(), copy.GetText("").ToString()));
    }

    [Fact]
    public void A_document_reads_as_plain_values_by_root()
    {
        Assert.Empty(_doc.ToJson());
        _doc.GetArray("array").Push("test1");
        _doc.GetMap("map")["k1"] = "v1";
        _doc.GetMap("map")["k2"] = new YMap { ["m2k1"] = "m2v1" };
        Assert.Equal("""{"array":["test1"],"map":{"k1":"v1","k2":{"m2k1":"m2v1"}}}""", YValue.From(_doc.ToJson()).ToJson());
    }

    [Fact]
    public void Sub_documents_are_told_when_they_are_added_loaded_destroyed_and_removed()
    {
        var told = new List<string>();
        Follow(_doc, told);
        _doc.Load();   // of no meaning for a document that is nobody's part
        var map = _doc.GetMap("subs");
        map["a"] = Sub("a");
        map["a"].AsDoc.Load();   // it is
        map["a"].AsDoc.Destroy();
        map["a"].AsDoc.Load();
        map["b"] = new YDoc(0, new YDocOptions { Guid = "a", ShouldLoad = false });
        map["b"].AsDoc.Load();
        map["c"] = Sub("c");
        Assert.Equal(["+a - la", "+a -a l", "+ - la", "+a - l", "+ - la", "+c - lc"], told);
        Assert.Equal(["a", "c"], _doc.Subdocs.Select(sub => sub.Guid).Distinct().Order());
        told.Clear();
        var copy = new YDoc(2);
        Follow(copy, told);
        copy.ApplyUpdate(_doc.EncodeStateAsUpdate());
        copy.GetMap("subs")["a"].AsDoc.Load();
        copy.GetMap("subs").Delete("a");
        Assert.Equal(["+a,a,c - l", "+ - la", "+ -a l"], told.Take(3));
        Assert.Equal(["a", "c"], copy.Subdocs.Select(sub => sub.Guid).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sub_document_of_another_is_loaded_only_if_it_says_so(bool autoLoad)
    {
        var list = _doc.GetArray();
        var sub = new YDoc(0, new YDocOptions { Guid = "s", AutoLoad = autoLoad });
        list.Push(sub);
        Assert.True(sub.ShouldLoad);
        var told = new List<string>();
        Follow(_doc, told);
        sub.Destroy();
        var fresh = list[0].AsDoc;
        Assert.NotSame(sub, fresh);
        fresh.Load();
        Assert.Equal(["+s -s l", "+ - ls"], told);
        told.Clear();
        var copy = new YDoc(2);
        Follow(copy, told);
        copy.ApplyUpdate(_doc.EncodeStateAsUpdate());
        Assert.Equal(autoLoad, copy.GetArray()[0].AsDoc.ShouldLoad);
        Assert.Equal([autoLoad ? "+s - ls" : "+s - l"], told);
    }

    [Fact]
    public void A_sub_document_comes_back_with_redo()
    {
        using var undo = new UndoManager(_doc.GetArray());
        _doc.GetArray().Push(Sub("s"));
        undo.Undo();
        Assert.Empty(_doc.GetArray());
        undo.Redo();
        Assert.Equal("s", _doc.GetArray()[0].AsDoc.Guid);
    }

    [Fact]
    public void Whoever_stores_and_connects_it_says_when_it_is_loaded_and_synced()
    {
        var told = new List<string>();
        _doc.Loaded += doc => told.Add($"loaded {doc.IsLoaded}");
        _doc.Synced += (doc, synced) => told.Add($"synced {synced} {doc.IsSynced} {doc.IsLoaded}");
        Assert.False(_doc.IsLoaded || _doc.IsSynced);
        _doc.MarkSynced();
        _doc.MarkSynced(false);
        Assert.Equal(["loaded True", "synced True True True", "synced False False True"], told);
        told.Clear();
        _doc.MarkSynced();
        Assert.Equal(["synced True True True"], told);
        var stored = new YDoc(2);
        stored.MarkLoaded();
        Assert.True(stored.IsLoaded);
        Assert.False(stored.IsSynced);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Updates_merged_in_any_grouping_say_the_same(bool v2, bool deletes)
    {
        var doc = new YDoc(1, new YDocOptions { Gc = false });
        var updates = new List<byte[]>();
        doc.Update += (update, _) => updates.AddRange(v2 ? [] : [update.ToArray()]);
        doc.UpdateV2 += (update, _) => updates.AddRange(v2 ? [update.ToArray()] : []);
        var list = doc.GetArray();
        list.Insert(0, 1, 2);
        if (deletes)
        {
            list.Delete(1);
        }
        list.Insert(0, 3, 4);
        if (deletes)
        {
            list.Delete(1, 2);
        }
        list.Insert(0, 5);
        list.Insert(0, 6);
        var cases = new List<byte[]>
        {
            Merge([.. updates]),
            Merge(Merge([.. updates[2..]]), Merge([.. updates[..2]])),
            Merge(Merge([.. updates[2..]]), Merge([.. updates[1..3]]), updates[0]),
            Merge(Merge(updates[0], updates[2]), Merge(updates[1], updates[3]), Merge([.. updates[4..]])),
        };
        cases.Add(Merge([.. cases]));
        foreach (byte[] merged in cases)
        {
            var copy = new YDoc(2, new YDocOptions { Gc = false });
            Assert.True(copy.TryApplyUpdate(merged, out _, v2));
            Assert.Equal(Bytes.Json(list), Bytes.Json(copy.GetArray()));
            Assert.Equal(copy.EncodeStateVector(), YUpdates.EncodeStateVector(merged, v2));
            Assert.Equal((0u, copy.StateVector()[1]), YUpdates.Ranges(merged, v2)[1]);
            for (int from = 1; from < updates.Count; from++)
            {
                byte[] known = YUpdates.EncodeStateVector(Merge([.. updates[..from]]), v2);
                byte[] rest = v2 ? YUpdates.DiffV2(merged, known) : YUpdates.Diff(merged, known);
                Assert.Equal(YUpdates.Ranges(Merge([.. updates[from..]]), v2), YUpdates.Ranges(rest, v2));
            }
        }

        byte[] Merge(params byte[][] some) => v2 ? YUpdates.MergeV2(some) : YUpdates.Merge(some);
    }

    [Fact]
    public void What_several_wrote_is_merged_to_what_they_have_together()
    {
        var room = new Room(3);
        room[0].GetArray().Insert(0, 1);
        room[1].GetArray().Insert(0, 2);
        var apart = room.Docs.Select(doc => doc.EncodeStateAsUpdate()).ToList();
        room.Settle();
        var merged = new YDoc(9);
        merged.ApplyUpdate(YUpdates.Merge(apart));
        Assert.Equal(Bytes.Json(room[0].GetArray()), Bytes.Json(merged.GetArray()));
    }

    [Fact]
    public void The_same_key_again_and_again_is_read_back_in_format_V2()
    {
        var italic = new YObject { ["italic"] = true };
        _doc.GetText().Insert(0, "a", italic);
        _doc.GetText().Insert(0, "b");
        _doc.GetText().Insert(0, "c", italic);
        var copy = new YDoc(2);
        copy.ApplyUpdateV2(_doc.EncodeStateAsUpdateV2());
        Assert.Equal("""[{"insert":"c","attributes":{"italic":true}},{"insert":"b"},{"insert":"a","attributes":{"italic":true}}]""", Bytes.Delta(copy.GetText()));
    }

    [Fact]
    public void States_handed_on_with_what_waits_in_them_are_complete_in_the_end()
    {
        var updates = _doc.RecordUpdates();
        foreach (string letter in new[] { "r", "o", "n", "e", "n" })
        {
            _doc.GetText().ApplyDelta([DeltaOp.Inserting(letter)]);
        }
        byte[] state = updates[0];
        YDoc? last = null;
        foreach (int next in new[] { 1, 3, 2, 4 })
        {
            last = new YDoc((ulong)(10 + next));
            last.ApplyUpdate(state);
            last.ApplyUpdate(updates[next]);
            state = last.EncodeStateAsUpdate();
        }
        Assert.Equal("nenor", last!.GetText().ToString());
    }

    [Fact]
    public void An_update_that_builds_on_others_has_an_empty_state_of_its_own()
    {
        _doc.GetText().Insert(0, "a");
        var updates = _doc.RecordUpdates();
        _doc.GetText().Insert(0, "a");
        Assert.Equal([0], YUpdates.EncodeStateVector(updates[0]));
    }

    private static YDoc Sub(string guid) => new(0, new YDocOptions { Guid = guid });

    private static void Follow(YDoc doc, List<string> told)
    {
        doc.SubdocsChanged += change => told.Add($"+{Names(change.SubdocsAdded)} -{Names(change.SubdocsRemoved)} l{Names(change.SubdocsLoaded)}");

        static string Names(IEnumerable<YDoc> docs) => string.Join(',', docs.Select(doc => doc.Guid).Order());
    }
}
