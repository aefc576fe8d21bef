using Roost.Core.Cores;
using Roost.Rtc.Turn;

namespace Roost.Rtc.Ice;

/// <summary>State of a pair (RFC 8445 §6.1.2.6). There is no Frozen: with one component, freezing could only delay.</summary>
internal enum PairState
{
    Waiting,
    InProgress,
    Succeeded,
    Failed,
}

/// <summary>Where packets leave from: a host socket, or an allocation on a TURN server.</summary>
internal sealed class LocalBase
{
    internal required int Port { get; init; }
    internal required TransportAddress Address { get; init; }
    internal required uint Priority { get; init; }
    internal TurnClient? Relay { get; init; }

    /// <summary>The name it is announced under; null when its address may be seen.</summary>
    internal string? HiddenBehind { get; init; }
    internal bool IsLost { get; set; }
    internal IceCandidateType Type => Relay is null ? IceCandidateType.Host : IceCandidateType.Relayed;
}

/// <summary>Where packets go.</summary>
internal sealed class RemoteCandidate
{
    internal required TransportAddress Address { get; init; }
    internal required uint Priority { get; set; }
    internal required IceCandidateType Type { get; set; }
}

/// <summary>A local base and a remote candidate that are checked together.</summary>
internal sealed class CandidatePair
{
    internal required LocalBase Local { get; init; }
    internal required RemoteCandidate Remote { get; init; }
    internal PairState State { get; set; }

    /// <summary>Send USE-CANDIDATE with the next check (controlling), or select when the running check succeeds (controlled).</summary>
    internal bool NominationWanted { get; set; }
    internal int Tries { get; set; }
    internal Instant RepeatAt { get; set; } = Instant.Never;
    internal Stun.StunTransactionId CheckId { get; set; }
    internal TimeSpan RoundTrip { get; set; }
    internal bool IsRelayed => Local.Relay is not null || Remote.Type == IceCandidateType.Relayed;

    /// <summary>RFC 8445 §6.1.2.3: 2³² × MIN(G, D) + 2 × MAX(G, D) + (G &gt; D), G being the controlling side's.</summary>
    internal ulong PriorityFor(IceRole role)
    {
        var (g, d) = role == IceRole.Controlling ? (Local.Priority, Remote.Priority) : (Remote.Priority, Local.Priority);
        return ((ulong)Math.Min(g, d) << 32) + 2ul * Math.Max(g, d) + (g > d ? 1u : 0u);
    }

    internal IcePath ToPath() => new(Local.Port, Remote.Address, Local.Type, Remote.Type);
}
