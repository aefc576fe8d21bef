using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>Bytes of strangers: refused with a cause and a position, and nothing changes.</summary>
public class HostileUpdateTests
{
    [Theory]
    [InlineData("", UpdateFault.Truncated)]
    [InlineData("01", UpdateFault.Truncated)]
    [InlineData("ff", UpdateFault.Truncated)]
    [InlineData("ffffffffffffffffff01", UpdateFault.NumberTooLarge)]
    [InlineData("0101010004010174036162", UpdateFault.Truncated)]              // text cut off
    [InlineData("010101000401017402c32800", UpdateFault.BadText)]              // not UTF-8
    [InlineData("01010100040101740000", UpdateFault.EmptyStruct)]
    [InlineData("0101010007010174070000", UpdateFault.ForeignType)]            // weak link of yrs
    [InlineData("010101000b01017400", UpdateFault.UnknownContent)]
    [InlineData("01010100840105016100", UpdateFault.BadReference)]             // left origin is its own future
    [InlineData("0101010005010174017b00", UpdateFault.BadJson)]                // embed "{"
    [InlineData("01010100080101740100", UpdateFault.UnknownValue)]             // value of kind 0
    [InlineData("01010100000500", null)]                                       // a GC of five is fine
    [InlineData("010101ffffffff0f000200", UpdateFault.ClockTooLarge)]          // ends above 2^32 - 1
    [InlineData("01ffffff7f0100000100", UpdateFault.OverBudget)]               // announces 268 million structs
    [InlineData("00ffffff7f", UpdateFault.Truncated)]                          // and as many clients
    [InlineData("0201010000010101010001010000", UpdateFault.Malformed)]        // two sections of client 1
    public void A_V1_update_that_is_wrong_is_refused(string hex, UpdateFault? fault) => Check(Bytes.From(hex), v2: false, fault);

    [Theory]
    [InlineData("00", UpdateFault.Truncated)]
    [InlineData("0000000000000000000000", UpdateFault.Truncated)]
    [InlineData("00000102000001000000000001ffffff7f0000", UpdateFault.OverBudget)]      // a repeated info byte, 268 million times
    public void A_V2_update_that_is_wrong_is_refused(string hex, UpdateFault? fault) => Check(Bytes.From(hex), v2: true, fault);

