using System.CommandLine;

namespace Roost.Cli.Features.Asking;

/// <summary>The command line of <c>roost ask</c>.</summary>
internal static class AskCommand
{
    public static Command Create()
    {
        var prompt = new Argument<string[]>("prompt") { Description = "The question; standard input and files are given to the model as context", Arity = ArgumentArity.ZeroOrMore };
        var file = new Option<FileInfo[]>("--file", "-f") { Description = "A text file for the model to read; repeat it for more", HelpName = "FILE", AllowMultipleArgumentsPerToken = false };
        var system = new Option<string?>("--system", "-s") { Description = "How the model shall behave", HelpName = "TEXT" };
        var baseUrl = new Option<string?>("--base-url") { Description = "An OpenAI-compatible server (OPENAI_BASE_URL; else Ollama, LM Studio or llama.cpp on this machine). Its key comes from OPENAI_API_KEY", HelpName = "URL" };
        var model = new Option<string?>("--model", "-m") { Description = "The model's name (OPENAI_MODEL); else the first that the server lists", HelpName = "NAME" };
        var models = new Option<bool>("--models") { Description = "List the server's models and end" };
        var goOn = new Option<bool>("--continue", "-c") { Description = "Go on with the last conversation" };
        var render = new Option<bool>("--render") { Description = "Show the answer's Markdown as headings, lists and colours, on a terminal" };
        var canAsk = new Option<bool>("--can-ask") { Description = "Let viewers ask, too; runs until ^C" };
        var local = new Option<bool>("--local") { Description = "Share by a private hub and its printed link only, whatever ROOST_HUB says" };
        var noShare = new Option<bool>("--no-share") { Description = "Answer here only" };
        var timeout = new Option<TimeSpan?>("--timeout") { Description = "Give up when the model says nothing for this long (60s)", HelpName = "TIME", CustomParser = Durations.Read };
        var hub = new Option<string[]>("--hub") { Description = "A hub to share over; repeat it for failover. Without one, a private hub runs in this process", HelpName = "URL" };
        var room = new Option<string?>("--room") { Description = "Keep key, link and log under this name, so that the next answer has the same link", HelpName = "NAME" };
        var linger = new Option<TimeSpan?>("--linger") { Description = "Serve late joiners this long after the answer; on a terminal it is until ^C", HelpName = "TIME", CustomParser = Durations.Read };
        var json = new Option<bool>("--json") { Description = "Events as JSON lines on stdout, instead of the answer itself" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Say nothing but problems" };
        var qr = new Option<string>("--qr") { Description = "auto (on a terminal), on or off", DefaultValueFactory = _ => "auto", HelpName = "WHEN" };
        qr.AcceptOnlyFromAmong("auto", "on", "off");
        var port = new Option<int?>("--port") { Description = "The private hub's port; 0 or nothing picks one", HelpName = "PORT" };
        var host = new Option<string>("--host") { Description = "The private hub's address; 127.0.0.1 keeps it on this machine", DefaultValueFactory = _ => "0.0.0.0", HelpName = "ADDR" };

        var direct = new DirectFlags();

        var ask = new Command("ask", """
            Ask a model and share its answer while it is written: prints a QR code; whoever scans it reads along.

            Examples:
              roost ask "What is a rendezvous hash?"
              git diff | roost ask -m llama3.2 "Review this change" --render
              roost ask -c "Shorter, please"
              OPENAI_API_KEY=… roost ask --base-url https://models.example.org/v1 -m large -f notes.md "Summarize"
            """)
        {
            prompt, file, system, baseUrl, model, models, goOn, render, canAsk, local, noShare, timeout, hub, room, linger, json, quiet, qr, port, host, direct.Max, direct.None,
        };
        ask.SetAction((parsed, cancellation) => AskRun.RunAsync(
            new AskOptions
            {
                Prompt = string.Join(' ', parsed.GetValue(prompt) ?? []),
                Files = parsed.GetValue(file) ?? [],
                System = parsed.GetValue(system),
                BaseUrl = parsed.GetValue(baseUrl),
                Model = parsed.GetValue(model),
                ListModels = parsed.GetValue(models),
                Continue = parsed.GetValue(goOn),
                Render = parsed.GetValue(render),
                CanAsk = parsed.GetValue(canAsk),
                Share = !parsed.GetValue(noShare),
                Timeout = parsed.GetValue(timeout) ?? TimeSpan.FromSeconds(60),
                Stream = new StreamOptions
                {
                    Command = ["ask"],
                    Hubs = parsed.GetValue(local) ? [] : parsed.GetValue(hub) is { Length: > 0 } hubs ? hubs : StreamCommand.EnvironmentHubs(),
                    Room = parsed.GetValue(room),
                    Format = "md",
                    Linger = parsed.GetValue(linger),
                    Json = parsed.GetValue(json),
                    Quiet = parsed.GetValue(quiet),
                    Qr = parsed.GetValue(qr)!,
                    Port = parsed.GetValue(port),
                    Host = parsed.GetValue(host)!,
                    MaxDirect = direct.Read(parsed),
                },
            },
            cancellation));
        return ask;
    }
}
