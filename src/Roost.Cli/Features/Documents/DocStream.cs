using Roost.Cli.Terminal;
using Roost.Core.Rooms;
using Roost.Mesh.Documents;
using Roost.Mesh.Peers;
using Roost.Peer.Documents;
using Roost.Peer.Storage;

namespace Roost.Cli.Features.Documents;

/// <summary><c>roost stream --can-edit</c>: the stream becomes a document as it comes, and whoever has the link writes into it meanwhile.</summary>
internal sealed class DocStream : IAsyncDisposable
{
    // As `stream` without it: PROTOCOL.md 10.
    private static readonly TimeSpan HeldWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeldAfterInterrupt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HubWithin = TimeSpan.FromSeconds(10);

    private readonly StreamOptions _options;
    private readonly Screen _screen;
    private readonly JsonLines _json;
    private readonly Interrupts _interrupts;
    private readonly DocumentFolder? _folder;
    private readonly TaskCompletionSource _online = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PrivateHub? _hub;
    private DocumentSession? _session;
    private DocumentStream? _stream;
    private int _others;
    private bool _toldOfWriters;
    private bool _unshared;

    private DocStream(StreamOptions options, Screen screen, JsonLines json, CancellationToken cancellation)
    {
        _options = options;
        _screen = screen;
        _json = json;
        _interrupts = new Interrupts(cancellation, json.Broken);
        _folder = options.Room is { } name ? DocumentFolder.Open(name, () => DocDesk.NewInvite(options.Hubs)) : null;
    }

    public static async Task<int> RunAsync(StreamOptions options, Screen screen, JsonLines json, CancellationToken cancellation)
    {
        await using var run = new DocStream(options, screen, json, cancellation);
        return await run.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
        _folder?.Dispose();
        _interrupts.Dispose();
    }

    private async Task<int> RunAsync()
    {
        await ShareAsync();
        var pump = new StreamPump(_stream!, tee: !_options.Json, StdoutFailed);
        int exit = _options.Command.Length > 0
            ? await pump.RunCommandAsync(_options.Command, _interrupts.Token)
            : await pump.RunInputAsync(_interrupts.Token);
        _json.Write("done", ("bytes", pump.Bytes), ("exit", exit));
        bool isHeld = await LingerAsync();
        return Conclude(pump.Bytes, pump.StdoutFailed && exit == ExitCode.Done ? ExitCode.Resource : exit, isHeld);
    }

    private void StdoutFailed(string why) => _screen.Problem(StreamWords.StdoutFailed(why));

    private async Task ShareAsync()
    {
        var invite = await MeetAsync(_folder?.Invite ?? DocDesk.NewInvite(_options.Hubs));
        if (invite.Write is null)
        {
            throw new ProblemException(new Problem("ROOST-2506", "this link of the document may read only", "take another name for a new document", ExitCode.NotAllowed));
        }
        string title = _options.Title ?? (_options.Command.Length > 0 ? string.Join(' ', _options.Command) : "");
        _session = await DocumentSession.OpenAsync(
            new DocumentSessionOptions
            {
                Invite = invite,
                Hubs = _hub is not null ? [_hub.LocalOrigin] : _options.Hubs.Length > 0 ? _options.Hubs : [invite.Origin],
                Folder = _folder,
                UserName = title.Length > 0 ? title : "stream",
                MaxDirect = _options.MaxDirect,
                KeepFor = _options.Keep ?? (_folder is null ? null : new DocumentSessionOptions { Invite = invite, Hubs = [] }.KeepFor),
            },
            Tell);
        string before = _session.Text;
        if (title.Length > 0 && _session.Title.Length == 0)
        {
            _session.Title = title;
        }
        _stream = new DocumentStream(_session, Tell);
        if (before.Length > 0 && !before.EndsWith('\n'))
        {
            _stream.Write("\n"u8);
        }
        var (link, readOnly) = (invite.ToString(), invite.ReadOnly().ToString());
        new StreamWords(_screen, _options).WelcomeWriters(link, readOnly, isPrivate: _hub is not null);
        if (_options.LinkFile is { } file)
        {
            SecretFile.Write(file.FullName, System.Text.Encoding.UTF8.GetBytes(link + "\n"));
        }
        _json.Write("ready", ("room", _session.Room.ToString()), ("link", link), ("readOnlyLink", readOnly), ("resumed", before.Length > 0));
        _ = WatchForHubAsync();
    }

    private async Task WatchForHubAsync()
    {
        if (!await _interrupts.WaitAsync(_online.Task, HubWithin) && !_interrupts.Happened)
        {
            _screen.Warn("the hub has not answered for 10 s; the text goes on and is shared as soon as it does");
        }
    }

    /// <summary>The document's hub: the one that was named, the one it has, or a private one here.</summary>
    private async Task<DocumentInvite> MeetAsync(DocumentInvite invite)
    {
        if (_options.Hubs.Length > 0)
        {
            invite = invite with { Origin = HubAddress.Parse(_options.Hubs[0]).Origin };
        }
        else if (invite.Origin == DocDesk.NoHub || _folder?.Port is not null)
        {
            if (_options.Keep is not null)
            {
                throw new ProblemException(new Problem("ROOST-2005", "--keep needs a hub that stays when this machine goes", "name one with --hub URL", ExitCode.Usage));
            }
            using var room = new RoomKeys(invite.Secret, invite.Owner);
            _hub = await PrivateHub.StartAsync(room.Room, _options.Host, _options.Port ?? _folder?.Port, fixedPort: _options.Port is > 0, _screen);
            invite = invite with { Origin = _hub.PublicOrigin };
            if (_folder is not null)
            {
                _folder.Port = _hub.Port;
            }
        }
        if (_folder is not null && _folder.Invite != invite)
        {
            _folder.Relink(invite);
        }
        return invite;
    }

