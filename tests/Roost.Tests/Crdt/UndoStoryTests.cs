using Roost.Core.Cores;
using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Undo among others, with the situations that Yjs's own suite has: its results were recorded from Yjs.</summary>
public class UndoStoryTests
{
    private static readonly UndoManagerOptions EachAlone = new() { CaptureTimeout = TimeSpan.Zero };
    private static readonly UndoManagerOptions Together = new() { Now = () => Instant.Epoch };

    private readonly YDoc _mine = new(1);
    private readonly YDoc _theirs = new(2);

    public UndoStoryTests() => Bytes.Connect(_mine, _theirs);

    [Fact]
    public void What_others_deleted_meanwhile_stays_deleted()
    {
        var (text, other) = (_mine.GetText(), _theirs.GetText());
        using var undo = new UndoManager(text);
        text.Insert(0, "abc");
        other.Insert(3, "xyz");
        undo.Undo();
        Assert.Equal("xyz", other.ToString());
        undo.Redo();
        other.Delete(0, 1);
        undo.Undo();
        Assert.Equal("xyz", text.ToString());
        undo.Redo();
        Assert.Equal("bcxyz", text.ToString());
        text.Format(1, 3, new YObject { ["bold"] = true });
        undo.Undo();
        Assert.Equal("""[{"insert":"bcxyz"}]""", Bytes.Delta(other));
        undo.Redo();
        Assert.Equal("""[{"insert":"b"},{"insert":"cxy","attributes":{"bold":true}},{"insert":"z"}]""", Bytes.Delta(other));
    }

    [Fact]
    public void Values_and_whole_types_under_a_key_come_and_go_until_others_write_there()
    {
        var (map, other) = (_mine.GetMap(), _theirs.GetMap());
        map["a"] = 0;
        using var undo = new UndoManager(map, EachAlone);
        map["a"] = 1;
        undo.Undo();
        Assert.Equal(0, map["a"].AsNumber);
        undo.Redo();
        map["a"] = new YMap { ["x"] = 42 };
        undo.Undo();
        Assert.Equal(1, other["a"].AsNumber);
        undo.Redo();
        Assert.Equal("""{"a":{"x":42}}""", Bytes.Json(other));
        other["a"] = 44;
        undo.Undo();
        Assert.Equal(44, map["a"].AsNumber);
        undo.Redo();
        Assert.Equal(44, map["a"].AsNumber);
    }

    [Fact]
    public void A_nested_map_keeps_what_others_put_into_it()
    {
        var (list, other) = (_mine.GetArray(), _theirs.GetArray());
        using var undo = new UndoManager(list);
        list.Push(new YMap());
        undo.StopCapturing();
        list[0].As<YMap>()["a"] = 1;
        other[0].As<YMap>()["b"] = 2;
        undo.Undo();
        Assert.Equal("""[{"b":2}]""", Bytes.Json(list));
        undo.Undo();
        Assert.Equal("[]", Bytes.Json(other));
        undo.Redo();
        Assert.Equal("""[{"b":2}]""", Bytes.Json(list));
        undo.Redo();
        Assert.Equal("""{"a":1,"b":2}""", Bytes.Json(list)[1..^1].Replace("""{"b":2,"a":1}""", """{"a":1,"b":2}"""));
    }

    [Fact]
    public void A_formatted_element_that_is_deleted_comes_back_formatted()
    {
        var fragment = _mine.GetXmlFragment();
        using var undo = new UndoManager(fragment);
        var inside = new YXmlText("content");
        var paragraph = new YXmlElement("p");
        paragraph.Insert(0, inside);
        fragment.Insert(0, paragraph);
        undo.StopCapturing();
        inside.Format(3, 4, new YObject { ["bold"] = new YObject() });
        Assert.Equal("<p>con<bold>tent</bold></p>", fragment.ToString());
        undo.Undo();
        Assert.Equal("<p>content</p>", fragment.ToString());
        undo.Redo();
        undo.StopCapturing();
        fragment.Delete(0);
        Assert.Equal("", fragment.ToString());
        undo.Undo();
        Assert.Equal("<p>con<bold>tent</bold></p>", _theirs.GetXmlFragment().ToString());
    }

