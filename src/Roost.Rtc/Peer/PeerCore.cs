using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;
using Roost.Rtc.Sctp;

namespace Roost.Rtc.Peer;

/// <summary>One side of a WebRTC connection without a network: ICE, DTLS, SCTP and channels nested, offer and answer on top.</summary>
/// <remarks>
/// <para>Rare verbs (descriptions, channels, closing) are methods; each counts as an input, so effects are drained after it.
/// Bytes in a <see cref="PeerEffectKind.Transmit"/> live in <see cref="PeerBuffers"/> shared by all cores of a loop: send before
/// anything else is called.</para>
/// <para>Not thread-safe; one driver.</para>
/// </remarks>
public sealed partial class PeerCore : IProtocolCore<PeerInput, PeerEffect>, IDisposable
{
    private readonly PeerOptions _options;
    private readonly PeerBuffers _buffers;
    private readonly IDtlsFactory _dtlsFactory;
    private readonly Dice _dice;
    private readonly IceAgent _ice;
    private readonly Queue<PeerEffect> _effects = new();
    private readonly HashSet<(int Port, TransportAddress Address)> _peerAddresses = [];
    private Instant _now;
    private bool _moreFollows;
    private bool _hasFailed;
    private Wake? _iceWake;
    private bool _iceWakeIsKnown;

