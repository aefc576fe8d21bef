using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Hubs;
using Roost.Mesh.Peers;
using Roost.Mesh.Sessions;
using Roost.Mesh.Signaling;
using Roost.Mesh.Wire;
using Roost.Peer.Direct;
using Roost.Peer.Links;
using Roost.Peer.Storage;

namespace Roost.Peer.Streams;

/// <summary>How a text stream is hosted.</summary>
public sealed record TextStreamHostOptions
{
    /// <summary>The hubs to use, best first.</summary>
    public required IReadOnlyList<string> Hubs { get; init; }

    /// <summary>The host's key: the room's owner.</summary>
    public required SigningKey Key { get; init; }

    /// <summary>The room's secret.</summary>
    public required RoomSecret Secret { get; init; }

    /// <summary>Separates applications.</summary>
    public string Network { get; init; } = "";

    /// <summary>What viewers see as the name; may be empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>"ansi", "plain" or "md".</summary>
    public string Format { get; init; } = "ansi";

    /// <summary>Whether viewers may send questions; off.</summary>
    public bool CanAsk { get; init; }

    /// <summary>How long the hub shall keep the sealed log after this host is gone; null for not at all.</summary>
    public TimeSpan? KeepFor { get; init; }

    /// <summary>A log that survives this process; null for one that does not.</summary>
    public string? LogPath { get; init; }

    /// <summary>Viewers that are linked with directly, at once; the others read over the hub. 0 for none: then no viewer learns this machine's address.</summary>
    public int MaxDirect { get; init; } = 32;

    /// <summary>The most that the log may grow to, in bytes; 1 GiB.</summary>
    public long MaxLogBytes { get; init; } = 1L << 30;
}

/// <summary>
/// Shares a text stream: <see cref="Write"/> bytes, and whoever has the invite reads along, from the start, over whatever hub is reachable.
/// </summary>
/// <remarks>Writing never waits for viewers. Thread-safe. Events are raised on the host's loop, one at a time; don't block in them.</remarks>
public sealed class TextStreamHost : ITextSink, IAsyncDisposable
{
    private readonly FileFeedLog _log;
    private readonly RoomKeys _room;
    private readonly PeerId _self;
    private readonly bool _canAsk;
    private readonly FeedWriter _writer;
    private readonly HubLink _link;
    private readonly DirectLinks _direct;
    private readonly TimeSpan? _keepFor;
    private readonly CoreDriver<StreamHostInput, StreamHostEffect> _driver;
    private readonly TaskCompletionSource _online = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _endSeen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Pace _pace = new();
    private bool _askedToKeep;

    private TextStreamHost(TextStreamHostOptions options, RoomKeys room, FileFeedLog log, FeedWriter writer, StreamMeta meta)
    {
        _log = log;
        _room = room;
        _writer = writer;
        _self = PeerId.OfKey(options.Key.PublicKey);
        _canAsk = options.CanAsk;
        Secret = options.Secret;
        _keepFor = options.KeepFor;
        Resumed = writer.Last > 0;
        _driver = new(new StreamHostCore(writer, meta), Perform, InstantClock.System);
        var link = new HubLinkOptions { Hubs = options.Hubs, Identity = options.Key, Network = options.Network };
        _link = new HubLink(link, SystemDice.Instance, Hear, () => _driver.Post(new StreamHostInput.Drained()));
        var session = SessionId.New(SystemDice.Instance);
        var direct = new DirectOptions { Self = _self, MaxLinks = options.MaxDirect };
        _direct = new DirectLinks(room, options.Key, session, direct, frame => _link.Post(new HubLinkInput.Say(frame)), HearDirect);
        _driver.Start();
        _link.Post(new HubLinkInput.Join(_room.Join, session, HostsOnly: false));
        _link.Start();
    }

    /// <summary>Raised for what the user may want to see: viewers, hub lost and found, log trouble, another host.</summary>
    public event Action<StreamHostEvent>? Happened;

    /// <summary>Completes when a hub has let the host in for the first time.</summary>
    public Task Online => _online.Task;

    /// <summary>Completes when the stream has ended and every viewer has acknowledged that.</summary>
    public Task EndAcknowledged => _endSeen.Task;

    /// <summary>Whether an earlier run's log is continued.</summary>
    public bool Resumed { get; }

    /// <summary>The room's secret.</summary>
    public RoomSecret Secret { get; }

    /// <summary>Starts hosting; dialling goes on in the background.</summary>
    /// <exception cref="IOException">The log cannot be made.</exception>
    public static TextStreamHost Start(TextStreamHostOptions options)
    {
        var now = InstantClock.System.Now;
        var room = new RoomKeys(options.Secret, options.Key.PublicKey.ToOwnerId());
        var (log, writer, previous) = HostLog.Open(options, room, now);
        var meta = new StreamMeta { Title = options.Title, Format = options.Format, StartedMs = now.UnixMilliseconds, Previous = previous, CanAsk = options.CanAsk };
        return new TextStreamHost(options, room, log, writer, meta);
    }

    /// <summary>The link for viewers who reach the hub at <paramref name="origin"/>.</summary>
    public Invite InviteAt(string origin) => new(origin, Secret, _room.Owner);

    /// <summary>The room's id, as a private hub must know it.</summary>
    public RoomId Room => _room.Room;

    /// <summary>Shares the next bytes; they are copied. Returns at once: who writes faster than <see cref="WriteAsync"/> would fills this machine's memory.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _driver.Post(new StreamHostInput.Text(bytes.ToArray()));

