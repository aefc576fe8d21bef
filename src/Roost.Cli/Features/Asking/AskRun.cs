using System.Text;
using System.Text.RegularExpressions;
using Roost.Cli.Models;
using Roost.Cli.Terminal;
using Roost.Peer.Streams;

namespace Roost.Cli.Features.Asking;

/// <summary><c>roost ask</c> at work: a question, its context, a model, and those who read along.</summary>
internal sealed partial class AskRun(AskOptions options, Screen screen, JsonLines json, CancellationToken cancellation) : IDisposable
{
    private readonly Interrupts _interrupts = new(cancellation, json.Broken);
    private readonly ModelClient _client = new(options.Timeout);
    private readonly Questions _questions = new(TimeProvider.System);
    private readonly PathWords _paths = new(screen, json);
    private AnswerPrinter? _printer;
    private AskShare? _share;

    public static Task<int> RunAsync(AskOptions options, CancellationToken cancellation)
    {
        var screen = new Screen(options.Stream.Quiet);
        var json = new JsonLines(options.Stream.Json);
        return Running.GuardAsync(screen, json, async () =>
        {
            using var run = new AskRun(options, screen, json, cancellation);
            return await run.RunAsync();
        });
    }

    public void Dispose()
    {
        _client.Dispose();
        _interrupts.Dispose();
    }

    private async Task<int> RunAsync()
    {
        _printer = new AnswerPrinter(options.Render, readerGone: _interrupts.End);
        try
        {
            using var finder = new ModelFinder(Environment.GetEnvironmentVariable);
            if (options.ListModels)
            {
                return await ListAsync(finder);
            }
            string question = await AskContext.ReadAsync(options, _interrupts.Token);
            var conversation = options.Continue ? Conversation.Last() : new Conversation();
            if (options.System is { } system && !options.Continue)
            {
                conversation.Add("system", system);
            }
            var endpoint = await finder.FindAsync(options.BaseUrl, options.Model, _interrupts.Token);
            WarnOfOpenKey(endpoint);
            return await AnswerAsync(endpoint, conversation, question);
        }
        catch (OperationCanceledException) when (_interrupts.Happened)
        {
            return ExitCode.Interrupted;
        }
    }

    private async Task<int> ListAsync(ModelFinder finder)
    {
        var endpoint = await finder.FindAsync(options.BaseUrl, "any", _interrupts.Token);
        foreach (string model in await finder.ModelsAsync(endpoint.Base, endpoint.Key, _interrupts.Token) ?? [])
        {
            Console.Out.WriteLine(model);
        }
        return ExitCode.Done;
    }

    private async Task<int> AnswerAsync(ModelEndpoint endpoint, Conversation conversation, string question)
    {
        string shown = options.Prompt.Length > 0 ? options.Prompt : question;
        if (options.Share)
        {
            _share = await AskShare.StartAsync(options, Title(shown), screen, json, Hear);
        }
        await using var share = _share;
        var problem = await TurnAsync(endpoint, conversation, question, shown);
        if (options.CanAsk && share is not null)
        {
            screen.Good("viewers may ask; ^C to stop");
            problem = await ServeAsync(endpoint, conversation, problem);
        }
        share?.End(_interrupts.Happened);
        if (problem is not null)
        {
            screen.Problem(problem);
            json.Write("error", ("code", problem.Code), ("message", problem.Cause), ("hint", problem.Fix), ("exit", problem.Exit));
        }
        int exit = problem?.Exit ?? (_interrupts.Happened && !options.CanAsk ? ExitCode.Interrupted : ExitCode.Done);
        json.Write("done", ("exit", exit));
        if (share is not null)
        {
            await share.LingerAsync(options.Stream, screen, _interrupts.Token);
        }
        return exit;
    }

