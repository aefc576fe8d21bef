namespace Roost.Core.Codec;

/// <summary>Hexadecimal digits; reading takes both cases, writing gives lower case.</summary>
public static class Hex
{
    /// <summary>Reads two digits a byte; the text must have exactly 2 × destination.Length digits.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != 2 * destination.Length)
        {
            return false;
        }
        for (int i = 0; i < destination.Length; i++)
        {
            int high = Digit(text[2 * i]);
            int low = Digit(text[2 * i + 1]);
            if ((high | low) < 0)
            {
                return false;
            }
            destination[i] = (byte)(high << 4 | low);
        }
        return true;
    }

    /// <summary>Lower-case digits of <paramref name="bytes"/>.</summary>
    public static string ToString(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };
}
