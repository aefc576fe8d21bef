namespace Roost.Core.Codec;

/// <summary>Where a run of bytes may be cut without cutting a UTF-8 character.</summary>
public static class Utf8Tail
{
    /// <summary>The length of <paramref name="bytes"/> without an unfinished character at its end; all of it when the end is no UTF-8 anyway.</summary>
    public static int WholeLength(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            byte b = bytes[^back];
            if ((b & 0xC0) == 0x80)
            {
                continue;
            }
            int needs = b switch
            {
                >= 0xC2 and <= 0xDF => 2,
                >= 0xE0 and <= 0xEF => 3,
                >= 0xF0 and <= 0xF4 => 4,
                _ => 1,
            };
            return needs > back ? bytes.Length - back : bytes.Length;
        }
        return bytes.Length;
    }
}
