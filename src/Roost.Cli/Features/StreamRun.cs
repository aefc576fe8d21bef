using Roost.Cli.Features.Documents;
using Roost.Cli.Terminal;
using Roost.Core.Crypto;
using Roost.Core.Rooms;
using Roost.Peer.Storage;
using Roost.Peer.Streams;

namespace Roost.Cli.Features;

/// <summary><c>roost stream</c> at work: a hub, a host, the pump, and an orderly end.</summary>
internal sealed class StreamRun : IAsyncDisposable
{
    // PROTOCOL.md 10: "until every viewer has acknowledged the end, at most 10 s".
    private static readonly TimeSpan AcknowledgeWithin = TimeSpan.FromSeconds(10);

    private readonly StreamOptions _options;
    private readonly Screen _screen;
    private readonly JsonLines _json;
    private readonly PathWords _paths;
    private readonly Interrupts _interrupts;
    private readonly RoomFolder? _folder;
    private PrivateHub? _hub;
    private TextStreamHost? _host;
    private SigningKey? _ownKey;
    private bool _unshared;

    private StreamRun(StreamOptions options, Screen screen, JsonLines json, CancellationToken cancellation)
    {
        _interrupts = new Interrupts(cancellation, json.Broken);
        _options = options;
        _screen = screen;
        _json = json;
        _paths = new PathWords(screen, json);
        _folder = options.Room is { } name ? RoomFolder.Open(name) : null;
    }

