using Roost.Crdt;

namespace Roost.Tests.Crdt;

public class TextTests
{
    private static readonly YObject Bold = new() { ["bold"] = true };
    private static readonly YObject NotBold = new() { ["bold"] = YValue.Null };

    [Fact]
    public void Two_writers_at_one_place_both_stay()
    {
        var (first, second) = (new YDoc(1), new YDoc(2));
        first.GetText().Insert(0, "abc");
        second.GetText().Insert(0, "xyz");
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        first.ApplyUpdateV2(second.EncodeStateAsUpdateV2());
        Assert.Equal("abcxyz", first.GetText().ToString());
        Assert.Equal("abcxyz", second.GetText().ToString());
        Assert.Equal(first.EncodeStateAsUpdate(), second.EncodeStateAsUpdate());
    }

    [Fact]
    public void Typing_is_one_struct_however_many_keystrokes()
    {
        var doc = new YDoc(1);
        for (var i = 0; i < 1000; i++)
        {
            doc.GetText().Append("x");
        }

        Assert.Equal(1, doc.Size.Structs);
        Assert.Equal(1000, doc.GetText().Length);
    }

    [Fact]
    public void Appending_a_token_costs_few_bytes()
    {
        var doc = new YDoc(0xDEADBEEF);
        long bytes = 0;
        doc.Update += (update, _) => bytes += update.Length;
        for (var i = 0; i < 20_000; i++)
        {
            doc.GetText().Append("word");
        }

        Assert.InRange(bytes / 20_000.0, 1, 25);
    }

    [Fact]
    public void Appending_a_token_allocates_nothing_but_growth()
    {
        var doc = new YDoc(1);
        doc.Update += (_, _) => { };
        var text = doc.GetText();
        text.Append(new string('x', 400_000));   // leaves room to grow into
        AppendTokens(text);   // what is made once and kept; all code is compiled in full at once (this project's TieredCompilation)
        var before = GC.GetAllocatedBytesForCurrentThread();
        AppendTokens(text);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void AppendTokens(YText text)
        {
            for (var i = 0; i < 1000; i++)
            {
                text.Append("w");
            }
        }
    }

    [Fact]
    public void Formatting_reads_back_as_a_delta()
    {
        var text = new YDoc(1).GetText();
        text.Insert(0, "abcd", Bold);
        text.Insert(2, "XX", []);
        text.Format(0, 1, NotBold);
        Assert.Equal(
            """[{"insert":"a"},{"insert":"b","attributes":{"bold":true}},{"insert":"XX"},{"insert":"cd","attributes":{"bold":true}}]""",
            Bytes.Delta(text));
    }

    [Fact]
    public void Text_without_attributes_takes_those_of_its_place()
    {
        var text = new YDoc(1).GetText();
        text.Insert(0, "ab", Bold);
        text.Insert(1, "x");
        Assert.Equal("""[{"insert":"axb","attributes":{"bold":true}}]""", Bytes.Delta(text));
    }

    [Fact]
    public void Embeds_and_types_count_as_one()
    {
        var text = new YDoc(1).GetText();
        text.Insert(0, "ab");
        text.InsertEmbed(1, new YObject { ["image"] = "x" }, Bold);
        text.InsertEmbed(3, new YMap { ["k"] = 1 });
        Assert.Equal(4, text.Length);
        Assert.Equal("ab", text.ToString());
        Assert.Equal(
            """[{"insert":"a"},{"insert":{"image":"x"},"attributes":{"bold":true}},{"insert":"b"},{"insert":{"k":1}}]""", Bytes.Delta(text));
    }

    [Fact]
    public void A_delta_is_applied_in_one_pass()
    {
        var text = new YDoc(1).GetText();
        text.ApplyDelta([DeltaOp.Inserting("hello", Bold), DeltaOp.Inserting(" world")]);
        text.ApplyDelta([DeltaOp.Retaining(5, NotBold), DeltaOp.Deleting(1), DeltaOp.Inserting("_")]);
        Assert.Equal("""[{"insert":"hello_world"}]""", Bytes.Delta(text));
    }