    [Fact]
    public void Values_nested_too_deeply_are_refused()
    {
        var nested = string.Concat(Enumerable.Repeat("7501", 200)) + "7e";
        Check(Bytes.From("01010100080101740" + "1" + nested + "00"), v2: false, UpdateFault.TooDeep);
        var json = new string('[', 200) + new string(']', 200);
        var hex = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(json));
        Check(Bytes.From("010101000501017490" + "03" + hex + "00"), v2: false, UpdateFault.BadJson);
    }

    [Fact]
    public void Every_truncation_of_a_real_update_is_refused_or_applied()
    {
        var author = SampleDocument.Make(1);
        foreach (var v2 in new[] { false, true })
        {
            var update = v2 ? author.EncodeStateAsUpdateV2() : author.EncodeStateAsUpdate();
            for (var length = 0; length < update.Length; length++)
            {
                Check(update.AsSpan(0, length), v2);
            }
        }
    }

    [Fact]
    public void Every_changed_byte_of_a_real_update_is_refused_or_applied()
    {
        var author = SampleDocument.Make(1);
        foreach (var v2 in new[] { false, true })
        {
            var update = v2 ? author.EncodeStateAsUpdateV2() : author.EncodeStateAsUpdate();
            for (var at = 0; at < update.Length; at++)
            {
                foreach (var change in (byte[])[0x01, 0x80, 0xFF, 0x20])
                {
                    var changed = (byte[])update.Clone();
                    changed[at] ^= change;
                    Check(changed, v2);
                }
            }
        }
    }

    [Fact]
    public void A_million_maps_inside_each_other_are_deleted_without_a_stack_overflow()
    {
        var doc = new YDoc(1);
        var map = doc.GetMap("m");
        doc.Transact(_ =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                var inner = new YMap();
                map.Set("k", inner);
                map = inner;
            }
        });
        doc.GetMap("m").Delete("k");
        Assert.Equal(2, doc.Size.Structs);
    }

    [Fact]
    public void An_item_in_something_that_is_no_type_becomes_a_GC()
    {
        var doc = new YDoc(1);
        doc.GetText("t").Insert(0, "ab");
        doc.ApplyUpdate(Bytes.From("01010200 0400 0100 0161 00"));   // parent: the letter a of client 1
        Assert.Equal("ab", doc.GetText("t").ToString());
        Assert.Equal(1u, doc.StateVector()[2]);
    }

    [Fact]
    public void A_forged_continuation_stays_in_the_list_of_its_beginning()
    {
        var doc = new YDoc(1);
        doc.ApplyUpdate(Bytes.From("01010200 0401 0174 026162 00"));   // client 2 writes "ab" into t
        doc.ApplyUpdate(Bytes.From("01010200 0401 0175 03616263 00"));   // and claims that "abc" stood in u
        Assert.Equal("abc", doc.GetText("t").ToString());
        Assert.Equal(3, doc.GetText("t").Length);
        Assert.Equal(0, doc.GetText("u").Length);
    }

    [Fact]
    public void Deletions_out_of_order_may_wait()
    {
        var doc = new YDoc(1);
        doc.ApplyUpdate(Bytes.From("00 01 02 03 0501 0102 0201"));
        Assert.True(doc.HasPending);
        doc.ApplyUpdate(Bytes.From("00 01 02 01 0001"));
        doc.ApplyUpdate(Bytes.From("01010200 0401 0174 06616263646566 00"));
        Assert.Equal("de", doc.GetText("t").ToString());
        Assert.False(doc.HasPending);
    }

    [Fact]
    public void A_V2_embed_that_JSON_cannot_hold_is_refused()
    {
        var author = new YDoc(1);
        author.GetText("t").InsertEmbed(0, new YObject { ["n"] = 1234567 });
        var update = author.EncodeStateAsUpdateV2();
        var hex = Bytes.Hex(update).Replace("7d87da96", "7a0000000000000001");   // the number becomes a big integer
        Assert.True(hex.Length > update.Length * 2);
        Check(Bytes.From(hex), v2: true, UpdateFault.BadJson);
        Assert.Throws<ArgumentException>(() => author.GetText("t").InsertEmbed(0, new YObject { ["n"] = YValue.FromBigInt(1) }));
    }

    [Fact]
    public void A_root_of_another_type_is_an_error_for_the_caller_only()
    {
        var doc = new YDoc(1);
        doc.GetText("t").Insert(0, "ab");
        Assert.Throws<InvalidOperationException>(() => doc.GetMap("t"));
        Assert.Equal("ab", doc.GetText("t").ToString());
    }

    private static void Check(ReadOnlySpan<byte> update, bool v2, UpdateFault? fault)
    {
        var refusal = Check(update, v2);
        Assert.Equal(fault, refusal?.Fault);
    }

    /// <summary>Applies to a document with content; on refusal nothing may have changed.</summary>
    private static UpdateFormatException? Check(ReadOnlySpan<byte> update, bool v2)
    {
        var doc = SampleDocument.Make(9);
        var before = doc.EncodeStateAsUpdate();
        if (doc.TryApplyUpdate(update, out var refusal, v2))
        {
            _ = doc.ToJson();
            Assert.NotEmpty(doc.EncodeStateAsUpdateV2());
            return null;
        }

        Assert.InRange(refusal.Position, 0, update.Length);
        Assert.Equal(before, doc.EncodeStateAsUpdate());
        return refusal;
    }

    [Fact]
    public void An_update_of_the_other_format_is_refused_with_a_hint_and_changes_nothing()
    {
        var text = new YDoc(1);
        text.GetText().Insert(0, "abc");
        foreach (var source in new[] { new YDoc(1), text, SampleDocument.Make(1) })
        {
            var doc = new YDoc(2);
            Assert.False(doc.TryApplyUpdate(source.EncodeStateAsUpdateV2(), out var asV1));
            Assert.False(doc.TryApplyUpdate(source.EncodeStateAsUpdate(), out var asV2, v2: true));
            Assert.Empty(doc.StateVector());
            Assert.False(doc.HasPending);
            Assert.True(source != text || asV1.Message.Contains("format V2", StringComparison.Ordinal));
            Assert.True(source != text || asV2.Message.Contains("format V1", StringComparison.Ordinal));
        }
    }
}
