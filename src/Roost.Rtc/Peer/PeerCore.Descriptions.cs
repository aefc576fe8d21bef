using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;
using Roost.Rtc.Sdp;

namespace Roost.Rtc.Peer;

/// <summary>Offer and answer (RFC 8829), for one data section.</summary>
public sealed partial class PeerCore
{
    private readonly long _sessionId;
    private readonly List<IceCandidate> _earlyCandidates = [];
    private readonly ushort _localSctpPort = DataSession.DefaultSctpPort;
    private int _version = 1;
    private DataSession? _remote;
    private DataSession? _pendingRemote;
    private DtlsRole? _dtlsRole;
    private bool _restartWanted;
    private bool _wasOfferer;
    private bool _negotiated;

    /// <summary>Where the exchange stands.</summary>
    public SignalingState Signaling { get; private set; }

    /// <summary>The largest message the peer takes, in bytes; long.MaxValue when it set no limit.</summary>
    public long MaxMessageSize => _remote is null ? DataSession.DefaultMaxMessageSize : _remote.MaxMessageSize == 0 ? long.MaxValue : _remote.MaxMessageSize;

    /// <summary>The peer's credentials in force, to tell candidates of generations apart.</summary>
    public string? RemoteUsernameFragment => _remote?.Ice.UsernameFragment;

    /// <summary>Makes an offer; nothing changes until it is set.</summary>
    public SessionDescription CreateOffer() => new(SdpType.Offer, Write(SetupAttribute.ActPass, null));

    /// <summary>Makes an answer to the offer that was set.</summary>
    /// <returns>Null when there is no offer to answer.</returns>
    public SessionDescription? CreateAnswer() =>
        Signaling == SignalingState.HaveRemoteOffer ? new(SdpType.Answer, Write(AnswerSetup(), _pendingRemote)) : null;

    /// <summary>The description to signal now, with the candidates found so far.</summary>
    public SessionDescription LocalDescription() => Signaling == SignalingState.HaveRemoteOffer || (!_wasOfferer && _negotiated && Signaling == SignalingState.Stable)
        ? new(SdpType.Answer, Write(AnswerSetup(), _pendingRemote ?? _remote))
        : new(SdpType.Offer, Write(SetupAttribute.ActPass, null));

    /// <summary>Asks for new ICE credentials in the next offer.</summary>
    public void RestartIce() => _restartWanted = true;

    /// <summary>Sets our offer, our answer, or takes an offer back.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public DescriptionProblem? SetLocal(SdpType type, Instant now)
    {
        _now = now;
        switch (type)
        {
            case SdpType.Rollback when Signaling == SignalingState.HaveLocalOffer:
                Ice(new IceInput.TakeBackRestart());
                SetSignaling(SignalingState.Stable);
                return null;
            case SdpType.Offer when Signaling is SignalingState.Stable or SignalingState.HaveLocalOffer:
                if (_restartWanted && _negotiated)
                {
                    Ice(new IceInput.Restart(IceCredentials.Create(_dice)));
                }
                _restartWanted = false;
                _version++;
                if (!_negotiated)
                {
                    Ice(new IceInput.Role(IceRole.Controlling));
                }
                SetSignaling(SignalingState.HaveLocalOffer);
                return null;
            case SdpType.Answer or SdpType.Pranswer when Signaling == SignalingState.HaveRemoteOffer:
                _version++;
                _wasOfferer = false;
                if (!_negotiated && !_pendingRemote!.IsIceLite)
                {
                    Ice(new IceInput.Role(IceRole.Controlled));
                }
                _dtlsRole ??= AnswerSetup() == SetupAttribute.Active ? DtlsRole.Client : DtlsRole.Server;
                Adopt(_pendingRemote!);
                return null;
            default:
                return Misfit($"A local {type}");
        }
    }

