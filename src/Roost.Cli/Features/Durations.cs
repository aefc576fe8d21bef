using System.CommandLine.Parsing;
using System.Globalization;

namespace Roost.Cli.Features;

/// <summary>Times as people write them: 90, 90s, 10m, 2h, 7d; a bare number is seconds.</summary>
internal static class Durations
{
    /// <summary>Reads one; the command's usage error names what was wrong.</summary>
    public static TimeSpan? Read(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (TryRead(text, out var time))
        {
            return time;
        }
        result.AddError($"'{text}' is no duration; write it like 90s, 10m, 2h or 7d");
        return null;
    }

    internal static bool TryRead(string text, out TimeSpan time)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, >= '0' and <= '9' => 1, _ => 0 };
        string number = text.TrimEnd('s', 'm', 'h', 'd');
        bool good = unit > 0 && number.Length >= text.Length - 1
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value * unit <= 366 * 86400d;
        time = good ? TimeSpan.FromSeconds(double.Parse(number, CultureInfo.InvariantCulture) * unit) : default;
        return good;
    }
}
