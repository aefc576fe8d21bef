using System.CommandLine;
using Roost.Cli.Terminal;

namespace Roost.Cli.Features.Documents;

/// <summary>The command line of <c>roost doc</c>.</summary>
internal static class DocCommand
{
    public static Command Create() => new("doc", """
        Write a document together, in the terminal and in the browser, with or without a network.

        Examples:
          roost doc open notes
          roost doc open notes 'http://192.168.1.20:40123/#AQM…'
          roost doc cat notes | wc -w
          roost doc link notes --read-only
        """)
    {
        Open(), Link(), Cat(), Export(), Import(), Watch(), List(),
    };

    private static Argument<string> Name() => new("name") { Description = "What the document is called on this machine" };

    private static Option<bool> Quiet() => new("--quiet", "-q") { Description = "Say nothing but problems" };

    private static Option<bool> Json(string what) => new("--json") { Description = what };

    private static Option<bool> Offline() => new("--offline") { Description = "Use what is on this machine; ask no hub" };

    private static Option<bool> NoDirect() => new("--no-direct") { Description = "Over the hub only: the others don't learn this machine's address" };

    private static Option<string?> User() => new("--name") { Description = "What others see as your name; your login name without it", HelpName = "TEXT" };

    private static Option<string[]> Hub() => new("--hub") { Description = "The hub of a new document, else ROOST_HUB; without one, a private hub runs while the document is open", HelpName = "URL" };

    private static Command Open()
    {
        var (name, hub, user, noDirect) = (Name(), Hub(), User(), NoDirect());
        var link = new Argument<string?>("link") { Description = "The link that somebody gave you, in quotes; not needed again", Arity = ArgumentArity.ZeroOrOne };
        var host = new Option<string>("--host") { Description = "The private hub's address; 127.0.0.1 keeps it on this machine", DefaultValueFactory = _ => "0.0.0.0", HelpName = "ADDR" };
        var port = new Option<int?>("--port") { Description = "The private hub's port; 0 or nothing picks one", HelpName = "PORT" };
        var command = new Command("open", """
            Edit a document in this terminal; a name that is new here makes a new document.
            Ctrl-S and closing are not needed to save: every change is kept at once. Ctrl-G shows the link and its QR code, Ctrl-Q ends, Ctrl-Z undoes your own changes, Ctrl-Y redoes them.
            """)
        { name, link, hub, user, noDirect, host, port };
        command.SetAction((parsed, cancellation) => Running.GuardAsync(new Screen(quiet: false), new JsonLines(false), () => DocOpen.RunAsync(
            new DocOpenOptions(parsed.GetValue(name)!, parsed.GetValue(link), Hubs(parsed.GetValue(hub)), parsed.GetValue(user), parsed.GetValue(host)!, parsed.GetValue(port), !parsed.GetValue(noDirect)), cancellation)));
        return command;
    }

    private static Command Link()
    {
        var name = Name();
        var readOnly = new Option<bool>("--read-only") { Description = "A link that cannot write" };
        var command = new Command("link", "Print a document's link: whoever has it may read, and write unless it is read-only.") { name, readOnly };
        command.SetAction((parsed, _) =>
        {
            var screen = new Screen(quiet: false);
            return Running.GuardAsync(screen, new JsonLines(false), () => DocVerbs.LinkAsync(screen, parsed.GetValue(name)!, parsed.GetValue(readOnly)));
        });
        return command;
    }

    private static Command Cat()
    {
        var (name, offline, quiet) = (Name(), Offline(), Quiet());
        var command = new Command("cat", "Print a document's text.") { name, offline, quiet };
        command.SetAction((parsed, cancellation) =>
        {
            var screen = new Screen(parsed.GetValue(quiet));
            return Running.GuardAsync(screen, new JsonLines(false), () => DocVerbs.ExportAsync(screen, parsed.GetValue(name)!, null, "text", parsed.GetValue(offline), cancellation));
        });
        return command;
    }

    private static Command Export()
    {
        var (name, offline, quiet) = (Name(), Offline(), Quiet());
        var file = new Argument<FileInfo>("file") { Description = "Where to write it" };
        var format = Format("yjs (an update of version 2, with the history that merging needs) or text");
        var command = new Command("export", "Write a document to a file.") { name, file, format, offline, quiet };
        command.SetAction((parsed, cancellation) =>
        {
            var screen = new Screen(parsed.GetValue(quiet));
            return Running.GuardAsync(screen, new JsonLines(false), () => DocVerbs.ExportAsync(screen, parsed.GetValue(name)!, parsed.GetValue(file), parsed.GetValue(format)!, parsed.GetValue(offline), cancellation));
        });
        return command;
    }

    private static Command Import()
    {
        var (name, hub, offline, quiet) = (Name(), Hub(), Offline(), Quiet());
        var file = new Argument<string>("file") { Description = "The file; - for standard input" };
        var format = Format("text (the document becomes this text; what stays the same stays untouched) or yjs (an update of version 1 or 2 is merged)");
        var command = new Command("import", "Bring a file's content into a document; a name that is new here makes a new document.") { name, file, format, hub, offline, quiet };
        command.SetAction((parsed, cancellation) =>
        {
            var screen = new Screen(parsed.GetValue(quiet));
            return Running.GuardAsync(screen, new JsonLines(false), () => DocVerbs.ImportAsync(
                screen, parsed.GetValue(name)!, parsed.GetValue(file)!, parsed.GetValue(format)!, Hubs(parsed.GetValue(hub)), parsed.GetValue(offline), cancellation));
        });
        return command;
    }

    private static Command Watch()
    {
        var (name, quiet, noDirect) = (Name(), Quiet(), NoDirect());
        var json = Json("Events as JSON lines on stdout, instead of the text itself");
        var command = new Command("watch", "Print a document's text, and again whenever it has changed; what was only added at the end is printed alone.") { name, noDirect, json, quiet };
        command.SetAction((parsed, cancellation) =>
        {
            var screen = new Screen(parsed.GetValue(quiet));
            var lines = new JsonLines(parsed.GetValue(json));
            return Running.GuardAsync(screen, lines, () => new DocWatch(screen, lines).RunAsync(parsed.GetValue(name)!, !parsed.GetValue(noDirect), cancellation));
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Print the names of the documents on this machine.");
        command.SetAction((_, _) => Running.GuardAsync(new Screen(quiet: false), new JsonLines(false), DocVerbs.ListAsync));
        return command;
    }

    private static Option<string> Format(string what)
    {
        var format = new Option<string>("--format") { Description = what, DefaultValueFactory = _ => what.StartsWith("yjs", StringComparison.Ordinal) ? "yjs" : "text", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("text", "yjs");
        return format;
    }

    private static string[] Hubs(string[]? given) => given is { Length: > 0 } ? given : StreamCommand.EnvironmentHubs();
}
