using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Roost.Cli.Features;
using Roost.Cli.Terminal;

namespace Roost.Cli;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["--version"] or ["version"])
        {
            // Before anything else is loaded: scripts ask this often.
            Console.Out.WriteLine(RoostVersion.Text);
            return ExitCode.Done;
        }
        var root = CreateRoot();
        if (args.Length == 0 || args[0].StartsWith('-'))
        {
            // The list of verbs has a line for each; a verb's own help has the examples.
            foreach (var verb in root.Subcommands)
            {
                verb.Description = verb.Description?.Split('\n')[0];
            }
        }
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var screen = new Screen(quiet: false);
            string verb = string.Join(' ', PathTo(parsed.CommandResult).Reverse());
            foreach (var error in parsed.Errors)
            {
                screen.Problem(new Problem("ROOST-2000", Plain(error.Message), $"{verb} --help shows what there is", ExitCode.Usage));
            }
            return ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            return Running.Unexpected(exception);
        }
    }

    /// <summary>The parser names .NET's types where a word was no number.</summary>
    private static string Plain(string message) =>
        Regex.Match(message, @"^Cannot parse argument '(?<word>.*)' for option '(?<option>[^']*)' as expected type '.*'\.$", RegexOptions.Singleline) is { Success: true } match
            ? $"{match.Groups["option"]} takes a number, not \"{match.Groups["word"]}\""
            : message;

    /// <summary>The verb as it was typed, the innermost word first.</summary>
    private static IEnumerable<string> PathTo(CommandResult command)
    {
        for (SymbolResult? at = command; at is CommandResult { Command.Name: var name }; at = at.Parent)
        {
            yield return name;
        }
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Share live text, files and data straight between devices. A hub only introduces them.")
        {
            UpCommand.Create(),
            HubCommand.Create(),
            StreamCommand.Create(),
            Features.Asking.AskCommand.Create(),
            WatchCommand.Create(),
            Features.Documents.DocCommand.Create(),
            MeshCommand.Create(),
            SimulateCommand.Create(),
        };
        root.Options.OfType<VersionOption>().Single().Description = "Show the version and end";
        return root;
    }
}
