using System.Diagnostics.CodeAnalysis;
using System.Text;
using Roost.Core.Cores;
using Roost.Rtc.Turn;

namespace Roost.Rtc.Ice;

/// <summary>A full ICE agent for one component (RFC 8445, trickle RFC 8838, consent RFC 7675) as a pure core.</summary>
/// <remarks>Not thread-safe; one driver. Bytes of the peer never throw: what does not parse or authenticate is dropped without an answer.</remarks>
public sealed partial class IceAgent : IProtocolCore<IceInput, IceEffect>
{
    private readonly IceOptions _options;
    private readonly TurnOptions _turnOptions;
    private readonly Dice _dice;
    private readonly uint _transactionPrefix;
    private readonly ulong _tieBreaker;
    private readonly Queue<IceEffect> _effects = new();
    private readonly List<LocalBase> _locals = [];
    private readonly List<RemoteCandidate> _remotes = [];
    private readonly List<CandidatePair> _pairs = [];
    private IceCredentials? _remote;
    private byte[] _localKey;
    private byte[] _remoteKey = [];
    private bool _remoteDone;
    private Instant _checkingSince = Instant.Never;

    /// <summary>Makes an agent.</summary>
    /// <param name="options">Limits and habits.</param>
    /// <param name="turnOptions">Limits and habits of its TURN clients.</param>
    /// <param name="dice">Source of credentials and ids; must be cryptographic outside simulations.</param>
    /// <param name="transactionPrefix">First 32 bits of every transaction id it uses, by which a shared socket finds its owner.</param>
    public IceAgent(IceOptions options, TurnOptions turnOptions, Dice dice, uint transactionPrefix)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(turnOptions);
        ArgumentNullException.ThrowIfNull(dice);
        _options = options;
        _turnOptions = turnOptions;
        _dice = dice;
        _transactionPrefix = transactionPrefix;
        _tieBreaker = dice.NextUInt64();
        Local = IceCredentials.Create(dice);
        _localKey = Encoding.UTF8.GetBytes(Local.Password);
    }

    /// <summary>Our credentials of the current generation.</summary>
    public IceCredentials Local { get; private set; }

    /// <summary>The current role; a conflict may change it.</summary>
    public IceRole Role { get; private set; } = IceRole.Controlled;

    /// <summary>The current state.</summary>
    public IceState State { get; private set; }

    /// <summary>Progress of gathering.</summary>
    public IceGatheringState Gathering { get; private set; }

    /// <summary>Where data goes: the selected pair, or the best that works while none is selected; null while none works.</summary>
    public IcePath? Path { get; private set; }

    /// <summary>The relay data must be wrapped for, when the path leads through one of ours.</summary>
    internal TurnClient? PathRelay { get; private set; }

    /// <summary>Last measured round trip of a check on the path.</summary>
    public TimeSpan RoundTrip => _pathPair?.RoundTrip ?? TimeSpan.Zero;

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out IceEffect effect) => _effects.TryDequeue(out effect);

    /// <inheritdoc/>
    public void Handle(IceInput input, Instant now)
    {
        if (State == IceState.Closed)
        {
            return;
        }
        switch (input)
        {
            case IceInput.Datagram datagram: OnDatagram(datagram, now); break;
            case IceInput.HostAddress host: AddHost(host, now); break;
            case IceInput.StunServer server: AddStunServer(server.Address, now); break;
            case IceInput.TurnServer server: AddTurnServer(server, now); break;
            case IceInput.PortLost lost: OnPortLost(lost.Port, now); break;
            case IceInput.NoMoreServers: OnNoMoreServers(now); break;
            case IceInput.Role role: SetRole(role.Value); break;
            case IceInput.RemoteCredentials credentials: SetRemote(credentials.Value, now); break;
            case IceInput.RemoteCandidate candidate: AddRemote(candidate.Value, now); break;
            case IceInput.NoMoreRemoteCandidates: _remoteDone = true; break;
            case IceInput.Restart restart: Restart(restart.Local); break;
            case IceInput.TakeBackRestart: TakeBackRestart(now); break;
            case IceInput.Close: Close(now); break;
        }
        Drive(now);
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (State != IceState.Closed)
        {
            Drive(now);
        }
    }

    private void Emit(IceEffect effect) => _effects.Enqueue(effect);

    private void SetState(IceState state)
    {
        if (State != state)
        {
            State = state;
            Emit(new IceEffect.StateChanged(state));
        }
    }

    private void SetRole(IceRole role)
    {
        if (Role != role)
        {
            Role = role;
            foreach (var pair in _pairs)
            {
                pair.NominationWanted = false;
            }
        }
    }

    private void SetRemote(IceCredentials credentials, Instant now)
    {
        if (!credentials.IsValid || credentials == _remote)
        {
            return;
        }
        if (_remote is not null)
        {
            // New credentials mean the other side restarted: its old candidates are void, the old path still carries data.
            ForgetPairs();
        }
        _before = null;
        _remote = credentials;
        _remoteKey = Encoding.UTF8.GetBytes(credentials.Password);
        _remoteDone = false;
        StartChecking(now);
    }

    private void StartChecking(Instant now)
    {
        if (_remote is null)
        {
            return;
        }
        if (_checkingSince == Instant.Never)
        {
            _checkingSince = now;
        }
        if (State == IceState.New || (State == IceState.Failed && _pairs.Count > 0))
        {
            SetState(IceState.Checking);
        }
    }

    private void Close(Instant now)
    {
        foreach (var server in _turnServers)
        {
            server.Client.Release(now);
            DrainTurn(server, now);
        }
        _pairs.Clear();
        _transactions.Clear();
        SetState(IceState.Closed);
    }
}
