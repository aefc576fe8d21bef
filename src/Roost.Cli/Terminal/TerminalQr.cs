using System.Collections;
using System.Text;
using QRCoder;

namespace Roost.Cli.Terminal;

/// <summary>A QR code of half blocks: two modules a character, so that a link fits a terminal of 80 × 24.</summary>
internal static class TerminalQr
{
    private const int Quiet = 2;
    private const int Margin = 2;

    /// <summary>The lines of the code, without a newline at the end; where a terminal has no room for it, one line that says so.</summary>
    /// <param name="text">What a phone reads.</param>
    /// <param name="colors">Draw black on white whatever the terminal's colours are; else with the terminal's own two colours.</param>
    /// <param name="lightTerminal">Without colours: whether the terminal writes dark on light.</param>
    /// <param name="width">Columns of the terminal; 0 when nobody knows, which is room enough.</param>
    public static IEnumerable<string> Draw(string text, bool colors, bool lightTerminal, int width = 0)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L, forceUtf8: true);
        var modules = Trim(data.ModuleMatrix);
        if (width > 0 && width < modules.Count)
        {
            // Wrapped lines are no code that anything could read.
            yield return $"(no QR code: it takes {modules.Count} columns, here are {width})";
            yield break;
        }
        bool inkIsDark = colors || lightTerminal;
        string margin = width > 0 && width < modules.Count + Margin ? "" : new string(' ', Margin);
        for (int y = 0; y < modules.Count; y += 2)
        {
            var line = new StringBuilder(margin).Append(colors ? "\e[30;47m" : "");
            for (int x = 0; x < modules.Count; x++)
            {
                bool top = modules[y][x] == inkIsDark;
                bool bottom = (y + 1 < modules.Count && modules[y + 1][x]) == inkIsDark;
                line.Append((top, bottom) switch { (true, true) => '█', (true, false) => '▀', (false, true) => '▄', _ => ' ' });
            }
            yield return line.Append(colors ? "\e[0m" : "").ToString();
        }
    }

    /// <summary>Whether the terminal says that it writes dark on light (COLORFGBG, as rxvt, Konsole and others set it).</summary>
    public static bool IsLightTerminal() =>
        Environment.GetEnvironmentVariable("COLORFGBG")?.Split(';')[^1] is "7" or "15";

    /// <summary>QRCoder adds 4 modules of quiet zone; readers want 2 beside a terminal's own margin, and lines are dear.</summary>
    private static List<bool[]> Trim(List<BitArray> matrix)
    {
        int border = 4 - Quiet;
        var rows = new List<bool[]>();
        for (int y = border; y < matrix.Count - border; y++)
        {
            rows.Add([.. Enumerable.Range(border, matrix.Count - 2 * border).Select(x => matrix[y][x])]);
        }
        return rows;
    }
}