    public static Task<int> RunAsync(StreamOptions options, CancellationToken cancellation)
    {
        var screen = new Screen(options.Quiet);
        var json = new JsonLines(options.Json);
        return Running.GuardAsync(screen, json, async () =>
        {
            if (options.CanEdit)
            {
                return await DocStream.RunAsync(options, screen, json, cancellation);
            }
            await using var run = new StreamRun(options, screen, json, cancellation);
            return await run.RunAsync();
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
        _folder?.Dispose();
        _ownKey?.Dispose(); // The host signed with it to its end.
        _interrupts.Dispose();
    }

    private async Task<int> RunAsync()
    {
        using var smallHeap = new SmallHeap();
        _ownKey = _folder is null ? SigningKey.Generate(SystemDice.Instance) : null;
        await ShareAsync(_folder?.Key ?? _ownKey!, _folder?.Secret ?? RoomSecret.Generate(SystemDice.Instance));

        var pump = new StreamPump(_host!, tee: !_options.Json, StdoutFailed);
        int exit = _options.Command.Length > 0
            ? await pump.RunCommandAsync(_options.Command, _interrupts.Token)
            : await pump.RunInputAsync(_interrupts.Token);
        _json.Write("done", ("bytes", pump.Bytes), ("exit", exit));
        await LingerAsync();
        if (_hub is null && !_host!.Online.IsCompletedSuccessfully)
        {
            return NeverShared(exit);
        }
        _screen.Good($"done: {StreamWords.Size(pump.Bytes)} shared");
        return (_unshared || pump.StdoutFailed) && exit == ExitCode.Done ? ExitCode.Resource : exit;
    }

    /// <summary>A command keeps its own code; input alone was there to be shared.</summary>
    private int NeverShared(int exit)
    {
        var problem = new Problem("ROOST-2008", "the hub was never reached, so nobody could read along", "see that the hub runs and that its address is right; without --hub a private hub runs here", ExitCode.NoHub);
        _screen.Problem(problem);
        exit = _options.Command.Length == 0 && exit == ExitCode.Done ? problem.Exit : exit;
        _json.Write("error", ("code", problem.Code), ("message", problem.Cause), ("hint", problem.Fix), ("exit", exit));
        return exit;
    }

    private void StdoutFailed(string why) => _screen.Problem(StreamWords.StdoutFailed(why));

    private async Task ShareAsync(SigningKey key, RoomSecret secret)
    {
        if (_options.Keep is not null && _options.Hubs.Length == 0)
        {
            throw new ProblemException(new Problem("ROOST-2005", "--keep needs a hub that stays when this machine goes", "name one with --hub URL", ExitCode.Usage));
        }
        string title = _options.Title ?? (_options.Command.Length > 0 ? string.Join(' ', _options.Command) : _options.Room ?? "");
        using var room = new RoomKeys(secret, key.PublicKey.ToOwnerId());
        if (_options.Hubs.Length == 0)
        {
            _hub = await PrivateHub.StartAsync(room.Room, _options.Host, _options.Port ?? _folder?.Port, fixedPort: _options.Port is > 0, _screen);
            if (_folder is not null)
            {
                _folder.Port = _hub.Port;
            }
        }
        _host = TextStreamHost.Start(new TextStreamHostOptions
        {
            Hubs = _hub is null ? _options.Hubs : [_hub.LocalOrigin],
            Key = key,
            Secret = secret,
            Title = title,
            Format = _options.Format,
            LogPath = _folder?.LogPath,
            MaxLogBytes = _options.MaxLogBytes,
            KeepFor = _options.Keep,
            MaxDirect = _options.MaxDirect,
        });
        _host.Happened += Tell;
        var link = _host.InviteAt(_hub?.PublicOrigin ?? Mesh.Peers.HubAddress.Parse(_options.Hubs[0]).Origin).ToString();
        new StreamWords(_screen, _options).Welcome(link, isPrivate: _hub is not null);
        if (_options.LinkFile is { } file)
        {
            SecretFile.Write(file.FullName, System.Text.Encoding.UTF8.GetBytes(link + "\n"));
        }
        _json.Write("ready", ("room", _host.Room.ToString()), ("link", link), ("resumed", _host.Resumed));
        if (_hub is null)
        {
            await WaitForHubAsync();
        }
    }

    private async Task WaitForHubAsync()
    {
        if (!await _interrupts.WaitAsync(_host!.Online, TimeSpan.FromSeconds(10)) && !_interrupts.Happened)
        {
            _screen.Warn("the hub has not answered for 10 s; the text goes on and is shared as soon as it does");
        }
    }

    private async Task LingerAsync()
    {
        if (_options.Linger is { } time)
        {
            await _interrupts.WaitAsync(Task.Delay(time, _interrupts.Token));
        }
        else if (Screen.IsTerminal && !_options.Json && !_interrupts.Happened)
        {
            _screen.Good("the stream has ended; serving late joiners, ^C to stop");
            await _interrupts.WaitAsync(Task.Delay(Timeout.Infinite, _interrupts.Token));
        }
        else
        {
            // After ^C too: the end is said, and a second ^C does not wait for those who read it.
            using var patience = new CancellationTokenSource(AcknowledgeWithin);
            await _host!.EndAcknowledged.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(StreamHostEvent happened)
    {
        switch (happened)
        {
            case StreamHostEvent.ViewerCame came:
                _screen.Good($"a viewer joined · viewers {came.Count}");
                _json.Write("peer-joined", ("peer", came.Viewer.ToString()), ("viewers", came.Count));
                break;
            case StreamHostEvent.ViewerCaughtUp caught:
                _json.Write("peer-ready", ("peer", caught.Viewer.ToString()), ("ms", (long)caught.Took.TotalMilliseconds), ("path", _paths.Of(caught.Viewer)));
                break;
            case StreamHostEvent.ViewerPath or StreamHostEvent.DirectUnavailable:
                _paths.Tell(happened);
                break;
            case StreamHostEvent.ViewerWent went:
                _paths.Forget(went.Viewer);
                _screen.Good($"a viewer left · viewers {went.Count}");
                _json.Write("peer-left", ("peer", went.Viewer.ToString()), ("viewers", went.Count));
                break;
            case StreamHostEvent.HubFound found:
                _json.Write("hub", ("origin", found.Origin), ("state", "online"));
                break;
            case StreamHostEvent.HubLost lost:
                _screen.Warn($"no hub: {lost.Reason.TrimEnd('.')}; trying again");
                _json.Write("hub", ("state", "offline"), ("reason", lost.Reason));
                break;
            case StreamHostEvent.Refused refused:
                _screen.Warn($"ROOST-{1000 + refused.Code} {refused.Message}");
                _json.Write("warn", ("code", $"ROOST-{1000 + refused.Code}"), ("message", refused.Message));
                break;
            case StreamHostEvent.Kept { For.Ticks: > 0 } kept:
                _screen.Good($"the hub keeps this session for {StreamWords.Time(kept.For)} after this machine is gone");
                _json.Write("kept", ("seconds", (long)kept.For.TotalSeconds));
                break;
            case StreamHostEvent.Kept refused:
                _screen.Problem(new Problem("ROOST-2006", $"the hub does not keep this session: {refused.Why}", "it is shared while this machine is on; use a hub started with --data for --keep", ExitCode.Resource));
                _json.Write("warn", ("code", "ROOST-2006"), ("message", refused.Why));
                break;
            case StreamHostEvent.Replaced:
                _unshared = true;
                _screen.Problem(new Problem("ROOST-2004", "another process now hosts this room with the same key", "the text goes on here but is shared there; end one of the two", ExitCode.Resource));
                break;
            case StreamHostEvent.LogFailed failed:
                _unshared = true;
                _screen.Problem(new Problem("ROOST-2402", $"the session's log cannot be written: {failed.Problem}", "the text goes on here, but viewers get no more of it; free disk space and start again", ExitCode.Resource));
                _json.Write("error", ("code", "ROOST-2402"), ("message", failed.Problem));
                break;
        }
    }
}
