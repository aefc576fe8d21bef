using System.Runtime.InteropServices;

namespace Roost.Cli.Terminal;

/// <summary>What people read: lines on stderr, coloured on a terminal unless NO_COLOR says otherwise.</summary>
/// <remarks>Thread-safe: one line at a time.</remarks>
internal sealed partial class Screen(bool quiet)
{
    private readonly Lock _lock = new();
    private readonly Repeats _repeats = new(TimeProvider.System);

    /// <summary>Whether stderr is a terminal.</summary>
    public static bool IsTerminal => !Console.IsErrorRedirected;

    /// <summary>Whether colours and drawings may be used.</summary>
    public static bool Colors { get; } = (IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb")
        || Environment.GetEnvironmentVariable("CLICOLOR_FORCE") is { Length: > 0 } and not "0";

    /// <summary>Whether stdout may have colours.</summary>
    public static bool OutputColors { get; } = (!Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb")
        || Environment.GetEnvironmentVariable("CLICOLOR_FORCE") is { Length: > 0 } and not "0";

    /// <summary>Columns of the terminal that stderr is; 0 when it is none, or does not tell.</summary>
    public static int Width => IsTerminal && OperatingSystem.IsLinux() && ioctl(2, AskSize, out var size) == 0 ? size.Columns : 0;

    /// <summary>Says where something is to be had: as a QR code that fits the terminal, when asked for, and as a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="withCode">Whether to draw the code, too.</param>
    public void SayLink(string link, bool withCode)
    {
        string[] code = withCode ? [.. TerminalQr.Draw(link, Colors, TerminalQr.IsLightTerminal(), Width)] : [];
        foreach (string line in code)
        {
            Say(line);
        }
        Say(code.Length == 1 ? "Open" : "Scan, or open", Bold(link), link.Length);
    }

    /// <summary>Says what to do and with what; on a terminal that is too narrow for both, the latter has its lines to itself, so that it can be picked up whole.</summary>
    /// <param name="lead">What to do.</param>
    /// <param name="with">A link or a command.</param>
    /// <param name="length">Its columns.</param>
    public void Say(string lead, string with, int length)
    {
        const int column = 18;
        if (Width is > 0 and var width && width < column + length)
        {
            Say("  " + lead);
            Say((width < length + 4 ? "" : "    ") + with);
        }
        else
        {
            Say($"  {lead}".PadRight(column) + with);
        }
    }

    /// <summary>Says something, unless quiet.</summary>
    public void Say(string line)
    {
        if (!quiet)
        {
            Write(line);
        }
    }

    /// <summary>Says that something went well.</summary>
    public void Good(string line) => Say($"  {Paint("●", "32")} {line}");

    /// <summary>Says that something is worth a look; shown even when quiet, and the same not again within seconds.</summary>
    public void Warn(string line)
    {
        string? due;
        line = TerminalFilter.Plain(line);
        lock (_lock)
        {
            due = _repeats.Next(line);
        }
        if (due is not null)
        {
            Write($"  {Paint("!", "33")} {due}");
        }
    }

    /// <summary>Says what went wrong and what to do.</summary>
    public void Problem(Problem problem)
    {
        Write($"  {Paint("✘", "31")} {problem.Code} {TerminalFilter.Plain(problem.Cause)}");
        Write($"    → {TerminalFilter.Plain(problem.Fix)}");
    }

    /// <summary>Bold where there are colours.</summary>
    public static string Bold(string text) => Paint(text, "1");

    /// <summary>Dim where there are colours.</summary>
    public static string Dim(string text) => Paint(text, "2");

    private static string Paint(string text, string code) => Colors ? $"\e[{code}m{text}\e[0m" : text;

    // ioctl(2) TIOCGWINSZ of Linux, and its struct winsize.
    private const nuint AskSize = 0x5413;

    private readonly record struct TerminalSize(ushort Rows, ushort Columns, ushort WidthPixels, ushort HeightPixels);

    [LibraryImport("libc")]
    private static partial int ioctl(int file, nuint request, out TerminalSize size);

    private void Write(string text)
    {
        // Names, reasons and messages come from others: hubs, hosts, writers.
        text = TerminalFilter.Safe(text);
        lock (_lock)
        {
            try
            {
                Console.Error.WriteLine(text);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its terminal is gone or its disk is full: there is nobody to tell, and the work goes on.
            }
        }
    }
}
