using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>What can be done with updates and snapshots without editing; the bytes were recorded from Yjs.</summary>
public class UpdateToolTests
{
    private const string All = "011301000401017402736584010101638401020872657420f09f90a646010004626f6c640474727565c60102010304626f6c64046e756c6cc60101010204626f6c64046e756c6cc5010b01020d7b22696d616765223a2275227dc6010c010204626f6c6404747275652801016d046e616d65017703416461a8010e017703426f622301016d056279746573030102032901016d0373756201677601086175746f4c6f61647808010161017d0188011201770374776f8801130176010574687265657d03070101780301702800011505636c6173730177016307000115060400011705696e6e65720101020e011301";
    private const string AllV2 = "00030003020241100c0300004214020408020400040500064201001f040084014600c601c500c6002800a8002300290008008801070028000700044a397473656372657420f09f90a6626f6c64626f6c64626f6c64626f6c646d6e616d656d62797465736d73756267617870636c617373696e6e65720102010644020104010501034102450003010500020306024104011300787e7e760105696d6167657701757877034164617703426f62030102037601086175746f4c6f6164787d01770374776f76010574687265657d037701630101020e000400";
    private const string Hidden = "01130100040101740230308401010131840102063232323232324601000133077b2269223a337dc6010201030133046e756c6cc6010101020133046e756c6cc5010b0102027b7dc6010c01020133077b2269223a337d2801016d0138017d0888010e017d092301016d023130010a2901016d023131023131760008010161017d0c880112017d0d880113017d0e0701017803076e6f64652d313528000115023136017d100700011506040001170538383838380101020e011301";
    private const string HiddenV2 = "00030003020241100c0300004214020408020400040500064201001f040084014600c601c500c60028008800230029000800880107002800070004382874303031323232323232333333336d386d31306d3131313161786e6f64652d31353136383838383801020106410502014200410007020503010500020306024104011300760101697d037e7e7600760101697d037d087d09010a76007d0c7d0d7d0e7d100101020e000400";
    private const string HiddenText = "011301000401017402303084010101318401020632323232323246010004626f6c640474727565c60102010304626f6c64046e756c6cc60101010204626f6c64046e756c6cc5010b0102027b7dc6010c010204626f6c6404747275652801016d0138017d0888010e017d092301016d023130010a2901016d02313101677601086175746f4c6f61647808010161017d0c880112017d0d880113017d0e0701017803017028000115023136017d100700011506040001170538383838380101020e011301";

    [Fact]
    public void What_people_wrote_is_hidden_as_Yjs_hides_it()
    {
        Assert.Equal(Hidden, Bytes.Hex(YUpdates.Obfuscate(Bytes.From(All))));
        Assert.Equal(HiddenV2, Bytes.Hex(YUpdates.Obfuscate(Bytes.From(AllV2), v2: true)));
        var onlyText = new ObfuscationOptions(Formatting: false, Subdocs: false, Xml: false);
        Assert.Equal(HiddenText, Bytes.Hex(YUpdates.Obfuscate(Bytes.From(All), options: onlyText)));
    }

    [Fact]
    public void A_document_of_hidden_words_has_the_same_shape()
    {
        var (shown, hidden) = (new YDoc(2), new YDoc(3));
        shown.ApplyUpdate(Bytes.From(All));
        hidden.ApplyUpdate(YUpdates.Obfuscate(Bytes.From(All)));
        Assert.Equal(shown.GetText("t").Length, hidden.GetText("t").Length);
        Assert.Equal(shown.EncodeStateVector(), hidden.EncodeStateVector());
        Assert.DoesNotContain("secret", hidden.ToJson().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_is_read_struct_by_struct_alike_in_both_formats()
    {
        var one = YUpdates.Decode(Bytes.From(All));
        Assert.Equal($"{one}", $"{YUpdates.Decode(Bytes.From(AllV2), v2: true)}");
        var lines = $"{one}".Split('\n');
        Assert.Equal("""string 1:0+2 in 't' "se" """.TrimEnd(), lines[0]);
        Assert.Equal("""format 1:9+1 'bold' before 1:0 true""", lines.Single(line => line.StartsWith("format 1:9+", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("doc ", StringComparison.Ordinal) && line.Contains("""'g' in 'm' at 'sub' {"autoLoad":true}"""));
        Assert.Contains(lines, line => line == "type 1:21+1 'p' in 'x'");
        Assert.Equal(["delete 1:14+1", "delete 1:19+1"], lines[^2..]);
        Assert.Equal(19, one.Structs.Count);
        Assert.True(one.Deletes.Contains(new StructId(1, 19)));
        Assert.Throws<UpdateFormatException>(() => YUpdates.Decode([1]));
    }

    [Fact]
    public void Merged_updates_with_a_gap_show_it_and_count_up_to_it()
    {
        var doc = new YDoc(1);
        var updates = doc.RecordUpdates();
        doc.GetText("t").Insert(0, "a");
        doc.GetText("t").Insert(1, "b");
        doc.GetText("t").Insert(2, "c");
        var merged = YUpdates.Merge([updates[0], updates[2]]);
        Assert.Equal(["string", "skip", "string"], YUpdates.Decode(merged).Structs.Select(item => item.Kind));
        Assert.Equal("010101", Bytes.Hex(YUpdates.EncodeStateVector(merged)));
        Assert.Equal("01011d", Bytes.Hex(YUpdates.EncodeStateVector(Bytes.From(All))));
        Assert.Equal("01011d", Bytes.Hex(YUpdates.EncodeStateVector(Bytes.From(AllV2), v2: true)));
        Assert.Equal((0u, 3u), YUpdates.Ranges(merged)[1]);
    }

    [Fact]
    public void Lists_and_maps_read_back_as_they_were_at_a_snapshot()
    {
        var doc = new YDoc(1, new YDocOptions { Gc = false });
        var (list, map) = (doc.GetArray("a"), doc.GetMap("m"));
        list.Push(1, 2, 3, 4);
        map.Set("k", "old");
        map.Set("gone", true);
        var then = Snapshot.Of(doc);
        list.Delete(1, 2);
        list.Insert(1, "new");
        list.Push(5);
        map.Set("k", "new");
        map.Delete("gone");
        map.Set("later", 1);
        var before = doc.EncodeStateAsUpdate();
        Assert.Equal("[1,2,3,4]", YValue.From([.. list.ToArray(then)]).ToJson());
        Assert.Equal("[1,\"new\",4,5]", YValue.From([.. list.ToArray(Snapshot.Of(doc))]).ToJson());
        Assert.Equal("[]", YValue.From([.. list.ToArray(Snapshot.Empty)]).ToJson());
        Assert.Equal("old", map.Get("k", then).AsString);
        Assert.True(map.Get("gone", then).AsBool);
        Assert.True(map.Get("later", then).IsUndefined);
        Assert.Equal(["gone", "k"], map.EntriesAt(then).Keys.Order());
        Assert.Equal(before, doc.EncodeStateAsUpdate());
        Assert.Throws<InvalidOperationException>(() => new YArray().ToArray(then));
    }

    [Fact]
    public void Delete_sets_join_and_compare()
    {
        var doc = new YDoc(1, new YDocOptions { Gc = false });
        var text = doc.GetText();
        text.Insert(0, "0123456789");
        text.Delete(2, 2);
        var first = Snapshot.Of(doc).Deletes;
        text.Delete(2, 3);
        var second = Snapshot.Of(doc).Deletes;
        Assert.False(first.SameAs(second));
        Assert.True(DeleteSet.Union(first, second).SameAs(second));
        Assert.Equal([new ClockRange(2, 5)], second.RangesOf(1));
    }
}
