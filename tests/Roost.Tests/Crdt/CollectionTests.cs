using Roost.Crdt;

namespace Roost.Tests.Crdt;

public class CollectionTests
{
    [Fact]
    public void An_array_holds_values_types_and_documents()
    {
        var array = new YDoc(1).GetArray();
        array.Insert(0, 1, "b", true, YValue.Null);
        array.Insert(1, new YMap { ["k"] = "v" });
        array.Unshift(new byte[] { 1 });
        array.Push(new YArray([1, 2]));
        array.Delete(0);
        Assert.Equal("""[1,{"k":"v"},"b",true,null,[1,2]]""", Bytes.Json(array));
        Assert.Equal(6, array.Count);
        Assert.Equal("v", array[1].As<YMap>()["k"].AsString);
        Assert.True(array[6].IsUndefined);
        Assert.Equal(2, array.Slice(-2).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => array.Insert(7, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => array.Delete(5, 2));
        Assert.Throws<ArgumentException>(() => array.Push(YValue.Undefined));
        Assert.Throws<ArgumentException>(() => array.Push(new YObject { ["inner"] = new YMap() }));
    }

    [Fact]
    public void Plain_neighbours_share_an_item()
    {
        var doc = new YDoc(1);
        for (var i = 0; i < 1000; i++)
        {
            doc.GetArray().Push(i);
        }

        Assert.Equal(1, doc.Size.Structs);
        doc.GetArray().Delete(500);
        Assert.Equal(3, doc.Size.Structs);
        Assert.Equal(501, doc.GetArray()[500].AsNumber);
    }

    [Fact]
    public void Of_concurrent_writes_to_a_key_the_higher_client_wins_everywhere()
    {
        var (first, second) = (new YDoc(1), new YDoc(2));
        first.GetMap()["k"] = "first";
        second.GetMap()["k"] = "second";
        first.ApplyUpdate(second.EncodeStateAsUpdate());
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        Assert.Equal("second", first.GetMap()["k"].AsString);
        Assert.Equal("second", second.GetMap()["k"].AsString);
    }

    [Fact]
    public void A_map_is_read_and_cleared()
    {
        var map = new YDoc(1).GetMap();
        map["a"] = 1;
        map["b"] = new YText("x");
        map["a"] = 2;
        Assert.Equal(["a", "b"], map.Keys);
        Assert.True(map.Has("a"));
        Assert.True(map.Delete("a"));
        Assert.False(map.Delete("a"));
        Assert.True(map["a"].IsUndefined);
        Assert.Equal("""{"b":"x"}""", Bytes.Json(map));
        map.Clear();
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Xml_is_a_tree_that_prints()
    {
        var doc = new YDoc(1);
        var xml = doc.GetXmlFragment();
        var p = new YXmlElement("P");
        p.SetAttribute("id", "1");
        p.Push(new YXmlText("hello"), new YXmlElement("br"));
        xml.Push(p, new YXmlElement("hr"));
        ((YXmlText)p[0]).Format(0, 4, new YObject { ["b"] = new YObject { ["w"] = 1 } });
        Assert.Equal("<p id=\"1\"><b w=\"1\">hell</b>o<br></br></p><hr></hr>", xml.ToString());
        Assert.Same(p, xml.QuerySelector("p"));
        Assert.Same(xml[1], p.NextSibling);
        Assert.Same(p, ((YXmlElement)xml[1]).PreviousSibling);
        Assert.Same(xml, p.Parent);
        Assert.Equal(4, xml.Descendants().Count());
        xml.InsertAfter(p, new YXmlHook("chart"));
        Assert.IsType<YXmlHook>(xml[1]);
        xml.Delete(0);
        Assert.True(p.IsDeleted);
        Assert.Throws<InvalidOperationException>(() => p.SetAttribute("id", "2"));
    }

    [Fact]
    public void A_clone_is_deep_and_free()
    {
        var doc = new YDoc(1);
        doc.GetMap()["a"] = new YMap { ["b"] = new YArray([1, new YText("t")]) };
        doc.GetMap()["copy"] = doc.GetMap()["a"].As<YMap>().Clone();
        doc.GetMap()["a"].As<YMap>()["b"].As<YArray>().Delete(0);
        Assert.Equal("""{"a":{"b":["t"]},"copy":{"b":[1,"t"]}}""", Bytes.Json(doc.GetMap()));
    }

    [Fact]
    public void Subdocuments_are_announced_loaded_and_replaced()
    {
        var (doc, other) = (new YDoc(1), new YDoc(2));
        var seen = new List<string>();
        other.SubdocsChanged += change => seen.Add($"+{change.SubdocsAdded.Count} -{change.SubdocsRemoved.Count} l{change.SubdocsLoaded.Count}");
        doc.GetMap()["sub"] = new YDoc(0, new YDocOptions { Guid = "g", Meta = "notes" });
        other.ApplyUpdate(doc.EncodeStateAsUpdate());
        var sub = other.GetMap()["sub"].AsDoc;
        Assert.Equal(("g", "notes", false), (sub.Guid, sub.Options.Meta.AsString, sub.ShouldLoad));
        sub.Load();
        sub.Destroy();
        Assert.NotSame(sub, other.GetMap()["sub"].AsDoc);
        other.GetMap().Delete("sub");
        Assert.Equal(["+1 -0 l0", "+0 -0 l1", "+1 -1 l0", "+0 -1 l0", "+0 -1 l0"], seen);
        Assert.Empty(other.Subdocs);
    }

    [Fact]
    public void A_document_of_a_stranger_with_our_client_id_gives_us_another()
    {
        var (doc, stranger) = (new YDoc(5), new YDoc(5));
        stranger.GetText().Insert(0, "x");
        doc.ApplyUpdate(stranger.EncodeStateAsUpdate());
        Assert.NotEqual(5ul, doc.ClientId);
        doc.GetText().Append("y");
        stranger.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal("xy", stranger.GetText().ToString());
    }

    [Fact]
    public void Memory_of_what_was_deleted_is_given_back()
    {
        var (texts, maps) = (new YDoc(1), new YDoc(1));
        for (var i = 0; i < 2000; i++)
        {
            maps.GetMap()["k"] = new string('x', 100);
            texts.GetText().Insert(0, new string('x', 100));
            texts.GetText().Delete(0, 100);
        }

        Assert.Equal((1, 2), (texts.Size.Structs, maps.Size.Structs));
        Assert.InRange(texts.Size.Bytes + maps.Size.Bytes, 0, 40_000);
    }

    [Fact]
    public void Numbers_as_JavaScript_writes_them()
    {
        var array = new YDoc(1).GetArray();
        array.Push(0.1, 1e21, 1e-7, 123456789012345680000.0, -1.5e300, 5e-324, 0.000001, 100, -0.0, double.NaN);
        Assert.Equal("[0.1,1e+21,1e-7,123456789012345680000,-1.5e+300,5e-324,0.000001,100,0,null]", Bytes.Json(array));
    }
}
