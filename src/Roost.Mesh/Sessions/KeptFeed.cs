using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>One room at its keeper: follows the host's feed without reading it, and answers whoever asks while the host is away.</summary>
internal sealed class KeptFeed : IKept
{
    private readonly JoinKey _key;
    private readonly KeeperLimits _limits;
    private readonly IKeeperStore _store;
    private readonly FeedReader _reader;
    private readonly AnswerQueue _answers;
    private readonly Queue<DoorFrame> _say = new();
    private readonly Dictionary<PeerId, RateBucket> _askers = [];
    private FeedArchive? _archive;
    private PeerId? _host;
    private KeptRoom _kept;
    private long _bytes;
    private string? _stopped;

    public KeptFeed(JoinKey key, KeptRoom kept, KeeperLimits limits, IKeeperStore store, IReadOnlyList<FeedId> feeds, AnswerQueue answers)
    {
        _answers = answers;
        _key = key;
        _kept = kept;
        _limits = limits;
        _store = store;
        _reader = new FeedReader(key.Room, kept.Owner);
        if (feeds.MaxBy(f => f.Epoch.High) is { } newest && store.Open(newest) is { } log)
        {
            _archive = new FeedArchive(newest, log);
        }
    }

    public Instant Until => _kept.Until;

    public Wake? NextWake => _reader.NextWake;

    public void Extend(KeptRoom kept) => _kept = kept;

    public void Tick(Instant now)
    {
        _reader.Tick(now);
        Drain(now);
    }

    public void Offline(Instant now) => HostLost(now);

    private void HostLost(Instant now)
    {
        _host = null;
        Read(new FeedReaderInput.HostLost(), now);
    }

    public void Hear(DoorFrame frame, Instant now)
    {
        switch (frame)
        {
            case DoorFrame.Members members:
                foreach (var host in members.List.Where(m => m.IsHost))
                {
                    Meet(host.Peer, now);
                }
                break;
            case DoorFrame.Joined { Member.IsHost: true } joined:
                Meet(joined.Member.Peer, now);
                break;
            case DoorFrame.Left left:
                _askers.Remove(left.Peer);
                _answers.Forget(_key.Room, left.Peer);
                if (left.Peer == _host)
                {
                    HostLost(now);
                }
                break;
            case DoorFrame.Cast cast:
                Read(new FeedReaderInput.Frame(cast.From, cast.Payload), now);
                break;
            case DoorFrame.Gap gap when gap.From == _host:
                Read(new FeedReaderInput.Gap(), now);
                break;
            case DoorFrame.Send send when send.From == _host:
                Read(new FeedReaderInput.Frame(send.From, send.Payload), now);
                break;
            case DoorFrame.Send send when FeedCodec.TryRead(send.Payload, out var asked) && asked is FeedFrame.Want want:
                Ask(send.From, want, now);
                break;
        }
    }

    public bool TryTake([MaybeNullWhen(false)] out DoorFrame frame) => _say.TryDequeue(out frame);

    public void Dispose()
    {
        _reader.Dispose();
        _key.Dispose();
    }

    private void Meet(PeerId host, Instant now)
    {
        _host = host;
        TellStopped();
        Read(new FeedReaderInput.HostSeen(host), now);
    }

    /// <summary>What a reader gets.</summary>
    public IEnumerable<FeedFrame> Answer(FeedFrame.Want want) => _archive?.Answer(want) ?? [];

    private void Ask(PeerId asker, FeedFrame.Want want, Instant now)
    {
        var bucket = _askers.TryGetValue(asker, out var known) ? known : new RateBucket(StreamHostCore.AnswersPerViewer, now);
        bool allowed = bucket.TryTake(1, now);
        _askers[asker] = bucket;
        if (allowed)
        {
            _answers.Ask(_key.Room, asker, want);
        }
    }

    private void Read(FeedReaderInput input, Instant now)
    {
        _reader.Handle(input, now);
        Drain(now);
    }

    private void Drain(Instant now)
    {
        while (_reader.TryTake(out var effect))
        {
            switch (effect)
            {
                case FeedReaderEffect.Send send:
                    _say.Enqueue(new DoorFrame.Send(default, _key.Room, send.To, send.Payload));
                    break;
                case FeedReaderEffect.Opened opened when opened.Feed != _archive?.Feed:
                    _archive = _store.Open(opened.Feed) is { } log ? new FeedArchive(opened.Feed, log) : null;
                    _bytes = 0;
                    _stopped = null;
                    break;
                case FeedReaderEffect.Entry entry:
                    Store(entry, now);
                    break;
            }
        }
    }

    private void Store(FeedReaderEffect.Entry entry, Instant now)
    {
        var until = now + TimeSpan.FromSeconds(_kept.Seconds);
        if (until - _kept.Until > TimeSpan.FromMinutes(1))
        {
            _kept = _kept with { Until = until };
            _store.Remember(_key.Room, _kept);
        }
        // After a restart the host's replay starts from the beginning: what is stored already is passed over.
        if (_archive is null || _stopped is not null || entry.N != _archive.Last + 1)
        {
            return;
        }
        if (_bytes + entry.Body.Length > _limits.MaxBytesPerRoom)
        {
            StopKeeping($"it has grown over the {_limits.MaxBytesPerRoom >> 20} MiB that this hub keeps");
            return;
        }
        try
        {
            _archive.Append(new FeedEntry(entry.N, entry.Kind, entry.Body), entry.Signature);
            _bytes += entry.Body.Length;
        }
        catch (IOException)
        {
            StopKeeping("its disk is full");
        }
    }

    /// <summary>What is stored stays readable; the host hears that what follows is not kept.</summary>
    private void StopKeeping(string why)
    {
        _stopped = $"{why}; what it has stays readable, the rest is not kept";
        TellStopped();
    }

    private void TellStopped()
    {
        if (_host is { } host && _stopped is { } why)
        {
            _say.Enqueue(new DoorFrame.Signal(default, host, new KeepFrame.Answer(_key.Room, 0, why).ToArray()));
        }
    }
}
