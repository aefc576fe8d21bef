using System.CommandLine;
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
        LinkCover.Hide();
        args = CommandWords.Usual(args);
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
        try
        {
            return parsed.Errors.Count == 0
                ? await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
                : await RefuseAsync(root, parsed, args);
        }
        catch (IOException e)
        {
            return Running.NoOutput(e);
        }
        catch (Exception exception)
        {
            return Running.Unexpected(exception);
        }
    }

    private static async Task<int> RefuseAsync(RootCommand root, ParseResult parsed, string[] args)
    {
        if (CommandWords.LacksVerb(parsed))
        {
            await root.Parse([.. args, "--help"]).InvokeAsync(new InvocationConfiguration { Output = Console.Error });
            return ExitCode.Usage;
        }
        var screen = new Screen(quiet: false);
        foreach (var problem in CommandWords.Problems(parsed))
        {
            screen.Problem(problem);
        }
        return ExitCode.Usage;
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
