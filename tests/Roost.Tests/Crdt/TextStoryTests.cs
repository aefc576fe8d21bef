using Roost.Crdt;
using Roost.Testing;

namespace Roost.Tests.Crdt;

/// <summary>Rich text of two users, in the situations that Yjs's own suite has.</summary>
public class TextStoryTests
{
    private static readonly YObject Bold = new() { ["bold"] = true };
    private static readonly YObject Plain = new() { ["bold"] = YValue.Null };

    private readonly Room _room = new(2);

    private YText Mine => _room[0].GetText();

    private YText Theirs => _room[1].GetText();

    [Fact]
    public void A_format_that_is_replaced_at_one_line_does_not_flow_into_the_next()
    {
        YObject Line(string id) => new() { ["id"] = id, ["cell"] = new YObject { ["row"] = "r", ["cell"] = "c" }, ["row"] = "r" };
        Mine.ApplyDelta([DeltaOp.Inserting("\n", Line("1")), DeltaOp.Inserting("\n", Line("2")), DeltaOp.Inserting("\n", new YObject { ["id"] = "3" }), DeltaOp.Inserting("after")]);
        Mine.ApplyDelta([DeltaOp.Retaining(1), DeltaOp.Inserting("-")]);
        Mine.ApplyDelta([DeltaOp.Retaining(2), DeltaOp.Inserting(" ")]);
        Mine.ApplyDelta([DeltaOp.Retaining(1), DeltaOp.Deleting(2), DeltaOp.Retaining(1, new YObject { ["cell"] = YValue.Null, ["list"] = new YObject { ["list"] = "bullet" } })]);
        var lines = Mine.ToDelta();
        Assert.Equal(4, lines.Count);
        Assert.Equal(["id", "cell", "row"], lines[0].Attributes!.Keys);
        Assert.Equal(["id", "list", "row"], lines[1].Attributes!.Keys.Order());
        Assert.Equal("""{"insert":"\n","attributes":{"id":"3"}}""", lines[2].ToString());
        Assert.Equal("""{"insert":"after"}""", lines[3].ToString());
        _room.Settle();
    }

    [Fact]
    public void Lines_that_are_deleted_before_a_formatted_one_leave_none_of_their_formats()
    {
        Mine.ApplyDelta([DeltaOp.Inserting("a"), DeltaOp.Inserting("\n\n", new YObject { ["layout"] = "wide", ["id"] = "1" }), DeltaOp.Inserting("b"), DeltaOp.Inserting("\n", new YObject { ["id"] = "2", ["layout"] = "wide" }), DeltaOp.Inserting("\n", new YObject { ["id"] = "3" })]);
        Mine.ApplyDelta([DeltaOp.Retaining(1), DeltaOp.Deleting(3), DeltaOp.Retaining(1, new YObject { ["layout"] = YValue.Null, ["id"] = "4" })]);
        Assert.Equal("""[{"insert":"a"},{"insert":"\n","attributes":{"id":"4"}},{"insert":"\n","attributes":{"id":"3"}}]""", Bytes.Delta(Mine));
        _room.Settle();
    }

    [Fact]
    public void Formats_that_meet_are_told_so_that_an_editor_ends_with_the_same_text()
    {
        Mine.Insert(0, "abcde");
        _room.Flush();
        Mine.Format(0, 3, Bold);
        Theirs.Format(2, 2, Bold);
        var deltas = new List<string>();
        Theirs.Observe(happened =>
        {
            if (happened.Delta.Count > 0)
            {
                deltas.Add(string.Join(',', happened.Delta));
            }
        });
        _room.Flush();
        Assert.Equal(["""{"retain":3,"attributes":{"bold":true}},{"retain":2,"attributes":{"bold":null}}"""], deltas);
        _room.Settle();
    }