    /// <summary>Makes a peer.</summary>
    /// <param name="options">Limits and habits.</param>
    /// <param name="buffers">Shared by the cores of one loop.</param>
    /// <param name="dtls">Where DTLS comes from.</param>
    /// <param name="dice">Randomness; cryptographic outside simulations.</param>
    /// <param name="transactionPrefix">First 32 bits of its STUN transaction ids, unique within the loop.</param>
    /// <exception cref="ArgumentOutOfRangeException">Packets are to be larger than <see cref="SctpOptions.LargestPacketBytes"/>.</exception>
    public PeerCore(PeerOptions options, PeerBuffers buffers, IDtlsFactory dtls, Dice dice, uint transactionPrefix)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dice);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(options.Sctp.MaxPacketBytes, options.Sctp.BasePacketBytes), SctpOptions.LargestPacketBytes);
        _options = options;
        _buffers = buffers;
        _dtlsFactory = dtls;
        _dice = dice;
        _ice = new IceAgent(options.Ice, options.Turn, dice, transactionPrefix);
        _sessionId = (long)(dice.NextUInt64() >> 2);
    }

    /// <summary>State of the connection.</summary>
    public PeerState State { get; private set; }

    /// <summary>State of ICE.</summary>
    public IceState IceState => _ice.State;

    /// <summary>Progress of gathering.</summary>
    public IceGatheringState Gathering => _ice.Gathering;

    /// <summary>Where data goes; null while no pair works.</summary>
    public IcePath? Path => _ice.Path;

    /// <summary>Our ICE username fragment, by which a shared socket finds this peer.</summary>
    public string LocalUsernameFragment => _ice.Local.UsernameFragment;

    /// <summary>Counters of the association; null before there is one.</summary>
    public SctpStatistics? SctpStatistics => _sctp?.Statistics;

    /// <summary>Round trip of the last ICE check on the path.</summary>
    public TimeSpan IceRoundTrip => _ice.RoundTrip;

    /// <inheritdoc/>
    public Wake? NextWake
    {
        get
        {
            if (State == PeerState.Closed)
            {
                return null;
            }
            var wake = Wake.Earlier(IceWake(), _sctp?.NextWake);
            return _dtls?.NextTick is { } at ? Wake.Earlier(wake, new Wake(at, "repeat a DTLS flight")) : wake;
        }
    }

    /// <summary>Takes in a socket, a server or the end of their list.</summary>
    public void Gather(IceInput input, Instant now)
    {
        _now = now;
        _moreFollows = false;
        Ice(input);
    }

    /// <inheritdoc/>
    public void Handle(PeerInput input, Instant now)
    {
        _now = now;
        _moreFollows = input.MoreFollows;
        var segment = input.SegmentBytes > 0 ? input.SegmentBytes : Math.Max(input.Bytes.Length, 1);
        for (var at = 0; at < input.Bytes.Length; at += segment)
        {
            HandleDatagram(input.Port, input.From, input.Bytes.Slice(at, Math.Min(segment, input.Bytes.Length - at)));
        }
        if (!_moreFollows)
        {
            Uncork();
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        _now = now;
        _moreFollows = false;
        if (State == PeerState.Closed)
        {
            return;
        }
        if (IceWake() is { } ice && ice.At <= now)
        {
            _ice.Tick(now);
            DrainIce();
        }
        if (_dtls?.NextTick <= now)
        {
            _dtls.Tick(now);
            SettleDtls();
        }
        if (_sctp?.NextWake is { } sctp && sctp.At <= now)
        {
            _sctp.Tick(now);
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out PeerEffect effect)
    {
        ReturnLent();
        while (true)
        {
            if (_effects.TryDequeue(out effect))
            {
                if (effect is { Kind: PeerEffectKind.Transmit, Buffer: { } lent })
                {
                    _lent = lent;
                    effect = effect with { Buffer = null };
                }
                return true;
            }
            if (TryTakeBatch(out effect))
            {
                return true;
            }
            if (_effects.Count == 0)
            {
                return false;
            }
        }
    }

    /// <summary>Closes for good: ABORT, close_notify and released relays leave with the effects to drain.</summary>
    public void Close(Instant now)
    {
        _now = now;
        if (State == PeerState.Closed)
        {
            return;
        }
        _moreFollows = false;
        _sctp?.Close(now);
        DrainSctp();
        _dtls?.Close();
        DrainDtls();
        CloseChannels();
        SetSignaling(SignalingState.Closed);
        _ice.Handle(new IceInput.Close(), now);
        DrainIce();
        SetState(PeerState.Closed, null);
    }

    /// <summary>Frees the DTLS transport; call after the last effect was taken.</summary>
    public void Dispose()
    {
        ReturnLent();
        _dtls?.Dispose();
    }

    /// <summary>ICE goes through its pairs for this; data packets do not change it, and ask for it after every burst.</summary>
    private Wake? IceWake()
    {
        if (!_iceWakeIsKnown)
        {
            _iceWake = _ice.NextWake;
            _iceWakeIsKnown = true;
        }
        return _iceWake;
    }

    private void Ice(IceInput input)
    {
        _ice.Handle(input, _now);
        DrainIce();
    }

    private void Notice(PeerNotice notice) => _effects.Enqueue(new PeerEffect(PeerEffectKind.Notice, Notice: notice));

    private void Transmit(int port, TransportAddress to, ReadOnlyMemory<byte> bytes, bool dontFragment = false) =>
        _effects.Enqueue(new PeerEffect(PeerEffectKind.Transmit, port, to, bytes, bytes.Length, dontFragment));

    private void SetState(PeerState state, string? reason)
    {
        if (State != state && State != PeerState.Closed)
        {
            State = state;
            Notice(new PeerNotice.StateChanged(state, reason));
        }
    }

    /// <summary>DTLS or SCTP is gone for good; what ICE does later changes nothing about that.</summary>
    private void Fail(string reason)
    {
        _hasFailed = true;
        SetState(PeerState.Failed, reason);
        CloseChannels();
    }

    private void UpdateState()
    {
        if (_hasFailed)
        {
            return;
        }
        SetState(_ice.State switch
        {
            IceState.New => PeerState.New,
            IceState.Failed => PeerState.Failed,
            IceState.Closed => PeerState.Closed,
            IceState.Disconnected => PeerState.Disconnected,
            IceState.Connected when _dtls?.State == DtlsState.Connected => PeerState.Connected,
            _ => PeerState.Connecting,
        }, _ice.State == IceState.Failed ? "No path between the peers works (ICE failed). Restart ICE when a network is back, or give both sides a TURN server." : null);
    }
}
