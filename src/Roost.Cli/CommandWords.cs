using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Roost.Cli;

/// <summary>What a command line that cannot be understood is answered.</summary>
internal static partial class CommandWords
{
    private const int NearEnough = 2;

    /// <summary><c>roost help doc open</c> is <c>roost doc open --help</c>.</summary>
    public static string[] Usual(string[] args) => args is ["help", .. var verb] ? [.. verb, "--help"] : args;

    /// <summary>Whether only the verb is missing: then its list is the answer.</summary>
    public static bool LacksVerb(ParseResult parsed) => parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0;

    /// <summary>The problems, each with the word that was probably meant.</summary>
    public static IEnumerable<Problem> Problems(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string verb = string.Join(' ', PathTo(parsed.CommandResult).Reverse());
        string help = $"{verb} --help shows what there is";
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..])
        {
            yield return new Problem("ROOST-2000", $"there is no {verb} {word}", Meant(word, command.Subcommands.Select(c => c.Name)) is { } meant ? $"did you mean {verb} {meant}? {help}" : help, ExitCode.Usage);
            yield break;
        }
        foreach (var error in parsed.Errors)
        {
            string? meant = Unrecognized().Match(error.Message) is { Success: true } match ? Meant(match.Groups["word"].Value, command.Options.Select(o => o.Name)) : null;
            yield return new Problem("ROOST-2000", Plain(error.Message), meant is null ? help : $"did you mean {meant}? {help}", ExitCode.Usage);
        }
    }

    /// <summary>The verb as it was typed, the innermost word first.</summary>
    private static IEnumerable<string> PathTo(CommandResult command)
    {
        for (SymbolResult? at = command; at is CommandResult { Command.Name: var name }; at = at.Parent)
        {
            yield return name;
        }
    }

    /// <summary>The parser names .NET's types where a word was no number or no path.</summary>
    private static string Plain(string message) =>
        Misfit().Match(message) is { Success: true } match
            ? $"{match.Groups["option"]} takes {(match.Groups["type"].Value.Contains("System.IO.", StringComparison.Ordinal) ? "a path" : "a number")}, not \"{match.Groups["word"]}\""
            : message;

    private static string? Meant(string word, IEnumerable<string> words) =>
        words.Select(w => (Word: w, Distance: Distance(word, w))).Where(w => w.Distance <= NearEnough && 2 * w.Distance <= w.Word.Length).OrderBy(w => w.Distance).FirstOrDefault().Word;

    /// <summary>How many letters are to be added, left out or changed (Levenshtein), to two rows.</summary>
    private static int Distance(string a, string b)
    {
        var above = Enumerable.Range(0, b.Length + 1).ToArray();
        foreach (char letter in a)
        {
            int corner = above[0]++;
            for (int i = 1; i <= b.Length; i++)
            {
                (corner, above[i]) = (above[i], Math.Min(Math.Min(above[i], above[i - 1]) + 1, corner + (letter == b[i - 1] ? 0 : 1)));
            }
        }
        return above[^1];
    }

    [GeneratedRegex(@"^Unrecognized command or argument '(?<word>[^']*)'")]
    private static partial Regex Unrecognized();

    [GeneratedRegex(@"^Cannot parse argument '(?<word>.*)' for option '(?<option>[^']*)' as expected type '(?<type>.*)'\.$", RegexOptions.Singleline)]
    private static partial Regex Misfit();
}
