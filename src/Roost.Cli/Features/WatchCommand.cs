using System.CommandLine;
using System.Text;
using Roost.Cli.Terminal;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Signaling;
using Roost.Peer.Streams;

namespace Roost.Cli.Features;

/// <summary><c>roost watch</c>: follow a session in the terminal, from the start.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var link = new Argument<string>("link") { Description = "The link that the host's terminal shows, in quotes; - reads it from standard input, where no list of processes shows it" };
        var json = new Option<bool>("--json") { Description = "Events as JSON lines on stdout, instead of the text itself" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Say nothing but problems" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Stay after the end, in case the host goes on" };
        var timeout = new Option<TimeSpan?>("--timeout") { Description = "Give up when no host is found for this long (30s, 5m)", HelpName = "TIME", CustomParser = Durations.Read };
        var raw = new Option<bool>("--raw") { Description = "Give this terminal all that the host sent, sequences that move the cursor or set its title, too; for hosts that you trust" };
        var noDirect = new Option<bool>("--no-direct") { Description = "Over the hub only: the host doesn't learn this machine's address" };
        var watch = new Command("watch", """
            Follow a session in the terminal: replays it from the start, then live.

            Examples:
              roost watch 'http://192.168.1.20:40123/#AQBx…'
              roost watch --json 'http://…' | jq -r 'select(.ev=="text").text'
            """)
        {
            link, json, quiet, follow, timeout, raw, noDirect,
        };
        watch.SetAction((parsed, cancellation) =>
        {
            var screen = new Screen(parsed.GetValue(quiet));
            var lines = new JsonLines(parsed.GetValue(json));
            return Running.GuardAsync(screen, lines, () =>
            {
                var run = new WatchRun(screen, lines, parsed.GetValue(follow), parsed.GetValue(timeout), parsed.GetValue(raw), !parsed.GetValue(noDirect));
                return run.RunAsync(Read(Given(parsed.GetValue(link)!)), cancellation);
            });
        });
        return watch;
    }

    private static string Given(string link) => link == "-" ? Console.In.ReadLine()?.Trim() ?? "" : link;

    private static Invite Read(string link)
    {
        if (Invite.TryParse(link, out var invite, out var problem) && invite.Owner != OwnerId.None)
        {
            return invite;
        }
        throw new ProblemException(problem switch
        {
            InviteProblem.Damaged => new Problem("ROOST-3001", "this link is damaged: letters behind the '#' are missing or changed", "copy it again from the host's terminal, whole and in quotes", ExitCode.UnknownRoom),
            InviteProblem.Newer => new Problem("ROOST-3002", "this link was made by a newer roost", "update roost", ExitCode.Version),
            InviteProblem.OtherKind => new Problem("ROOST-3008", "this is the link of a document, not of a session", "open it with: roost doc open NAME 'LINK'", ExitCode.Usage),
            _ => new Problem("ROOST-3003", "this is no session link", "it looks like http://HOST:PORT/#… with 46 characters behind the '#'; put it in quotes", ExitCode.Usage),
        });
    }
}

internal sealed class WatchRun(Screen screen, JsonLines json, bool follow, TimeSpan? timeout, bool raw, bool direct)
{
    // docs/protocol/door.md, ERROR. Later it means a host that starts again and has not opened its room yet.
    private const ushort JoinRefused = 7;

    private readonly Stream _stdout = StandardOutput.Open();
    private readonly TerminalFilter? _filter = raw || Console.IsOutputRedirected ? null : new();
    private PeerPath _path = PeerPath.Hub;
    private bool _everOnline;
    private bool _everJoined;
    private int _hubFailures;