    /// <returns>Whether everybody who is here has all of it.</returns>
    private async Task<bool> LingerAsync()
    {
        using var giveUp = new CancellationTokenSource();
        var held = _stream!.HeldByAllAsync(giveUp.Token);
        if (_options.Linger is { } time)
        {
            await _interrupts.WaitAsync(Task.Delay(time, giveUp.Token));
        }
        else if (Screen.IsTerminal && !_options.Json && !_interrupts.Happened)
        {
            _screen.Good("the stream has ended; the document goes on for whoever is here or comes, ^C stops that");
            await _interrupts.WaitAsync(Task.Delay(Timeout.Infinite, giveUp.Token));
        }
        else
        {
            await _interrupts.WaitAsync(held, HeldWithin);
        }
        if (_interrupts.Happened)
        {
            // The last words are on their way; a second ^C does not wait for them.
            await Task.WhenAny(held, Task.Delay(HeldAfterInterrupt, giveUp.Token));
        }
        bool isHeld = held.IsCompletedSuccessfully;
        await giveUp.CancelAsync();
        return isHeld;
    }

    private int Conclude(long bytes, int exit, bool isHeld)
    {
        string size = StreamWords.Size(bytes);
        if (_folder is not null)
        {
            _screen.Good($"done: {size} · kept as '{_options.Room}': roost doc open {_options.Room}, roost doc cat {_options.Room}");
        }
        else if (_hub is null && !_online.Task.IsCompleted)
        {
            var lost = new Problem("ROOST-2516", "the hub was never reached: nobody has this document, and it is not kept here", "see that the hub runs, or keep the document with --room NAME", ExitCode.NoHub);
            _screen.Problem(lost);
            _json.Write("error", ("code", lost.Code), ("message", lost.Cause), ("hint", lost.Fix), ("exit", lost.Exit));
            return exit == ExitCode.Done ? lost.Exit : exit;
        }
        else
        {
            _screen.Good($"done: {size} · the document is not kept on this machine{(_options.Keep is null ? " (--room NAME does that)" : "")}; whoever has it open goes on with it");
            if (!isHeld)
            {
                _screen.Warn("not everybody had confirmed the end when this process went");
            }
        }
        return _unshared && exit == ExitCode.Done ? ExitCode.Resource : exit;
    }

    private void Tell(DocumentStreamEvent happened)
    {
        if (happened == DocumentStreamEvent.NoText)
        {
            const string Cause = "the input holds bytes that are no text in UTF-8: each stands as '\uFFFD' in the document";
            _screen.Warn($"ROOST-2514 {Cause}");
            _json.Write("warn", ("code", "ROOST-2514"), ("message", Cause));
            return;
        }
        Unshare("ROOST-2515", $"the stream has brought {StreamedText.MaxLength / 1024 / 1024} million characters, the most that a document takes of one", "the text goes on here; what follows is shared by roost stream without --can-edit");
    }

    private void Tell(DocumentEvent happened)
    {
        switch (happened)
        {
            case DocumentEvent.HubFound found:
                _online.TrySetResult();
                _json.Write("hub", ("origin", found.Origin), ("state", "online"));
                break;
            case DocumentEvent.HubLost lost:
                _screen.Warn($"no hub: {lost.Reason.TrimEnd('.')}; trying again");
                _json.Write("hub", ("state", "offline"), ("reason", lost.Reason));
                break;
            case DocumentEvent.Refused refused:
                _screen.Warn($"ROOST-{1000 + refused.Code} {refused.Message}");
                _json.Write("warn", ("code", $"ROOST-{1000 + refused.Code}"), ("message", refused.Message));
                break;
            case DocumentEvent.Members members when members.Count != _others:
                _screen.Good($"{(members.Count > _others ? "somebody joined" : "somebody left")} · here: {members.Count}");
                _others = members.Count;
                _json.Write("members", ("count", members.Count));
                break;
            case DocumentEvent.Changed when !_toldOfWriters && _others > 0:
                _toldOfWriters = true;
                _screen.Good("somebody writes along");
                break;
            case DocumentEvent.Kept { For.Ticks: > 0 } kept:
                _screen.Good($"the hub keeps this document for {StreamWords.Time(kept.For)} after the last change");
                _json.Write("kept", ("seconds", (long)kept.For.TotalSeconds));
                break;
            case DocumentEvent.Kept refused when _options.Keep is not null:
                _screen.Problem(new Problem("ROOST-2006", $"the hub does not keep this session: {refused.Why}", "it is shared while this machine is on; use a hub started with --data for --keep", ExitCode.Resource));
                _json.Write("warn", ("code", "ROOST-2006"), ("message", refused.Why));
                break;
            case DocumentEvent.BadUpdate bad:
                _screen.Warn($"ROOST-2509 a writer sent what no document can take, it was left out: {bad.Why}");
                break;
            case DocumentEvent.Forked:
                _screen.Warn("ROOST-2512 a writer contradicted what it signed; the rest of its changes is not read");
                break;
            case DocumentEvent.Failed failed:
                Unshare("ROOST-2510", $"nothing more can be kept: {failed.Problem}", "the text goes on here, but nobody else gets more of it; make room and start again");
                break;
        }
    }

    private void Unshare(string code, string cause, string fix)
    {
        _unshared = true;
        _screen.Problem(new Problem(code, cause, fix, ExitCode.Resource));
        _json.Write("error", ("code", code), ("message", cause), ("hint", fix), ("exit", ExitCode.Resource));
    }
}