    [Fact]
    public void The_document_as_scope_undoes_every_root()
    {
        using var undo = new UndoManager(_mine, EachAlone);
        _mine.GetText("t").Insert(0, "text");
        _mine.GetMap("m")["k"] = 1;
        _theirs.GetMap("m")["theirs"] = 2;
        undo.Undo();
        undo.Undo();
        Assert.Equal("""{"theirs":2}""", Bytes.Json(_mine.GetMap("m")));
        Assert.Equal("", _mine.GetText("t").ToString());
        Assert.False(undo.CanUndo);
    }

    [Fact]
    public void A_type_outside_the_scope_is_left_alone_until_it_is_added()
    {
        var (first, second) = (new YText(), new YText());
        _mine.GetArray().Push(first, second);
        using var undo = new UndoManager(first, EachAlone);
        second.Insert(0, "not mine");
        first.Insert(0, "mine");
        undo.Undo();
        Assert.Equal(("", "not mine"), (first.ToString(), second.ToString()));
        undo.AddToScope(second);
        second.Insert(0, "now ");
        undo.Undo();
        Assert.Equal("not mine", second.ToString());
    }

    [Fact]
    public void A_text_inside_an_embed_is_undone_there()
    {
        var text = _mine.GetText();
        using var undo = new UndoManager(text, Together);
        var inner = new YText("initial");
        text.InsertEmbed(0, inner);
        undo.StopCapturing();
        inner.Delete(0, inner.Length);
        inner.Insert(0, "other");
        Assert.Equal("other", inner.ToString());
        undo.Undo();
        Assert.Equal("initial", inner.ToString());
        undo.Undo();
        Assert.Equal(0, text.Length);
    }

    [Fact]
    public void Steps_that_change_nothing_visible_any_more_are_passed_over()
    {
        var (list, other) = (_mine.GetArray(), _theirs.GetArray());
        using var undo = new UndoManager(list, EachAlone);
        list.Push(new YMap { ["hello"] = "world" });
        list.Push(new YMap { ["key"] = "value" });
        other.Delete(1);
        Assert.NotNull(undo.Undo());
        Assert.Empty(other);
        Assert.False(undo.CanUndo);
    }

    [Fact]
    public void Undo_of_undo_by_others_is_a_change_like_any()
    {
        var (text, other) = (_mine.GetText(), _theirs.GetText());
        using var mine = new UndoManager(text, EachAlone);
        using var theirs = new UndoManager(other, EachAlone);
        text.Insert(0, "1221");
        other.Insert(2, "3");
        other.Insert(3, "3");
        mine.Undo();
        Assert.Equal("33", other.ToString());
        theirs.Undo();
        Assert.Equal("3", text.ToString());
        mine.Redo();
        theirs.Redo();
        Assert.Equal("123321", text.ToString());
        Assert.Equal("123321", other.ToString());
    }

    [Fact]
    public void Redo_after_redo_brings_back_each_step_of_a_nested_map()
    {
        var design = _mine.GetMap();
        using var undo = new UndoManager(design, EachAlone);
        _mine.Transact(_ => design["text"] = new YMap { ["blocks"] = new YMap { ["text"] = "Type something" } });
        _mine.Transact(_ => design["text"].As<YMap>()["blocks"] = new YMap { ["text"] = "Something" });
        _mine.Transact(_ => design["text"].As<YMap>()["blocks"] = new YMap { ["text"] = "Something else" });
        const string First = """{"text":{"blocks":{"text":"Type something"}}}""", Second = """{"text":{"blocks":{"text":"Something"}}}""", Third = """{"text":{"blocks":{"text":"Something else"}}}""";
        foreach (string expected in new[] { Second, First, "{}" })
        {
            undo.Undo();
            Assert.Equal(expected, Bytes.Json(design));
        }
        foreach (string expected in new[] { First, Second, Third })
        {
            undo.Redo();
            Assert.Equal(expected, Bytes.Json(design));
        }
        Assert.Equal(Third, Bytes.Json(_theirs.GetMap()));
    }

