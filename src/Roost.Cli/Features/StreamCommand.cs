using System.CommandLine;
using System.CommandLine.Parsing;

namespace Roost.Cli.Features;

/// <summary>The command line of <c>roost stream</c>.</summary>
internal static class StreamCommand
{
    public static Command Create()
    {
        var command = new Argument<string[]>("command") { Description = "What to run and share; without it, standard input is shared", Arity = ArgumentArity.ZeroOrMore };
        command.Validators.Add(RefuseUnknownFlags);
        var hub = new Option<string[]>("--hub") { Description = "A hub to use; repeat it for failover. Without one, a private hub runs in this process", HelpName = "URL" };
        var room = new Option<string?>("--room") { Description = "Keep key, link and log under this name, so that a restart goes on where it was", HelpName = "NAME" };
        var title = new Option<string?>("--title") { Description = "What viewers see as the name", HelpName = "TEXT" };
        var format = new Option<string>("--format") { Description = "How viewers show it: ansi, plain or md", DefaultValueFactory = _ => "ansi", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("ansi", "plain", "md");
        var linger = new Option<TimeSpan?>("--linger") { Description = "Serve late joiners this long after the end (90s, 10m, 2h); on a terminal it is until ^C", HelpName = "TIME", CustomParser = Durations.Read };
        var keep = new Option<TimeSpan?>("--keep") { Description = "Ask the hub to keep the sealed log this long, so that viewers read on when this machine is off (needs --hub)", HelpName = "TIME", CustomParser = Durations.Read };
        var maxLog = new Option<int>("--max-log") { Description = "The most MiB that the session's log may take on disk", DefaultValueFactory = _ => 1024, HelpName = "MIB" };
        maxLog.Within(1, int.MaxValue, "1 MiB or more");
        var json = new Option<bool>("--json") { Description = "Events as JSON lines on stdout, instead of the text itself" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Say nothing but problems" };
        var qr = new Option<string>("--qr") { Description = "auto (on a terminal), on or off", DefaultValueFactory = _ => "auto", HelpName = "WHEN" };
        qr.AcceptOnlyFromAmong("auto", "on", "off");
        var linkFile = new Option<FileInfo?>("--link-file") { Description = "Write the link to this file (mode 0600)", HelpName = "FILE" };
        var port = new Option<int?>("--port") { Description = "The private hub's port; 0 or nothing picks one", HelpName = "PORT" };
        var host = new Option<string>("--host") { Description = "The private hub's address; 127.0.0.1 keeps it on this machine", DefaultValueFactory = _ => "0.0.0.0", HelpName = "ADDR" };

        var canEdit = new Option<bool>("--can-edit") { Description = "Whoever has the link writes along: the text becomes a document, plain text; --room NAME is then the document NAME of roost doc" };
        canEdit.Validators.Add(result => RefuseFormat(result, format));
        var direct = new DirectFlags();

        var stream = new Command("stream", """
            Share standard input, or a command's output, live: prints a QR code; whoever scans it reads along.

            Examples:
              tail -f app.log | roost stream --title "app on web-1"
              roost stream -- make -j8
              ollama run llama3 "Explain CRDTs" | roost stream --format md
              ollama run llama3 "Draft a letter" | roost stream --can-edit --room letter
            """)
        {
            command, canEdit, hub, room, title, format, linger, keep, maxLog, json, quiet, qr, linkFile, port, host, direct.Max, direct.None,
        };
        stream.SetAction((parsed, cancellation) => StreamRun.RunAsync(
            new StreamOptions
            {
                Command = parsed.GetValue(command) ?? [],
                CanEdit = parsed.GetValue(canEdit),
                Hubs = parsed.GetValue(hub) is { Length: > 0 } hubs ? hubs : EnvironmentHubs(),
                Room = parsed.GetValue(room),
                Title = parsed.GetValue(title),
                Format = parsed.GetValue(format)!,
                Linger = parsed.GetValue(linger),
                Keep = parsed.GetValue(keep),
                MaxLogBytes = parsed.GetValue(maxLog) * 1024L * 1024L,
                Json = parsed.GetValue(json),
                Quiet = parsed.GetValue(quiet),
                Qr = parsed.GetValue(qr)!,
                LinkFile = parsed.GetValue(linkFile),
                Port = parsed.GetValue(port),
                Host = parsed.GetValue(host)!,
                MaxDirect = direct.Read(parsed),
            },
            cancellation));
        return stream;
    }

    /// <summary>A flag that is not ours would otherwise count as the command to run.</summary>
    private static void RefuseUnknownFlags(ArgumentResult result)
    {
        if (result.Tokens.Count > 0 && result.Tokens[0].Value.StartsWith('-') && !Environment.GetCommandLineArgs().Contains("--"))
        {
            result.AddError($"There is no flag '{result.Tokens[0].Value}'. A command to run stands behind '--'");
        }
    }

    /// <summary>A document has no formats: what would be ignored is refused.</summary>
    private static void RefuseFormat(OptionResult result, Option<string> format)
    {
        if (result.GetValueOrDefault<bool>() && result.GetResult(format) is { Implicit: false } given && given.GetValueOrDefault<string>() != "plain")
        {
            result.AddError("A document is plain text: --can-edit goes with no other --format");
        }
    }

    internal static string[] EnvironmentHubs() =>
        Environment.GetEnvironmentVariable("ROOST_HUB") is { Length: > 0 } hubs
            ? hubs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
}

/// <summary>What the command line of <c>roost stream</c> said.</summary>
internal sealed record StreamOptions
{
    public required string[] Command { get; init; }

    public bool CanEdit { get; init; }

    public required string[] Hubs { get; init; }

    public string? Room { get; init; }

    public string? Title { get; init; }

    public required string Format { get; init; }

    public TimeSpan? Linger { get; init; }

    public TimeSpan? Keep { get; init; }

    public long MaxLogBytes { get; init; }

    public bool Json { get; init; }

    public bool Quiet { get; init; }

    public required string Qr { get; init; }

    public FileInfo? LinkFile { get; init; }

    public int? Port { get; init; }

    public int MaxDirect { get; init; }

    public required string Host { get; init; }
}