    [Fact]
    public void A_surrogate_pair_that_is_cut_becomes_two_replacement_characters()
    {
        var doc = new YDoc(1);
        doc.GetText().Insert(0, "a😀b");
        doc.GetText().Insert(2, "x");
        Assert.Equal("a\uFFFDx\uFFFDb", doc.GetText().ToString());
        var copy = new YDoc(2);
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal("a\uFFFDx\uFFFDb", copy.GetText().ToString());
    }

    [Fact]
    public void Concurrent_formatting_leaves_the_same_formats_everywhere()
    {
        var (first, second) = (new YDoc(1), new YDoc(2));
        first.GetText().Insert(0, "abcdef");
        second.ApplyUpdate(first.EncodeStateAsUpdate());
        first.GetText().Format(0, 4, Bold);
        second.GetText().Format(2, 4, Bold);
        for (var round = 0; round < 2; round++)
        {
            second.ApplyUpdate(first.EncodeStateAsUpdate(second.EncodeStateVector()));
            first.ApplyUpdate(second.EncodeStateAsUpdate(first.EncodeStateVector()));
        }

        // Recorded from Yjs: the earlier end of the two wins.
        Assert.Equal(
            """[{"insert":"ab","attributes":{"bold":true}},{"insert":"cd","attributes":{"bold":true}},{"insert":"ef"}]""",
            Bytes.Delta(first.GetText()));
        Assert.Equal(first.EncodeStateAsUpdate(), second.EncodeStateAsUpdate());
    }

    [Fact]
    public void Positions_outside_the_text_are_refused()
    {
        var text = new YDoc(1).GetText();
        text.Insert(0, "abc");
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Insert(4, "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Insert(-1, "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Delete(2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Format(1, 9, Bold));
        Assert.Equal("abc", text.ToString());
    }

    [Fact]
    public void A_text_is_filled_before_it_is_part_of_a_document()
    {
        var doc = new YDoc(1);
        var text = new YText("abc");
        text.Append("d");
        text.Format(0, 1, Bold);
        doc.GetArray().Push(text);
        Assert.Equal("abcd", text.ToString());
        Assert.Equal("""[{"insert":"a","attributes":{"bold":true}},{"insert":"bcd"}]""", Bytes.Delta(text));
        Assert.Throws<InvalidOperationException>(() => doc.GetArray().Push(text));
        doc.GetArray().Push(text.Clone());
        Assert.Equal("""["abcd","abcd"]""", Bytes.Json(doc.GetArray()));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_long_text_edited_everywhere_stays_what_a_string_would_be(int seed)
    {
        var dice = new Roost.Testing.SeededDice(seed);
        var (doc, mirror) = (new YDoc(1), new YDoc(2));
        doc.Update += (update, _) => mirror.ApplyUpdate(update);
        var expected = new System.Text.StringBuilder();
        for (var i = 0; i < 6000; i++)
        {
            var at = dice.Next(expected.Length + 1);
            if (expected.Length - at > 3 && dice.Next(3) == 0)
            {
                var length = 1 + dice.Next(3);
                doc.GetText().Delete(at, length);
                expected.Remove(at, length);
            }
            else
            {
                var word = new string((char)('a' + dice.Next(26)), 1 + dice.Next(4));
                doc.GetText().Insert(at, word);
                expected.Insert(at, word);
            }
        }

        Assert.Equal(expected.ToString(), doc.GetText().ToString());
        Assert.Equal(expected.ToString(), mirror.GetText().ToString());
        Assert.Equal(doc.EncodeStateAsUpdateV2(), mirror.EncodeStateAsUpdateV2());
        Assert.Equal(expected.Length, mirror.GetText().Length);
    }
}