    /// <summary>Sets the other side's offer or answer. An offer that crosses ours takes ours back, as the W3C demands.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public DescriptionProblem? SetRemote(SessionDescription description, Instant now)
    {
        ArgumentNullException.ThrowIfNull(description);
        _now = now;
        if (description.Type == SdpType.Rollback)
        {
            _pendingRemote = null;
            return Signaling == SignalingState.HaveRemoteOffer ? Stay() : Misfit("A remote rollback");
        }
        var fits = description.Type == SdpType.Offer ? Signaling != SignalingState.Closed : Signaling == SignalingState.HaveLocalOffer;
        if (!fits)
        {
            return Misfit($"A remote {description.Type}");
        }
        if (!SdpReader.TryRead(description.Sdp, out var remote))
        {
            return new(DescriptionProblemKind.Unreadable, "The description has no usable data section: it needs m=application with DTLS/SCTP, ICE credentials and a SHA-256 fingerprint.");
        }
        if (_dtls is not null && !remote.Fingerprints.Intersect(_remote!.Fingerprints).Any())
        {
            return new(DescriptionProblemKind.OtherCertificate, "The peer changed its certificate; that needs a new connection.");
        }
        if (description.Type == SdpType.Offer)
        {
            OnRemoteOffer(remote);
            return null;
        }
        _wasOfferer = true;
        _dtlsRole ??= remote.Setup == SetupAttribute.Passive ? DtlsRole.Client : DtlsRole.Server;
        Adopt(remote);
        return null;
    }

    /// <summary>Takes in a trickled candidate; those that come before the description wait for it.</summary>
    public void AddCandidate(IceCandidate candidate, Instant now)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        _now = now;
        if (_remote is not null && _pendingRemote is null)
        {
            Ice(new IceInput.RemoteCandidate(candidate));
        }
        else if (_earlyCandidates.Count < _options.MaxEarlyCandidates)
        {
            _earlyCandidates.Add(candidate);
        }
    }

    /// <summary>The other side has no more candidates.</summary>
    public void EndOfCandidates(Instant now)
    {
        _now = now;
        Ice(new IceInput.NoMoreRemoteCandidates());
    }

    private DescriptionProblem Misfit(string what) => new(DescriptionProblemKind.Misfit, $"{what} does not fit the signaling state {Signaling}.");

    private DescriptionProblem? Stay()
    {
        SetSignaling(SignalingState.Stable);
        return null;
    }

    private void OnRemoteOffer(DataSession remote)
    {
        if (_remote is not null && remote.Ice != _remote.Ice)
        {
            // They restarted, so we do too (RFC 8839 §4.4.3): both sides' credentials are new.
            Ice(new IceInput.Restart(IceCredentials.Create(_dice)));
        }
        _pendingRemote = remote;
        SetSignaling(SignalingState.HaveRemoteOffer);
    }

    private void Adopt(DataSession remote)
    {
        _remote = remote;
        _pendingRemote = null;
        _negotiated = true;
        if (remote.IsIceLite)
        {
            Ice(new IceInput.Role(IceRole.Controlling));
        }
        Ice(new IceInput.RemoteCredentials(remote.Ice));
        foreach (var candidate in remote.Candidates.Concat(_earlyCandidates))
        {
            Ice(new IceInput.RemoteCandidate(candidate));
        }
        _earlyCandidates.Clear();
        if (remote.EndOfCandidates)
        {
            Ice(new IceInput.NoMoreRemoteCandidates());
        }
        SetSignaling(SignalingState.Stable);
        StartDtlsIfReady();
        UpdateState();
    }

    private SetupAttribute AnswerSetup()
    {
        if (_dtlsRole is { } role)
        {
            return role == DtlsRole.Client ? SetupAttribute.Active : SetupAttribute.Passive;
        }
        // The answerer goes first unless the offer wants to (RFC 8842 §5.3): a round trip is saved.
        return (_pendingRemote ?? _remote)?.Setup == SetupAttribute.Active ? SetupAttribute.Passive : SetupAttribute.Active;
    }

    private string Write(SetupAttribute setup, DataSession? offer) => SdpWriter.Write(new DataSession
    {
        Ice = _ice.Local,
        Fingerprints = [_dtlsFactory.Fingerprint],
        Setup = setup,
        SctpPort = _localSctpPort,
        MaxMessageSize = _options.Sctp.MaxMessageBytes,
        Mid = offer?.Mid ?? _remote?.Mid ?? "0",
        Protocol = offer?.Protocol ?? "UDP/DTLS/SCTP",
        Candidates = _ice.LocalCandidates.ToArray(),
        EndOfCandidates = _ice.Gathering == IceGatheringState.Complete,
        HasBundle = offer?.HasBundle ?? true,
        Others = offer?.Others ?? [],
        Index = offer?.Index ?? 0,
    }, _sessionId, _version);

    private void SetSignaling(SignalingState state)
    {
        if (Signaling != state)
        {
            Signaling = state;
            Notice(new PeerNotice.SignalingChanged(state));
        }
    }
}
