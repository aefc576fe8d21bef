using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>XML of two users, in the situations that Yjs's own suite has.</summary>
public class XmlStoryTests
{
    private readonly Room _room = new(2);

    private YXmlElement Mine => _room[0].GetXmlElement();

    private YXmlElement Theirs => _room[1].GetXmlElement();

    [Fact]
    public void Attributes_are_set_and_removed_here_and_there_and_events_name_them()
    {
        var told = new List<string>();
        foreach (var element in new[] { Mine, Theirs })
        {
            element.Observe(happened => told.Add($"{string.Join(',', happened.KeysChanged)}{(happened.ChildListChanged ? " children" : "")}"));
        }
        Mine.SetAttribute("height", "10");
        _room.Flush();
        Assert.Equal("10", Theirs.GetAttribute("height").AsString);
        Assert.True(Mine.HasAttribute("height") && Theirs.HasAttribute("height"));
        Mine.RemoveAttribute("height");
        _room.Flush();
        Assert.False(Mine.HasAttribute("height") || Theirs.HasAttribute("height"));
        Assert.True(Theirs.GetAttribute("height").IsUndefined);
        Mine.Insert(0, new YXmlText("some text"));
        _room.Flush();
        Mine.Delete(0);
        _room.Settle();
        Assert.Equal(["height", "height", "height", "height", " children", " children", " children", " children"], told);
    }

    [Fact]
    public void Elements_are_found_by_name_wherever_they_are()
    {
        var (first, second) = (new YXmlElement("p"), new YXmlElement("p"));
        first.Insert(0, new YXmlText("init"), new YXmlText("text"));
        Mine.Insert(0, first, second, new YXmlElement("img"));
        Assert.Equal([first, second], Mine.QuerySelectorAll("p"));
        Assert.Same(first, Mine.QuerySelector("P"));
        Assert.Null(Mine.QuerySelector("br"));
        _room.Settle();
    }

    [Fact]
    public void A_text_has_attributes_beside_its_content()
    {
        var text = new YXmlText();
        Mine.Insert(0, text);
        KeyChange? change = null;
        text.Observe(happened => change = happened.Keys["test"]);
        text.SetAttribute("test", 42);
        Assert.Equal(new KeyChange(KeyAction.Add, YValue.Undefined), change);
        Assert.Equal(42, text.GetAttribute("test").AsNumber);
        Assert.Equal("""{"test":42}""", YValue.From(text.GetAttributes()).ToJson());
    }

    [Fact]
    public void Nodes_know_their_neighbours_and_parents()
    {
        var fragment = _room[0].GetXmlFragment("f");
        var (first, second) = (new YXmlText(), new YXmlElement("p"));
        fragment.Insert(0, first, second);
        Assert.Same(second, first.NextSibling);
        Assert.Same(first, second.PreviousSibling);
        Assert.Same(fragment, first.Parent);
        Assert.Same(first, fragment.FirstChild);
        Assert.Null(fragment.Parent);
    }

    [Fact]
    public void Nodes_are_inserted_after_others_before_and_after_they_are_in_a_document()
    {
        var fragment = _room[0].GetXmlFragment("f");
        var (first, second, third) = (new YXmlText(), new YXmlElement("p"), new YXmlElement("p"));
        var (deepFirst, deepSecond) = (new YXmlElement("span"), new YXmlText());
        second.InsertAfter(null, deepFirst);
        second.InsertAfter(deepFirst, deepSecond);
        fragment.InsertAfter(null, first, second);
        fragment.InsertAfter(second, third);
        Assert.Equal([first, second, third], fragment);
        Assert.Equal([deepFirst, deepSecond], second);
        Assert.Throws<ArgumentException>(() => new YXmlElement("p").InsertAfter(deepFirst, new YXmlText()));
        Assert.Throws<ArgumentException>(() => third.InsertAfter(deepFirst, new YXmlText()));
    }

    [Fact]
    public void A_clone_of_a_fragment_prints_the_same()
    {
        var fragment = _room[0].GetXmlFragment("f");
        fragment.Push(new YXmlText("text"), new YXmlElement("p"), new YXmlElement("p"));
        var copy = fragment.Clone();
        _room[0].GetArray("a").Push(copy);
        Assert.Equal("text<p></p><p></p>", copy.ToString());
        Assert.NotSame(fragment[0], copy[0]);
    }

    [Fact]
    public void Formats_print_as_elements_in_the_order_of_their_names()
    {
        var text = new YXmlText();
        _room[0].GetXmlFragment("f").Push(text);
        YObject Both() => new() { ["em"] = new YObject(), ["strong"] = new YObject() };
        text.ApplyDelta([DeltaOp.Inserting("A", Both()), DeltaOp.Inserting("B", new YObject { ["em"] = new YObject() }), DeltaOp.Inserting("C", Both())]);
        Assert.Equal("<em><strong>A</strong></em><em>B</em><em><strong>C</strong></em>", text.ToString());
        Assert.Equal(3, text.ToDelta().Count);
    }

    [Fact]
    public void A_root_element_has_the_name_that_Yjs_gives_it()
    {
        Mine.Insert(0, new YXmlText("text1"), new YXmlText("text2"));
        Assert.Equal("<undefined>text1text2</undefined>", Mine.ToString());
        Assert.Equal(2, Mine.Count);
    }
}