    private async Task<Problem?> ServeAsync(ModelEndpoint endpoint, Conversation conversation, Problem? problem)
    {
        try
        {
            while (true)
            {
                string asked = await _questions.NextAsync(_interrupts.Token);
                screen.Good($"a viewer asks: {Controls().Replace(asked, " ")}");
                if (await TurnAsync(endpoint, conversation, asked, asked) is { } failed)
                {
                    screen.Problem(failed);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return problem;
        }
    }

    /// <summary>One question and its answer. The answer's problem is told to viewers too, and what came before it stays.</summary>
    private async Task<Problem?> TurnAsync(ModelEndpoint endpoint, Conversation conversation, string question, string shown)
    {
        conversation.Add("user", question);
        _share?.Write(Quoted(shown));
        var answer = new StringBuilder();
        Problem? problem = null;
        try
        {
            await foreach (string piece in _client.AskAsync(endpoint, conversation.Messages, _interrupts.Token))
            {
                answer.Append(piece);
                _share?.Write(piece);
                json.Write("text", ("text", piece));
                if (!json.Enabled)
                {
                    _printer!.Write(piece);
                }
            }
        }
        catch (ModelException e)
        {
            problem = ModelProblems.Of(e, endpoint);
        }
        catch (OperationCanceledException) when (_interrupts.Happened)
        {
            // ^C: what came so far stays.
        }
        if (!json.Enabled)
        {
            _printer!.End();
        }
        _share?.Write($"{ClosingFence(answer.ToString())}\n\n{(problem is null ? "" : $"*{problem.Cause}*\n\n")}");
        if (answer.Length > 0)
        {
            conversation.Add("assistant", answer.ToString());
            conversation.Keep();
        }
        else
        {
            conversation.Retract();
        }
        return problem;
    }

    private void Hear(StreamHostEvent happened)
    {
        switch (happened)
        {
            case StreamHostEvent.Asked asked when !_questions.Add(asked.Viewer, asked.Text):
                screen.Warn("a question was not taken: too many at once");
                break;
            case StreamHostEvent.ViewerCame came:
                screen.Good($"a viewer joined · viewers {came.Count}");
                json.Write("peer-joined", ("peer", came.Viewer.ToString()), ("viewers", came.Count));
                break;
            case StreamHostEvent.ViewerPath or StreamHostEvent.DirectUnavailable:
                _paths.Tell(happened);
                break;
            case StreamHostEvent.ViewerWent went:
                _paths.Forget(went.Viewer);
                json.Write("peer-left", ("peer", went.Viewer.ToString()), ("viewers", went.Count));
                break;
            case StreamHostEvent.HubLost lost:
                screen.Warn($"no hub: {lost.Reason.TrimEnd('.')}; trying again");
                break;
            case StreamHostEvent.Refused refused:
                screen.Warn($"ROOST-{1000 + refused.Code} {refused.Message}");
                break;
        }
    }

    private void WarnOfOpenKey(ModelEndpoint endpoint)
    {
        if (endpoint.Key is not null && endpoint.Base.Scheme == "http" && !endpoint.Base.IsLoopback)
        {
            screen.Warn($"the key goes to {endpoint.Base.Authority} unprotected; use https");
        }
    }

    private static string Title(string prompt)
    {
        string line = Controls().Replace(prompt.Trim(), " ");
        return line.Length > 80 ? line[..79] + "…" : line;
    }

    private static string Quoted(string text) => $"> **Question:** {text.Trim().ReplaceLineEndings("\n> ")}\n\n";

    /// <summary>An answer that breaks off within a code block must not swallow what comes after it.</summary>
    private static string ClosingFence(string answer) =>
        Fences().Matches(answer) is { Count: var count } fences && count % 2 == 1 ? "\n" + fences[count - 1].Groups[1].Value : "";

    [GeneratedRegex(@"^ {0,3}(`{3,}|~{3,})", RegexOptions.Multiline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"[\x00-\x1f\x7f-\x9f]")]
    private static partial Regex Controls();
}