    [Fact]
    public void A_format_that_was_taken_away_comes_back_at_its_place()
    {
        var text = _mine.GetText();
        text.Insert(0, "Attack ships on fire off the shoulder of Orion.");
        text.Format(13, 7, new YObject { ["bold"] = true });
        text.Format(16, 4, new YObject { ["bold"] = YValue.Null });
        using var undo = new UndoManager(text);
        text.Format(13, 7, new YObject { ["bold"] = YValue.Null });
        undo.Undo();
        const string Expected = """[{"insert":"Attack ships "},{"insert":"on ","attributes":{"bold":true}},{"insert":"fire off the shoulder of Orion."}]""";
        Assert.Equal(Expected, Bytes.Delta(text));
        Assert.Equal(Expected, Bytes.Delta(_theirs.GetText()));
    }

    [Fact]
    public void An_attribute_that_was_deleted_in_the_same_breath_as_its_element_changed_comes_back()
    {
        var fragment = _mine.GetXmlFragment();
        using var undo = new UndoManager(fragment);
        _mine.Transact(_ =>
        {
            var element = new YXmlElement("test");
            element.SetAttribute("a", "1");
            element.SetAttribute("b", "2");
            fragment.Insert(0, element);
        });
        undo.StopCapturing();
        _mine.Transact(_ =>
        {
            var element = (YXmlElement)fragment[0];
            element.SetAttribute("b", "3");
            fragment.Delete(0);
        });
        Assert.Equal("", fragment.ToString());
        undo.Undo();
        Assert.Equal("<test a=\"1\" b=\"2\"></test>", fragment.ToString());
    }

    [Fact]
    public void Without_an_end_of_capturing_all_is_one_step()
    {
        var list = _mine.GetArray();
        var now = Instant.Epoch;
        using var undo = new UndoManager(list, new UndoManagerOptions { CaptureTimeout = TimeSpan.MaxValue, Now = () => now });
        list.Push(1);
        now += TimeSpan.FromDays(1000);
        list.Push(2);
        undo.Undo();
        Assert.Empty(list);
    }

    [Fact]
    public void What_was_deleted_in_a_map_comes_back_key_by_key()
    {
        var map = _mine.GetMap();
        using var undo = new UndoManager(map, EachAlone);
        map["a"] = "a";
        map.Delete("a");
        map["a"] = "b";
        map.Delete("a");
        map["a"] = "c";
        map.Delete("a");
        foreach (string expected in new[] { """{"a":"c"}""", "{}", """{"a":"b"}""", "{}", """{"a":"a"}""", "{}" })
        {
            undo.Undo();
            Assert.Equal(expected, Bytes.Json(map));
        }
    }

    [Fact]
    public void Formats_that_say_nothing_new_leave_the_text_as_it_should_read()
    {
        var first = new YDoc(3, new YDocOptions { Gc = false });
        var text = new YXmlText();
        first.GetXmlFragment().Push(text);
        text.Insert(0, " After", new YObject { ["type"] = "text", ["italic"] = true });
        text.Insert(0, "Test", new YObject { ["type"] = "text" });
        text.Insert(0, "Merge ", new YObject { ["type"] = "text", ["bold"] = true });
        var second = new YDoc(4, new YDocOptions { Gc = false });
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        foreach (var doc in new[] { first, second })
        {
            var content = (YXmlText)doc.GetXmlFragment()[0];
            content.Format(0, 6, new YObject { ["bold"] = YValue.Null });
            content.Format(6, 4, new YObject { ["type"] = "text" });
            Assert.Equal("""[{"insert":"Merge Test","attributes":{"type":"text"}},{"insert":" After","attributes":{"type":"text","italic":true}}]""", Bytes.Delta(content));
        }
    }

