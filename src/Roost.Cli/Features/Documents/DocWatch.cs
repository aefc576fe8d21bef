using System.Text;
using Roost.Cli.Terminal;
using Roost.Core.Identity;
using Roost.Mesh.Signaling;
using Roost.Peer.Documents;

namespace Roost.Cli.Features.Documents;

/// <summary><c>roost doc watch</c>: the text, and again when it has changed.</summary>
internal sealed class DocWatch(Screen screen, JsonLines json)
{
    // People type in bursts; a text per keystroke would be nothing to read.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly Stream _out = StandardOutput.Open();
    private readonly Dictionary<PeerId, PeerPath> _paths = [];
    private string? _shown;
    private bool _toldOfNone;

    public async Task<int> RunAsync(string name, bool direct, CancellationToken cancellation)
    {
        DocVerbs.LinkOf(name);
        using var stop = new Interrupts(cancellation, json.Broken);
        await using var desk = await DocDesk.OpenAsync(name, null, offline: false, direct: direct);
        if (desk.Session.Feeds > 0)
        {
            Show(desk.Session.Text);
        }
        try
        {
            await foreach (var happened in desk.Events.ReadAllAsync(stop.Token))
            {
                Tell(happened);
                if (happened is DocumentEvent.Changed)
                {
                    await Task.Delay(Settle, stop.Token);
                }
                if (happened is DocumentEvent.Changed or DocumentEvent.CaughtUp)
                {
                    Show(desk.Session.Text);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return json.Broken.IsCancellationRequested ? ExitCode.Done : ExitCode.Interrupted;
        }
        catch (IOException)
        {
            // Nobody reads our stdout any more (… | head).
        }
        return ExitCode.Done;
    }

    private void Tell(DocumentEvent happened)
    {
        switch (happened)
        {
            case DocumentEvent.HubFound found:
                json.Write("hub", ("origin", found.Origin), ("state", "online"));
                break;
            case DocumentEvent.HubLost lost:
                screen.Warn($"no hub: {lost.Reason.TrimEnd('.')}; trying again");
                json.Write("hub", ("state", "offline"), ("reason", lost.Reason));
                break;
            case DocumentEvent.Path path when _paths.GetValueOrDefault(path.Peer, PeerPath.Hub) != path.By:
                _paths[path.Peer] = path.By;
                json.Write("peer-path", ("peer", path.Peer.ToString()), ("path", PathWords.Name(path.By)), ("rttMs", PathWords.Milliseconds(path.RoundTrip)));
                break;
            case DocumentEvent.DirectUnavailable none when !_toldOfNone:
                _toldOfNone = true;
                screen.Warn($"ROOST-2007 no direct links: {none.Why}; all goes over the hub");
                json.Write("warn", ("code", "ROOST-2007"), ("message", none.Why));
                break;
            case DocumentEvent.Members members:
                json.Write("members", ("count", members.Count));
                break;
            case DocumentEvent.CaughtUp caught:
                json.Write("caught-up", ("alone", caught.Alone));
                break;
            case DocumentEvent.BadUpdate bad:
                screen.Warn($"ROOST-2509 a writer sent what no document can take, it was left out: {bad.Why}");
                break;
            case DocumentEvent.Failed failed:
                throw new ProblemException(new Problem("ROOST-2510", $"nothing more can be kept: {failed.Problem}", "make room on the disk and start again", ExitCode.Resource));
        }
    }

    private void Show(string text)
    {
        if (text == _shown)
        {
            return;
        }
        if (json.Enabled)
        {
            json.Write("document", ("text", text));
        }
        else if (_shown is { } before && text.StartsWith(before, StringComparison.Ordinal))
        {
            Print(text[before.Length..]);
        }
        else
        {
            Print((_shown is null ? "" : $"\n--- {DateTime.Now:HH:mm:ss} ---\n") + text);
        }
        _shown = text;
    }

    private void Print(string text)
    {
        // Whoever may write into the document may not write to this terminal what is no text.
        _out.Write(Encoding.UTF8.GetBytes(Console.IsOutputRedirected ? text : TerminalFilter.Safe(text)));
    }
}