    public async Task<int> RunAsync(Invite invite, CancellationToken cancellation)
    {
        using var stop = new Interrupts(cancellation, json.Broken);
        using var noHost = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, noHost.Token);
        Wait(noHost);
        try
        {
            await foreach (var happened in TextStreamReader.FollowAsync(invite, direct: direct, cancellationToken: either.Token))
            {
                switch (happened)
                {
                    case StreamEvent.HostCame:
                        noHost.CancelAfter(Timeout.Infinite);
                        break;
                    case StreamEvent.HostGone:
                        Wait(noHost);
                        break;
                }
                if (Show(happened) is { } exit)
                {
                    return exit;
                }
            }
            return ExitCode.Unexpected;
        }
        catch (OperationCanceledException)
        {
            if (stop.Happened)
            {
                return json.Broken.IsCancellationRequested ? ExitCode.Done : ExitCode.Interrupted;
            }
            throw new ProblemException(new Problem("ROOST-3004", "no host was found in time", "ask whether the session is still on, or raise --timeout", ExitCode.TimedOut));
        }
        catch (ReaderGoneException)
        {
            // … | head has what it wanted.
            return ExitCode.Done;
        }
        finally
        {
            EndColours();
        }
    }

    private void Wait(CancellationTokenSource noHost)
    {
        if (timeout is { } patience)
        {
            noHost.CancelAfter(patience);
        }
    }

    private int? Show(StreamEvent happened)
    {
        switch (happened)
        {
            case StreamEvent.HubFound found:
                _everOnline = true;
                json.Write("hub", ("origin", found.Origin), ("state", "online"));
                break;
            case StreamEvent.HubLost lost:
                json.Write("hub", ("state", "offline"), ("reason", lost.Reason));
                if (!_everOnline && ++_hubFailures >= 3)
                {
                    throw new ProblemException(new Problem("ROOST-3005", $"the hub of this link cannot be reached: {lost.Reason}", "is the host's machine on, and are you on the same network?", ExitCode.NoHub));
                }
                screen.Warn($"no hub: {lost.Reason.TrimEnd('.')}; trying again");
                break;
            case StreamEvent.Path path when path.By != _path:
                _path = path.By;
                screen.Say(Screen.Dim($"  the host is reached {PathWords.Words(path.By, path.RoundTrip)}"));
                json.Write("path", ("path", PathWords.Name(path.By)), ("rttMs", PathWords.Milliseconds(path.RoundTrip)));
                break;
            case StreamEvent.DirectUnavailable none:
                screen.Warn($"ROOST-2007 no direct link: {none.Why}; reading over the hub");
                json.Write("warn", ("code", "ROOST-2007"), ("message", none.Why));
                break;
            case StreamEvent.Refused { Code: JoinRefused } when !_everJoined:
                throw new ProblemException(new Problem("ROOST-1007", "this hub does not know the session of this link", "the session is over, or a letter of the link is wrong; get the link again", ExitCode.UnknownRoom));
            case StreamEvent.Refused refused:
                screen.Warn($"ROOST-{1000 + refused.Code} {refused.Message}");
                break;
            case StreamEvent.HostCame:
                _everJoined = true;
                json.Write("host", ("state", "here"));
                break;
            case StreamEvent.HostGone:
                _everJoined = true;
                screen.Say(Screen.Dim("  the host is not here; waiting for it"));
                json.Write("host", ("state", "gone"));
                break;
            case StreamEvent.Meta meta:
                screen.Say(Screen.Dim($"  {(meta.Title.Length > 0 ? TerminalFilter.Plain(meta.Title) : "a session")}"));
                json.Write("meta", ("title", meta.Title), ("format", meta.Format));
                break;
            case StreamEvent.Text text:
                WriteText(text);
                break;
            case StreamEvent.CaughtUp caught:
                json.Write("caught-up", ("n", caught.N));
                break;
            case StreamEvent.Ended ended:
                screen.Say(Screen.Dim(ended.Exit is { } code ? $"  the command ended with {code}" : $"  the stream ended ({TerminalFilter.Plain(ended.Reason)})"));
                json.Write("end", ("exit", ended.Exit), ("reason", ended.Reason));
                return follow ? null : ExitCode.Done;
            case StreamEvent.Broken broken:
                throw new ProblemException(new Problem("ROOST-3006", $"the host's log contradicts itself at entry {broken.N} ({broken.Fault})", "what you read so far is genuine; ask the host to start a new session", ExitCode.Integrity));
        }
        return null;
    }

    private void WriteText(StreamEvent.Text text)
    {
        if (json.Enabled)
        {
            json.Write("text", ("n", text.N), ("text", text.Bytes));
            return;
        }
        _stdout.Write(_filter is null ? text.Bytes.Span : _filter.Take(text.Bytes.Span));
    }

    /// <summary>The terminal has its own colours back, wherever the host's text broke off.</summary>
    private void EndColours()
    {
        if (_filter?.End() is not { Length: > 0 } own)
        {
            return;
        }
        try
        {
            _stdout.Write(Encoding.ASCII.GetBytes(own));
        }
        catch (IOException)
        {
            // The terminal is gone, and its colours with it.
        }
    }
}