    [Fact]
    public void What_came_and_went_in_one_step_is_no_step_to_go_back_to()
    {
        var text = _mine.GetText();
        using var undo = new UndoManager(text, Together);
        text.Insert(0, "test");
        text.Delete(0, 4);
        undo.Undo();
        Assert.Equal("", text.ToString());
        text.Insert(0, "a");
        undo.StopCapturing();
        text.Delete(0, 1);
        undo.StopCapturing();
        undo.Undo();
        Assert.Equal("a", text.ToString());
        undo.Undo();
        Assert.Equal("", text.ToString());
        text.Insert(0, "1221");
        undo.StopCapturing();
        text.Insert(2, "3");
        text.Insert(3, "3");
        undo.Undo();
        text.Insert(2, "3");
        Assert.Equal("12321", text.ToString());
    }

    [Fact]
    public void Each_step_of_a_point_comes_back_after_the_point_itself_went()
    {
        var root = _mine.GetMap();
        using var undo = new UndoManager(root, Together);
        var point = new YMap { ["x"] = 0, ["y"] = 0 };
        root["a"] = point;
        undo.StopCapturing();
        for (int value = 100; value <= 300; value += 100)
        {
            point["x"] = value;
            point["y"] = value;
            undo.StopCapturing();
        }
        foreach (int value in new[] { 200, 100, 0 })
        {
            undo.Undo();
            Assert.Equal($$"""{"a":{"x":{{value}},"y":{{value}}}}""", Bytes.Json(root));
        }
        undo.Undo();
        Assert.True(root["a"].IsUndefined);
        foreach (int value in new[] { 0, 100, 200, 300 })
        {
            undo.Redo();
            Assert.Equal($$"""{"a":{"x":{{value}},"y":{{value}}}}""", Bytes.Json(root));
        }
    }

    [Fact]
    public void Attributes_changed_in_steps_come_back_in_steps()
    {
        var fragment = _mine.GetXmlFragment();
        using var undo = new UndoManager(fragment, EachAlone);
        var element = new YXmlElement("node");
        element.SetAttribute("a", "100");
        element.SetAttribute("b", "0");
        fragment.Push(element);
        element.SetAttribute("a", "200");
        _mine.Transact(_ =>
        {
            element.SetAttribute("a", "180");
            element.SetAttribute("b", "50");
        });
        while (undo.CanUndo)
        {
            undo.Undo();
        }
        Assert.Equal("", fragment.ToString());
        while (undo.CanRedo)
        {
            undo.Redo();
        }
        Assert.Equal("<node a=\"180\" b=\"50\"></node>", fragment.ToString());
    }

    [Fact]
    public void Own_changes_inside_what_another_deleted_and_brought_back_are_still_undone()
    {
        var (first, second) = (new YMap { ["hello"] = "world" }, new YMap { ["key"] = "value" });
        _mine.GetArray().Push(first, second);
        using var mine = new UndoManager(_mine.GetArray(), EachAlone with { TrackedOrigins = ["me"] });
        using var theirs = new UndoManager(_theirs.GetArray(), EachAlone with { TrackedOrigins = ["them"] });
        _mine.Transact(_ => second["key"] = "modified", "me");
        _mine.Transact(_ => first["hello"] = "modified", "me");
        _theirs.Transact(_ => _theirs.GetArray().Delete(0), "them");
        theirs.Undo();
        mine.Undo();
        Assert.Equal("value", second["key"].AsString);
    }

    [Fact]
    public void An_attribute_and_its_element_come_back_in_one_step_also_for_the_other()
    {
        var root = _mine.GetText();
        var button = new YXmlText("Click me");
        root.InsertEmbed(0, button);
        button.SetAttribute("type", "button");
        button.SetAttribute("test", true);
        using var undo = new UndoManager(root, Together);
        button.SetAttribute("type", "paragraph");
        root.Delete(0, 1);
        undo.Undo();
        foreach (var doc in new[] { _mine, _theirs })
        {
            var back = doc.GetText().ToDelta()[0].Insert.As<YXmlText>();
            Assert.Equal("""{"type":"button","test":true}""", YValue.From(back.GetAttributes()).ToJson());
            Assert.Equal("Click me", back.ToString());
        }
    }
}