    [Fact]
    public void Plain_edits_are_told_one_by_one_and_what_cancels_out_is_nothing()
    {
        string? delta = null;
        Mine.Observe(happened => delta = string.Join(',', happened.Delta));
        Mine.Delete(0, 0);
        Mine.Insert(0, "abc");
        Assert.Equal(("abc", """{"insert":"abc"}"""), (Mine.ToString(), delta));
        Mine.Delete(0, 1);
        Assert.Equal(("bc", """{"delete":1}"""), (Mine.ToString(), delta));
        Mine.Delete(1, 1);
        Assert.Equal(("b", """{"retain":1},{"delete":1}"""), (Mine.ToString(), delta));
        _room[0].Transact(_ =>
        {
            Mine.Insert(0, "1");
            Mine.Delete(0, 1);
        });
        Assert.Equal("", delta);
        _room.Settle();
    }

    [Fact]
    public void Formatted_edits_are_told_and_make_no_mark_twice()
    {
        string? delta = null;
        Mine.Observe(happened => delta = string.Join(',', happened.Delta));
        Mine.Insert(0, "abc", Bold);
        Assert.Equal("""{"insert":"abc","attributes":{"bold":true}}""", delta);
        Mine.Delete(0, 1);
        Mine.Delete(1, 1);
        Assert.Equal("""{"retain":1},{"delete":1}""", delta);
        var marks = Marks();
        Mine.Insert(0, "z", Bold);
        Assert.Equal(("""{"insert":"z","attributes":{"bold":true}}""", marks), (delta, Marks()));
        Mine.Insert(0, "y");
        Assert.Equal("""{"insert":"y"}""", delta);
        Mine.Format(0, 2, Plain);
        Assert.Equal("""{"retain":1},{"retain":1,"attributes":{"bold":null}}""", delta);
        Assert.Equal("""[{"insert":"yz"},{"insert":"b","attributes":{"bold":true}}]""", Bytes.Delta(Mine));
        _room.Settle();
    }

    [Fact]
    public void False_is_a_format_like_any()
    {
        string? delta = null;
        Mine.Observe(happened => delta = string.Join(',', happened.Delta));
        Mine.Insert(0, "abcde", new YObject { ["falsy"] = false });
        Assert.Equal("""{"insert":"abcde","attributes":{"falsy":false}}""", delta);
        Mine.Format(1, 3, new YObject { ["falsy"] = true });
        Assert.Equal("""{"retain":1},{"retain":3,"attributes":{"falsy":true}}""", delta);
        Assert.Equal("""[{"insert":"a","attributes":{"falsy":false}},{"insert":"bcd","attributes":{"falsy":true}},{"insert":"e","attributes":{"falsy":false}}]""", Bytes.Delta(Mine));
        _room.Settle();
    }

    [Fact]
    public void Lines_are_formatted_apart()
    {
        Mine.Insert(0, "Test\nMulti-line\nFormatting");
        Mine.ApplyDelta([DeltaOp.Retaining(4, Bold), DeltaOp.Retaining(1), DeltaOp.Retaining(10, Bold), DeltaOp.Retaining(1), DeltaOp.Retaining(10, Bold)]);
        Assert.Equal(
            """[{"insert":"Test","attributes":{"bold":true}},{"insert":"\n"},{"insert":"Multi-line","attributes":{"bold":true}},{"insert":"\n"},{"insert":"Formatting","attributes":{"bold":true}}]""",
            Bytes.Delta(Mine));
    }

    [Fact]
    public void Empty_lines_keep_their_formats_apart_and_a_format_outlives_its_neighbour()
    {
        var title = new YObject { ["title"] = true };
        Mine.ApplyDelta([DeltaOp.Inserting("Text"), DeltaOp.Inserting("\n", title), DeltaOp.Inserting("\nText"), DeltaOp.Inserting("\n", title)]);
        Assert.Equal("""[{"insert":"Text"},{"insert":"\n","attributes":{"title":true}},{"insert":"\nText"},{"insert":"\n","attributes":{"title":true}}]""", Bytes.Delta(Mine));
        var other = _room[0].GetText("other");
        other.ApplyDelta([DeltaOp.Inserting("Text"), DeltaOp.Inserting("\n", title), DeltaOp.Inserting("\n")]);
        other.ApplyDelta([DeltaOp.Retaining(4), DeltaOp.Deleting(1), DeltaOp.Retaining(1, title)]);
        Assert.Equal("""[{"insert":"Text"},{"insert":"\n","attributes":{"title":true}}]""", Bytes.Delta(other));
    }