    /// <inheritdoc/>
    /// <remarks>It waits until what was written is sealed and in the log, after each mebibyte.</remarks>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        Write(bytes.Span);
        return _pace.AfterAsync(bytes.Length, _driver.HandledAsync, cancellation);
    }

    /// <summary>Ends the stream; late joiners are served until disposal.</summary>
    /// <param name="exit">The command's exit code, if there was a command.</param>
    /// <param name="reason">"eof" or "interrupted".</param>
    public void End(int? exit, string reason) => _driver.Post(new StreamHostInput.End(exit, reason));

    /// <summary>Leaves the room, closes the link, and closes the log in order.</summary>
    public async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync().ConfigureAwait(false);
        await _direct.DisposeAsync().ConfigureAwait(false);
        _link.Post(new HubLinkInput.Leave(_room.Room));
        await _link.DisposeAsync().ConfigureAwait(false);
        _writer.Dispose();
        _log.Dispose();
        _room.Dispose();
    }

    private void Hear(HubLinkEffect effect)
    {
        _direct.Hear(effect);
        switch (effect)
        {
            case HubLinkEffect.Online online:
                _online.TrySetResult();
                AskToKeep(PeerId.OfKey(online.Hub));
                Happened?.Invoke(new StreamHostEvent.HubFound(online.Origin));
                break;
            case HubLinkEffect.Offline offline:
                _driver.Post(new StreamHostInput.Offline());
                Happened?.Invoke(new StreamHostEvent.HubLost(offline.Reason));
                break;
            case HubLinkEffect.Replaced:
                Happened?.Invoke(new StreamHostEvent.Replaced());
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Signal signal } when KeepFrame.TryRead(signal.Payload.Span, out var frame) && frame is KeepFrame.Answer answer:
                _askedToKeep = false;
                Happened?.Invoke(new StreamHostEvent.Kept(TimeSpan.FromSeconds(answer.Seconds), answer.Text));
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Error { Code: (ushort)Refusal.TargetUnknown } }:
                TellUnknown();
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Error error } when error.Code != (ushort)Refusal.RateLimited:
                Happened?.Invoke(new StreamHostEvent.Refused(error.Code, error.Text));
                break;
            case HubLinkEffect.Heard { Frame: DoorFrame.Send { Payload: { IsEmpty: false, Span: [Question.Type, ..] } } asked } when asked.Room == Room:
                HearQuestion(asked.From, asked.Payload);
                break;
            case HubLinkEffect.Heard heard:
                _driver.Post(new StreamHostInput.Heard(heard.Frame));
                break;
        }
    }

    private void HearQuestion(PeerId from, ReadOnlyMemory<byte> payload)
    {
        if (_canAsk && Question.TryOpen(_room, from, _self, payload.Span) is { } text)
        {
            Happened?.Invoke(new StreamHostEvent.Asked(from, text));
        }
    }

    private void HearDirect(DirectNews news)
    {
        switch (news)
        {
            case DirectNews.Frame { Payload: { IsEmpty: false, Span: [Question.Type, ..] } } asked:
                HearQuestion(asked.Peer, asked.Payload);
                break;
            case DirectNews.Frame frame:
                _driver.Post(new StreamHostInput.HeardDirect(frame.Peer, frame.Payload));
                break;
            case DirectNews.Up up:
                _driver.Post(new StreamHostInput.LinkUp(up.Peer));
                break;
            case DirectNews.Down down:
                _driver.Post(new StreamHostInput.LinkDown(down.Peer));
                break;
            case DirectNews.Full full:
                _driver.Post(new StreamHostInput.LinkFull(full.Peer));
                break;
            case DirectNews.Drained drained:
                _driver.Post(new StreamHostInput.LinkDrained(drained.Peer));
                break;
            case DirectNews.Path path:
                Happened?.Invoke(new StreamHostEvent.ViewerPath(path.Peer, path.By, path.RoundTrip));
                break;
            case DirectNews.Unavailable none:
                Happened?.Invoke(new StreamHostEvent.DirectUnavailable(none.Why));
                break;
        }
    }

    private void AskToKeep(PeerId hub)
    {
        if (_keepFor is { } time)
        {
            var ask = new KeepFrame.Ask(_writer.Feed.Author, _room.Owner, _room.Join.ExportSeed(), (uint)Math.Min(uint.MaxValue, time.TotalSeconds));
            _askedToKeep = true;
            _link.Post(new HubLinkInput.Say(new DoorFrame.Signal(default, hub, ask.ToArray())));
        }
    }

    /// <summary>A viewer that has just left, which is no news, or a hub without a keeper.</summary>
    private void TellUnknown()
    {
        if (_askedToKeep)
        {
            _askedToKeep = false;
            Happened?.Invoke(new StreamHostEvent.Kept(TimeSpan.Zero, "this hub keeps no sessions"));
        }
    }

    private void Perform(StreamHostEffect effect)
    {
        switch (effect)
        {
            case StreamHostEffect.Say say:
                _link.Post(new HubLinkInput.Say(say.Frame));
                break;
            case StreamHostEffect.SayDirect say:
                _direct.Send(say.Viewer, say.Payload);
                break;
            case StreamHostEffect.EndAcknowledged:
                _endSeen.TrySetResult();
                break;
            case StreamHostEffect.ViewerCame came:
                Happened?.Invoke(new StreamHostEvent.ViewerCame(came.Viewer, came.Count));
                break;
            case StreamHostEffect.ViewerWent went:
                Happened?.Invoke(new StreamHostEvent.ViewerWent(went.Viewer, went.Count));
                break;
            case StreamHostEffect.ViewerCaughtUp caught:
                Happened?.Invoke(new StreamHostEvent.ViewerCaughtUp(caught.Viewer, caught.Took));
                break;
            case StreamHostEffect.LogFailed failed:
                Happened?.Invoke(new StreamHostEvent.LogFailed(failed.Problem));
                break;
        }
    }
}
