using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Identity;
using Roost.Core.Rooms;

namespace Roost.Core.Feeds;

/// <summary>
/// The reader's side of a host's feed: asks for what it has not got, checks every entry and gives them out in order, once, without a gap.
/// </summary>
/// <remarks>A pure core; not thread-safe, one driver. Only entries signed by the room's owner count (docs/protocol/feeds.md).</remarks>
public sealed partial class FeedReader : IProtocolCore<FeedReaderInput, FeedReaderEffect>, IDisposable
{
    /// <summary>Live entries kept aside while an older one is missing; what is above is asked for again.</summary>
    public const int MaxAside = 1024;

    // Guess: twice the worst round trip of a phone; the answer itself may take longer, so progress counts too.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AckEvery = TimeSpan.FromSeconds(1);

    private readonly RoomId _room;
    private readonly OwnerId _owner;
    private readonly Func<FeedId, IEntryOpener> _openers;
    private readonly Queue<FeedReaderEffect> _effects = new();
    private readonly SortedDictionary<ulong, FeedFrame.Live> _aside = [];
    private FeedChain? _chain;
    private IEntryOpener? _opener;
    private PeerId? _source;
    private bool _isHost;
    private Instant? _askAgainAt;
    private Instant? _ackAt;
    private ulong _acked;
    private bool _caughtUp;
    private bool _broken;

    // The newest number that came by the hub, and by a direct link. Frames of one way come in order, those of two don't: a HEAD below
    // the cursor is a host that took something back only where the same way has already brought more.
    private ulong _seenByHub;
    private ulong _seenByLink;

    /// <summary>Starts without knowing the feed.</summary>
    /// <param name="room">A room with an owner.</param>
    /// <exception cref="ArgumentException">The room is open: it has no host.</exception>
    public FeedReader(RoomKeys room) : this(room.Room, room.Owner, feed => new FeedSeal(room, feed))
    {
    }

    /// <summary>Starts without knowing the feed, and without the room's secret: what is given out stays sealed.</summary>
    /// <exception cref="ArgumentException">The room is open: it has no host.</exception>
    public FeedReader(RoomId room, OwnerId owner) : this(room, owner, static _ => new SealedEntries())
    {
    }

    private FeedReader(RoomId room, OwnerId owner, Func<FeedId, IEntryOpener> openers)
    {
        if (owner == OwnerId.None)
        {
            throw new ArgumentException("An open room has no host to read.", nameof(owner));
        }
        _room = room;
        _owner = owner;
        _openers = openers;
    }

    /// <summary>The last entry given out; 0 before the first.</summary>
    public ulong Cursor => _chain?.N ?? 0;

    /// <summary>Frames that were refused: not verifiable, or from somebody else.</summary>
    public int Refused { get; private set; }

    /// <inheritdoc/>
    public Wake? NextWake => Wake.Earlier(
        _askAgainAt is { } ask ? new Wake(ask, "ask the host again") : null,
        _ackAt is { } ack ? new Wake(ack, "acknowledge") : null);

    /// <inheritdoc/>
    public void Handle(FeedReaderInput input, Instant now)
    {
        switch (input)
        {
            case FeedReaderInput.HostSeen seen:
                (_source, _isHost) = (seen.Host, true);
                _seenByHub = Cursor; // what it answers from here on, it says after all that is known
                _acked = 0; // it may have been told by a way that is lost, or before it restarted
                _batch = null;
                Ask(now);
                break;
            case FeedReaderInput.KeeperSeen seen when !_isHost:
                (_source, _isHost) = (seen.Keeper, false);
                _batch = null;
                Ask(now);
                _askAgainAt = null; // Whether it keeps this room at all is not known; it answers at once or not.
                break;
            case FeedReaderInput.HostLost:
                (_source, _isHost) = (null, false);
                _batch = null;
                _askAgainAt = null;
                _ackAt = null;
                break;
            case FeedReaderInput.Gap:
                _acked = 0;
                _batch = null;
                Ask(now);
                break;
            case FeedReaderInput.Frame frame when frame.From == _source && !_broken:
                HandleFrame(frame.Payload, frame.IsDirect, now);
                break;
            case FeedReaderInput.Frame:
                Refused++;
                break;
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (_askAgainAt <= now)
        {
            _batch = null;
            Ask(now);
        }
        if (_ackAt <= now)
        {
            Acknowledge(now);
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out FeedReaderEffect effect) => _effects.TryDequeue(out effect);

    /// <inheritdoc/>
    public void Dispose() => _opener?.Dispose();

    private void HandleFrame(ReadOnlyMemory<byte> payload, bool isDirect, Instant now)
    {
        if (!FeedCodec.TryRead(payload, out var frame))
        {
            Refused++;
            return;
        }
        See(frame, isDirect);
        switch (frame)
        {
            case FeedFrame.Head head:
                HandleHead(head, isDirect ? _seenByLink : _seenByHub, now);
                break;
            case FeedFrame.Live live when live.Feed == _chain?.Feed.Short:
                HandleLive(live, now);
                break;
            case FeedFrame.Live:
                Ask(now);
                break;
            case FeedFrame.Pack pack when pack.Feed == _chain?.Feed.Short:
                HandlePack(pack, now);
                break;
        }
    }

    private void See(FeedFrame frame, bool isDirect)
    {
        ulong n = frame switch
        {
            FeedFrame.Live live when live.Feed == _chain?.Feed.Short => live.Entry.N,
            FeedFrame.Pack { End: { } end } pack when pack.Feed == _chain?.Feed.Short => end.Head,
            _ => 0,
        };
        if (isDirect)
        {
            _seenByLink = Math.Max(_seenByLink, n);
        }
        else
        {
            _seenByHub = Math.Max(_seenByHub, n);
        }
    }

    private void Ask(Instant now)
    {
        if (_source is { } source && !_broken)
        {
            Send(source, new FeedFrame.Want(_chain?.Feed.Short ?? 0, Cursor, FeedFrame.MaxAnswer));
            _askAgainAt = now + AskAgainAfter;
        }
    }

    private void Acknowledge(Instant now)
    {
        _ackAt = null;
        if (_isHost && _source is { } host && _chain is { } chain && chain.N > _acked)
        {
            Send(host, new FeedFrame.Ack(chain.Feed.Short, chain.N));
            _acked = chain.N;
            _ackAt = now + AckEvery;
        }
    }

    private void Break(FeedFault fault, ulong n)
    {
        _broken = true;
        _askAgainAt = null;
        _effects.Enqueue(new FeedReaderEffect.Broken(fault, n));
    }

    private void Send(PeerId to, FeedFrame frame) => _effects.Enqueue(new FeedReaderEffect.Send(to, FeedCodec.Write(frame)));
}
