using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Bytes recorded from Yjs 13.6.33 with client id 1: update events V1 and V2 in turn, then full states.</summary>
public class GoldenVectorTests
{
    [Fact]
    public void Text_is_written_as_Yjs_writes_it() => Check(
        doc =>
        {
            var text = doc.GetText("t");
            text.Insert(0, "abc");
            text.Insert(1, "d");
            text.Delete(0, 1);
        },
        "01010100040101740361626300", "000001010000010407047461626301030101000001010000",
        "01010103c401000101016400", "00000241010100010201c40301640100000001010300",
        "000101010001", "0000000000000100000000000101010000",
        "010301000101017401840100026263c40100010101640101010001",
        "000002410202010001020501008400c408047462636401020101010001010103000101010000");

    [Fact]
    public void A_map_overwrites_as_Yjs_does() => Check(
        doc =>
        {
            doc.GetMap("m").Set("k", 1);
            doc.GetMap("m").Set("k", "x");
        },
        "010101002801016d016b017d0100", "000001010000012805026d6b410001010001010101007d0100",
        "01010101a80100017701780101010001", "000002410001000001a80100000001010101017701780101010000",
        "010201002101016d016b01a80100017701780101010001",
        "0000024100010000032100a805026d6b41000101000241000102007701780101010000");

    [Fact]
    public void Every_kind_of_value_is_written_as_lib0_writes_it() => Check(
        doc => doc.GetArray("a").Push(
            1, -1, 0, -0.0, 64, 2147483648.0, 0.5, 0.1, true, false, YValue.Null, "hé", new YValue[] { 1 }, new YObject { ["a"] = 1 }),
        "01010100080101610e7d017d417d007d407d80017c4f0000007c3f0000007b3fb999999999999a78797e770368c3a975017d01760101617d0100",
        "000001010000010803016101010100010e0101007d017d417d007d407d80017c4f0000007c3f0000007b3fb999999999999a78797e770368c3a975017d01760101617d0100");

    [Fact]
    public void Binary_and_big_integers() => Check(
        doc =>
        {
            doc.GetArray("a").Push(new byte[] { 1, 2 });
            doc.GetMap("m").Set("b", YValue.FromBigInt(5));
        },
        "010101000301016102010200", "0000010100000103030161010101000001010002010200",
        "010101012801016d0162017a000000000000000500", null,
        "01020100030101610201022801016d0162017a000000000000000500",
        "000001010000030300280603616d62410101010001010102000201027a000000000000000500");

    [Fact]
    public void A_deleted_type_leaves_a_tombstone_and_a_GC() => Check(
        doc =>
        {
            var map = new YMap();
            doc.GetArray("a").Push(map);
            map.Set("x", 1);
            doc.GetArray("a").Delete(0);
        },
        "01010100070101610100", "000001010000010703016101010101010001010000",
        "01010101280001000178017d0100", "000002410001000001280301780101000001010101017d0100",
        "000101010002", "0000000000000100000000000101010001",
        "01020100010101610100010101010002",
        "00000101000003010000030161010101000241000102000101010001");

    [Fact]
    public void Formatting_is_two_items() => Check(
        doc => Formatted(doc),
        "010101000401017402616200", "0000010100000104060374616201020101000001010000",
        "0102010246010004626f6c640474727565c60100010104626f6c64046e756c6c00",
        "000200020241020100020002034600c60b08626f6c64626f6c644400000000010202787e00",
        "01040100040101740161840100016246010004626f6c640474727565c60100010104626f6c64046e756c6c00",
        "0002000202410302010002000207040084004600c6100b746162626f6c64626f6c644101440001010000010400787e00");

    [Fact]
    public void An_embed_is_JSON_in_V1_and_a_value_in_V2() => Check(
        doc => doc.GetText("t").InsertEmbed(0, new YObject { ["image"] = "u" }),
        "01010100050101740d7b22696d616765223a2275227d00", "00000101000001050301740101010000010100760105696d61676577017500");

    [Fact]
    public void A_subdocument_says_only_what_is_not_default() => Check(
        doc => doc.GetMap("m").Set("s", new YDoc(7, new YDocOptions { Guid = "g", AutoLoad = true })),
        "010101002901016d017301677601086175746f4c6f61647800", "000001010000012906036d73674101010100000101007601086175746f4c6f61647800");

    [Fact]
    public void Xml_attributes_and_children()
    {
        var doc = new YDoc(1);
        doc.Transact(_ =>
        {
            var p = new YXmlElement("p");
            doc.GetXmlFragment("x").Insert(0, p);
            p.SetAttribute("a", "b");
            p.Insert(0, new YXmlText());
        });
        Assert.StartsWith("010301000701017803017028000100016101770162", Bytes.Hex(doc.EncodeStateAsUpdate()));
        Assert.Equal("<p a=\"b\"></p>", doc.GetXmlFragment("x").ToString());
    }

    [Fact]
    public void State_vector_and_snapshot()
    {
        var doc = new YDoc(1);
        doc.GetText("t").Insert(0, "abc");
        doc.GetText("t").Insert(1, "d");
        doc.GetText("t").Delete(0, 1);
        Assert.Equal("010104", Bytes.Hex(doc.EncodeStateVector()));
        Assert.Equal("0101010001010104", Bytes.Hex(Snapshot.Of(doc).Encode()));
    }

    private static void Formatted(YDoc doc)
    {
        doc.GetText("t").Insert(0, "ab");
        doc.GetText("t").Format(0, 1, new YObject { ["bold"] = true });
    }

    /// <summary>Events first, then the full states; when there are only two they are both.</summary>
    private static void Check(Action<YDoc> act, params string?[] expected)
    {
        var doc = new YDoc(1);
        var events = doc.RecordHex();
        act(doc);
        var all = events.Concat([Bytes.Hex(doc.EncodeStateAsUpdate()), Bytes.Hex(doc.EncodeStateAsUpdateV2())]).ToArray();
        var wanted = expected.Length == 2 ? [.. expected, .. expected] : expected;
        Assert.Equal(wanted.Length, all.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i] ?? all[i], all[i]);
        }

        foreach (var (bytes, v2) in new[] { (all[^2], false), (all[^1], true) })
        {
            var copy = new YDoc(2);
            Assert.True(copy.TryApplyUpdate(Bytes.From(bytes), out _, v2));
            Assert.Equal(all[^2], Bytes.Hex(copy.EncodeStateAsUpdate()));
            Assert.Equal(all[^1], Bytes.Hex(copy.EncodeStateAsUpdateV2()));
        }
    }
}
