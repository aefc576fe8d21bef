using System.Globalization;
using System.Text;

namespace Roost.Crdt;

/// <summary>Numbers written as ECMAScript's <c>Number::toString</c> writes them, since V1 updates carry JSON text.</summary>
internal static class ScriptNumber
{
    public static void Write(StringBuilder output, double value)
    {
        if (value == 0)
        {
            output.Append('0');
            return;
        }

        if (Math.Abs(value) < 1e15 && value == Math.Floor(value))
        {
            output.Append((long)value);
            return;
        }

        // "E16" would round; "R" gives the shortest digits that read back the same, as ECMAScript asks for.
        var text = value.ToString("R", CultureInfo.InvariantCulture).AsSpan();
        if (text[0] == '-')
        {
            output.Append('-');
            text = text[1..];
        }

        var mark = text.IndexOf('E');
        var exponent = mark < 0 ? 0 : int.Parse(text[(mark + 1)..], CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var dot = mantissa.IndexOf('.');
        var digits = string.Concat(dot < 0 ? mantissa : mantissa[..dot], dot < 0 ? default : mantissa[(dot + 1)..]);
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        var leading = digits.Length - digits.TrimStart('0').Length;
        Place(output, digits.Trim('0'), point - leading);
    }

    /// <summary>Puts the decimal point; <paramref name="point"/> is the n of the standard: value = 0.digits × 10ⁿ.</summary>
    private static void Place(StringBuilder output, string digits, int point)
    {
        if (point is > 0 and <= 21)
        {
            if (digits.Length <= point)
            {
                output.Append(digits).Append('0', point - digits.Length);
            }
            else
            {
                output.Append(digits.AsSpan(0, point)).Append('.').Append(digits.AsSpan(point));
            }
        }
        else if (point is > -6 and <= 0)
        {
            output.Append("0.").Append('0', -point).Append(digits);
        }
        else
        {
            output.Append(digits[0]);
            if (digits.Length > 1)
            {
                output.Append('.').Append(digits.AsSpan(1));
            }

            output.Append('e').Append(point > 0 ? '+' : '-').Append(Math.Abs(point - 1));
        }
    }
}