    [Fact]
    public void A_type_as_an_embed_reaches_the_other_as_a_type()
    {
        Mine.ApplyDelta([DeltaOp.Inserting(new YObject { ["linebreak"] = "s" })]);
        Assert.Equal("""[{"insert":{"linebreak":"s"}}]""", Bytes.Delta(Mine));
        _room.Flush();
        YMap? told = null;
        Theirs.Observe(happened => told = happened.Delta[0].Insert.As<YMap>());
        Mine.ApplyDelta([DeltaOp.Inserting(new YMap { ["key"] = "val" })]);
        _room.Settle();
        Assert.Equal("""{"key":"val"}""", Bytes.Json(told!));
        Assert.Same(told, Theirs.ToDelta()[0].Insert.As<YMap>());
    }

    [Fact]
    public void Snapshots_show_a_text_as_it_was_and_what_came_between()
    {
        var text = new YDoc(1, new YDocOptions { Gc = false }).GetText();
        text.ApplyDelta([DeltaOp.Inserting("abcd")]);
        var first = Snapshot.Of(text.Doc!);
        text.ApplyDelta([DeltaOp.Retaining(1), DeltaOp.Inserting("x"), DeltaOp.Deleting(1)]);
        var second = Snapshot.Of(text.Doc!);
        text.ApplyDelta([DeltaOp.Retaining(2), DeltaOp.Deleting(2), DeltaOp.Inserting("x")]);
        Assert.Equal("""{"insert":"abcd"}""", string.Join(',', text.ToDelta(first)));
        Assert.Equal("""{"insert":"axcd"}""", string.Join(',', text.ToDelta(second)));
        Assert.Equal(
            """{"insert":"a"},{"insert":"x","attributes":{"ychange":{"type":"added"}}},{"insert":"b","attributes":{"ychange":{"type":"removed"}}},{"insert":"cd"}""",
            string.Join(',', text.ToDelta(second, first)));
        Assert.Equal(
            """{"insert":"a"},{"insert":"x","attributes":{"ychange":"added 1:4"}},{"insert":"b","attributes":{"ychange":"removed 1:1"}},{"insert":"cd"}""",
            string.Join(',', text.ToDelta(second, first, (kind, id) => $"{kind} {id.Client}:{id.Clock}")));
    }

    [Fact]
    public void An_embed_inside_formatted_text_has_its_own_formats_or_none()
    {
        Mine.Insert(0, "ab", Bold);
        Mine.InsertEmbed(1, new YObject { ["image"] = "i.png" }, new YObject { ["width"] = 100 });
        Mine.InsertEmbed(3, new YObject { ["image"] = "j.png" });
        Assert.Equal(
            """[{"insert":"a","attributes":{"bold":true}},{"insert":{"image":"i.png"},"attributes":{"width":100}},{"insert":"b","attributes":{"bold":true}},{"insert":{"image":"j.png"}}]""",
            Bytes.Delta(Mine));
        Assert.Equal("\"ab\"", Bytes.Json(Mine));
    }

    [Fact]
    public void Formats_go_with_the_text_they_were_for()
    {
        Mine.Insert(0, "ab", Bold);
        Mine.Delete(0, 2);
        Assert.Equal(0, Marks());
        Mine.Insert(0, "1234");
        Mine.Insert(2, "ab", Bold);
        Mine.Delete(2, 2);
        Assert.Equal((0, "1234"), (Marks(), Mine.ToString()));
        _room.Settle();
    }

    [Fact]
    public void A_change_of_one_format_tells_nothing_of_the_others()
    {
        Mine.Insert(0, "\n", new YObject { ["paragraph"] = "normal", ["list"] = "bullet" });
        Mine.Insert(1, "abc", new YObject { ["paragraph"] = "normal" });
        _room.Flush();
        var deltas = new List<string>();
        foreach (var text in new[] { Mine, Theirs })
        {
            text.Observe(happened => deltas.Add(string.Join(',', happened.Delta)));
        }
        Theirs.Format(0, 1, new YObject { ["list"] = "number" });
        _room.Settle();
        const string Expected = """{"retain":1,"attributes":{"list":"number"}}""";
        Assert.Equal([Expected, Expected], deltas.Where(delta => delta.Length > 0));
    }

