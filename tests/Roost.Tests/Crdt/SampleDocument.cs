using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>A small document with every kind of content.</summary>
internal static class SampleDocument
{
    public static YDoc Make(ulong clientId)
    {
        var doc = new YDoc(clientId);
        var text = doc.GetText("text");
        text.Insert(0, "Hello world");
        text.Format(0, 5, new YObject { ["bold"] = true });
        text.InsertEmbed(5, new YObject { ["image"] = "a.png" });
        text.Delete(7, 2);
        doc.GetArray("array").Push(1, "two", new byte[] { 3 }, new YMap { ["four"] = 4 }, new YObject { ["five"] = new YValue[] { 5, 0.5 } });
        doc.GetArray("array").Delete(0);
        doc.GetMap("map").Set("key", "value");
        doc.GetMap("map").Set("key", YValue.FromBigInt(7));
        doc.GetMap("map").Set("sub", new YDoc(0, new YDocOptions { Guid = "g" }));
        var element = new YXmlElement("p");
        element.SetAttribute("class", "x");
        element.Insert(0, new YXmlText("inside"));
        doc.GetXmlFragment("xml").Insert(0, element);
        return doc;
    }
}
