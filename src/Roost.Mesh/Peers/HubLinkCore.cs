using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Peers;

// Idle ─Start─▶ Dialing ─Opened─▶ Greeting ─HELLO─▶ Proving ─WELCOME─▶ Online
//                  ▲                  │                │                  │
//                  └──── Waiting ◀────┴────────────────┴──── lost ◀───────┤      any ─Stop, replaced─▶ Stopped
//                           ▲                            closed ── Leaving ◀┘ the hub is being taken out
internal enum HubLinkState
{
    Idle,
    Dialing,
    Greeting,
    Proving,
    Online,
    Leaving,
    Waiting,
    Stopped,
}

/// <summary>
/// A peer's standing link to one of its hubs: dials, proves, joins its rooms, and comes back for ever (1, 2, 4 … 30 s) over the hubs it knows.
/// </summary>
/// <remarks>A pure core; one driver. docs/protocol/door.md.</remarks>
public sealed partial class HubLinkCore : IProtocolCore<HubLinkInput, HubLinkEffect>
{
    // After this long online, a loss starts from the first delay again.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(10);

    private readonly HubLinkOptions _options;
    private readonly Dice _dice;
    private const int MaxLearned = 8;

    // To another hub one goes at once; spread, so that not all peers of a hub that died arrive there in the same millisecond.
    private static readonly TimeSpan ElsewhereAfter = TimeSpan.FromMilliseconds(150);

    private readonly List<string> _hubs;
    private readonly Queue<HubLinkEffect> _effects = new();
    private readonly Dictionary<RoomId, HubLinkInput.Join> _rooms = [];
    private readonly PeerId _self;
    private HubLinkState _state = HubLinkState.Idle;
    private Instant _deadline = Instant.Never;
    private Instant _onlineSince;
    private Instant _heardAt;
    private int _failures;
    private int _tried;
    private int _hub;
    private bool _pinged;

    /// <summary>Starts idle.</summary>
    /// <param name="options">Where to go, as whom.</param>
    /// <param name="dice">Cryptographic outside tests: it makes nonces.</param>
    /// <exception cref="ArgumentException">No hub, or one that is no http or https origin.</exception>
    public HubLinkCore(HubLinkOptions options, Dice dice)
    {
        if (options.Hubs.Count == 0)
        {
            throw new ArgumentException("At least one hub is needed.", nameof(options));
        }
        foreach (string hub in options.Hubs)
        {
            HubAddress.Parse(hub);
        }
        _options = options;
        _hubs = [.. options.Hubs];
        _dice = dice;
        _self = PeerId.OfKey(options.Identity.PublicKey);
    }

    /// <summary>Whether a hub has let us in.</summary>
    public bool IsOnline => _state == HubLinkState.Online;

    /// <inheritdoc/>
    public Wake? NextWake => _deadline == Instant.Never ? null : new Wake(_deadline, $"hub link {_state}");

    /// <inheritdoc/>
    public void Handle(HubLinkInput input, Instant now)
    {
        switch (input)
        {
            case HubLinkInput.Start when _state == HubLinkState.Idle:
                Dial(now);
                break;
            case HubLinkInput.Join join:
                _rooms[join.Key.Room] = join;
                if (IsOnline)
                {
                    SendJoin(join);
                }
                break;
            case HubLinkInput.Leave leave:
                if (_rooms.Remove(leave.Room) && IsOnline)
                {
                    Transmit(new DoorFrame.Leave(leave.Room));
                }
                break;
            case HubLinkInput.Say say when IsOnline:
                Transmit(say.Frame);
                break;
            case HubLinkInput.Opened when _state == HubLinkState.Dialing:
                _state = HubLinkState.Greeting;
                break;
            case HubLinkInput.Message message when _state is HubLinkState.Greeting or HubLinkState.Proving or HubLinkState.Online or HubLinkState.Leaving:
                HandleMessage(message.Bytes, now);
                break;
            case HubLinkInput.Closed closed when _state is HubLinkState.Dialing or HubLinkState.Greeting or HubLinkState.Proving or HubLinkState.Online or HubLinkState.Leaving:
                Lose(closed.Reason, now);
                break;
            case HubLinkInput.Hurry when _state == HubLinkState.Waiting:
                Dial(now);
                break;
            case HubLinkInput.Stop:
                Stop("the link was closed here");
                break;
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (now < _deadline)
        {
            return;
        }
        switch (_state)
        {
            case HubLinkState.Waiting:
                Dial(now);
                break;
            case HubLinkState.Dialing or HubLinkState.Greeting or HubLinkState.Proving or HubLinkState.Leaving:
                Fail("the hub did not answer in time", now);
                break;
            case HubLinkState.Online when _pinged && now - _heardAt >= 2 * _options.PingAfter:
                Fail("the hub fell silent", now);
                break;
            case HubLinkState.Online:
                if (now - _heardAt >= _options.PingAfter)
                {
                    _pinged = true;
                    Transmit(new DoorFrame.Ping(ReadOnlyMemory<byte>.Empty));
                    _deadline = _heardAt + 2 * _options.PingAfter;
                    _deadline = _deadline > now ? _deadline : now + _options.PingAfter;
                }
                else
                {
                    _deadline = _heardAt + _options.PingAfter;
                }
                break;
            default:
                _deadline = Instant.Never;
                break;
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out HubLinkEffect effect) => _effects.TryDequeue(out effect);

    private void Dial(Instant now)
    {
        _state = HubLinkState.Dialing;
        _deadline = now + _options.ConnectWithin;
        _effects.Enqueue(new HubLinkEffect.Dial(Current.Door));
    }

    private HubAddress Current => HubAddress.Parse(_hubs[_hub]);

    /// <summary>Ours to end: hang up, then wait like after any loss.</summary>
    private void Fail(string reason, Instant now)
    {
        _effects.Enqueue(new HubLinkEffect.Hangup(reason));
        Lose(reason, now);
    }

    private void Lose(string reason, Instant now)
    {
        bool settled = _state is HubLinkState.Online or HubLinkState.Leaving && now - _onlineSince >= SettledAfter;
        if (settled)
        {
            _failures = 0;
        }
        if (!settled || _hubs.Count > 1)
        {
            // This one is no good at the moment: the next try goes to the next hub.
            _hub = (_hub + 1) % _hubs.Count;
        }
        TimeSpan pause;
        if (++_tried < _hubs.Count)
        {
            pause = _dice.Jitter(ElsewhereAfter, 0.9);
        }
        else
        {
            // All were tried, this one again: from here on with patience.
            pause = _options.RetryDelay * Math.Pow(2, Math.Min(_failures, 16));
            pause = _dice.Jitter(pause < _options.MaxRetryDelay ? pause : _options.MaxRetryDelay, 0.2);
            _failures++;
            _tried = 0;
        }
        _state = HubLinkState.Waiting;
        _deadline = now + pause;
        _effects.Enqueue(new HubLinkEffect.Offline(_refusal ?? reason, _deadline));
        _refusal = null;
    }

    private void Stop(string reason)
    {
        if (_state is not (HubLinkState.Idle or HubLinkState.Waiting or HubLinkState.Stopped))
        {
            _effects.Enqueue(new HubLinkEffect.Hangup(reason));
        }
        _state = HubLinkState.Stopped;
        _deadline = Instant.Never;
    }

    private void Transmit(DoorFrame frame) => _effects.Enqueue(new HubLinkEffect.Transmit(DoorCodec.ToArray(frame, DoorSide.Peer)));
}
