using Roost.Cli.Terminal;
using Roost.Core.Crypto;
using Roost.Hub.Hosting;

namespace Roost.Cli.Features;

/// <summary>Turns what can go wrong in a command into its documented error and exit code.</summary>
internal static class Running
{
    public static async Task<int> GuardAsync(Screen screen, JsonLines json, Func<Task<int>> run)
    {
        try
        {
            int exit = await run();
            return json.Failure is { } why ? Report(screen, json, StreamWords.StdoutFailed(why)) : exit;
        }
        catch (ProblemException e)
        {
            return Report(screen, json, e.Problem);
        }
        catch (CryptoUnavailableException e)
        {
            return Report(screen, json, FromMessage(e.Message, "install OpenSSL 3 and try again", ExitCode.Resource));
        }
        catch (HubStartException e)
        {
            return Report(screen, json, FromMessage(e.Message, "see docs/errors.md", e.Code == "ROOST-1903" ? ExitCode.Usage : ExitCode.Resource));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Report(screen, json, FromMessage(e.Message, e is ArgumentException ? "see docs/errors.md" : "check the path, who may read and write there, and that the disk has room", e is ArgumentException ? ExitCode.Usage : ExitCode.Resource));
        }
    }

    /// <summary>What was asked for cannot be written to stdout.</summary>
    public static int NoOutput(IOException e)
    {
        new Screen(quiet: false).Problem(new Problem("ROOST-2400", $"stdout cannot be written: {e.Message}", "make room where it leads to", ExitCode.Resource));
        return ExitCode.Resource;
    }

    /// <summary>Our own mistake: says so, with what a report needs.</summary>
    public static int Unexpected(Exception exception)
    {
        var screen = new Screen(quiet: false);
        screen.Problem(new Problem("ROOST-1999", $"unexpected: {exception.Message}", "this is a mistake in roost; please report it with the lines below", ExitCode.Unexpected));
        Console.Error.WriteLine(exception);
        return ExitCode.Unexpected;
    }

    /// <summary>Library errors carry their code in front: "ROOST-2003 the room … ; what to do".</summary>
    private static Problem FromMessage(string message, string fix, int exit)
    {
        string text = message.Split(" (Parameter", 2)[0];
        string code = "ROOST-2400";
        if (text.StartsWith("ROOST-", StringComparison.Ordinal) && text.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space)
        {
            code = text[..space];
            text = text[(space + 1)..];
        }
        int cut = text.LastIndexOf("; ", StringComparison.Ordinal);
        return cut > 0 ? new Problem(code, text[..cut], text[(cut + 2)..], exit) : new Problem(code, text, fix, exit);
    }

    private static int Report(Screen screen, JsonLines json, Problem problem)
    {
        screen.Problem(problem);
        json.Write("error", ("code", problem.Code), ("message", problem.Cause), ("hint", problem.Fix), ("exit", problem.Exit));
        return problem.Exit;
    }
}
