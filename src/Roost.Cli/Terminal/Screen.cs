namespace Roost.Cli.Terminal;

/// <summary>What people read: lines on stderr, coloured on a terminal unless NO_COLOR says otherwise.</summary>
/// <remarks>Thread-safe: one line at a time.</remarks>
internal sealed class Screen(bool quiet)
{
    private readonly Lock _lock = new();

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

    /// <summary>Says that something is worth a look; shown even when quiet.</summary>
    public void Warn(string line) => Write($"  {Paint("!", "33")} {line}");

    /// <summary>Says what went wrong and what to do.</summary>
    public void Problem(Problem problem)
    {
        Write($"  {Paint("✘", "31")} {problem.Code} {problem.Cause}");
        Write($"    → {problem.Fix}");
    }

    /// <summary>Bold where there are colours.</summary>
    public static string Bold(string text) => Paint(text, "1");

    /// <summary>Dim where there are colours.</summary>
    public static string Dim(string text) => Paint(text, "2");

    private static string Paint(string text, string code) => Colors ? $"\e[{code}m{text}\e[0m" : text;

    private void Write(string text)
    {
        lock (_lock)
        {
            Console.Error.WriteLine(text);
        }
    }
}
