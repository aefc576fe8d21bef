using Roost.Core.Codec;

namespace Roost.Tests.Codec;

public class ByteReaderTests
{
    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(127UL, "7f")]
    [InlineData(128UL, "8001")]
    [InlineData(300UL, "ac02")]
    [InlineData(9007199254740991UL, "ffffffffffffff0f")]
    public void Varuints_round_trip(ulong value, string hex)
    {
        var writer = new ByteWriter().VarUInt(value);
        Assert.Equal(hex, Hex.ToString(writer.Written));
        var reader = new ByteReader(writer.Written);
        Assert.True(reader.TryVarUInt(out ulong read) && reader.AtEnd);
        Assert.Equal(value, read);
        Assert.Equal(writer.Length, VarUInt.Size(value));
    }

    [Theory]
    [InlineData("8000")]             // not the shortest form
    [InlineData("80")]               // cut off
    [InlineData("ffffffffffffff1f")] // over 2^53 - 1
    [InlineData("ffffffffffffffff01")]
    [InlineData("")]
    public void Other_varuints_are_refused(string hex)
    {
        var reader = new ByteReader(Convert.FromHexString(hex));
        Assert.False(reader.TryVarUInt(out _));
    }

    [Fact]
    public void Reads_past_the_end_move_nothing()
    {
        var reader = new ByteReader([1, 2, 3]);
        Assert.False(reader.TryU32(out _));
        Assert.False(reader.TryBytes(-1, out _));
        Assert.Equal(3, reader.Rest.Length);
        Assert.True(reader.TryU16(out ushort value));
        Assert.Equal(0x0102, value);
    }

    [Theory]
    [InlineData("02c3bc", true)]
    [InlineData("02c328", false)]
    [InlineData("05c3", false)]
    public void A_str8_is_valid_utf_8(string hex, bool good)
    {
        var reader = new ByteReader(Convert.FromHexString(hex));
        Assert.Equal(good, reader.TryStr8(out string text));
        Assert.Equal(good ? "ü" : "", text);
    }
}