    [Fact]
    public void A_text_in_a_hundred_thousand_pieces_is_written_read_and_merged()
    {
        var doc = new YDoc(1);
        var updates = doc.RecordUpdates();
        doc.Transact(_ =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                doc.GetText().Insert(0, "0");
            }
        });
        var copy = new YDoc(2);
        copy.ApplyUpdateV2(doc.EncodeStateAsUpdateV2());
        Assert.Equal(100_000, copy.GetText().Length);
        Assert.Equal(copy.EncodeStateAsUpdate(), YUpdates.Merge(updates));
    }

    [Theory]
    [InlineData("insert")]
    [InlineData("delete")]
    [InlineData("format")]
    public void A_pair_that_is_cut_can_be_sent_however_it_was_cut(string how)
    {
        _room.Leave(1);
        Mine.Insert(0, "👾👾");
        switch (how)
        {
            case "insert": Mine.Insert(1, "hi!"); break;
            case "delete": Mine.Delete(1, 2); break;
            default: Mine.Format(1, 2, Bold); break;
        }
        _room.Settle();
        Assert.StartsWith("\uFFFD", Theirs.ToString());
    }

    [Fact]
    public void Updates_applied_again_inside_a_transaction_of_ones_own_change_nothing()
    {
        _room[0].Update += (update, _) =>
        {
            byte[] again = update.ToArray();
            _room[1].Transact(_ => _room[1].ApplyUpdate(again));
        };
        foreach (int round in new[] { 1, 2 })
        {
            Mine.Insert(0, "a_a");
            _room.Flush();
            Mine.Insert(2, "s");
            _room.Flush();
            Theirs.Insert(3, "d");
            _room.Flush();
            Assert.Equal("a_sda", Theirs.ToString());
            if (round == 1)
            {
                Mine.Delete(0, 5);
                _room.Flush();
            }
        }
        _room.Settle();
    }

    [Fact]
    public void A_format_inside_another_ends_where_it_should_also_at_the_other()
    {
        Mine.Insert(0, "\n\n\n");
        Mine.Format(0, 3, new YObject { ["url"] = "a" });
        Mine.Format(1, 1, new YObject { ["url"] = "b" });
        _room.Settle();
        const string Expected = """[{"insert":"\n","attributes":{"url":"a"}},{"insert":"\n","attributes":{"url":"b"}},{"insert":"\n","attributes":{"url":"a"}}]""";
        Assert.Equal((Expected, Expected), (Bytes.Delta(Mine), Bytes.Delta(Theirs)));
    }

    [Fact]
    public void A_format_that_is_taken_away_in_part_leaves_the_rest()
    {
        Mine.Insert(0, "Attack ships on fire off the shoulder of Orion.");
        Mine.Format(13, 7, Bold);
        _room.Flush();
        Mine.Format(16, 4, Plain);
        _room.Settle();
        Assert.Equal("""[{"insert":"Attack ships "},{"insert":"on ","attributes":{"bold":true}},{"insert":"fire off the shoulder of Orion."}]""", Bytes.Delta(Theirs));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_random_formatting_and_meeting_no_format_is_left_that_says_nothing(int seed)
    {
        var dice = new SeededDice(seed);
        for (int round = 0; round < 300; round++)
        {
            var room = new Room(3);
            for (int step = 0; step < 2; step++)
            {
                var text = room[dice.Next(3)].GetText();
                int at = dice.Next(text.Length + 1);
                if (text.Length > at && dice.Next(2) == 0)
                {
                    text.Format(at, 1, new YObject { ["bold"] = dice.Next(2) == 0 ? true : YValue.Null });
                }
                else
                {
                    text.Insert(at, "ab", dice.Next(2) == 0 ? Bold : null);
                }
                if (dice.Next(2) == 0)
                {
                    room.Flush();
                }
            }
            room.Settle();
            var before = room[0].EncodeStateAsUpdate();
            room[0].Transact(transaction => TextCleanup.CleanWhole(transaction, room[0].GetText().Node!));
            Assert.Equal(before, room[0].EncodeStateAsUpdate());
        }
    }

    private int Marks() => YUpdates.Decode(_room[0].EncodeStateAsUpdate()).Structs.Count(item => item.Kind == "format");
}
