namespace Roost.Cli.Terminal;

/// <summary>What people read: lines on stderr, coloured on a terminal unless NO_COLOR says otherwise.</summary>
/// <remarks>Thread-safe: one line at a time.</remarks>
internal sealed class Screen(bool quiet)
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
