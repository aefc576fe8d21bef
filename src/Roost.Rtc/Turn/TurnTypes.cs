namespace Roost.Rtc.Turn;

/// <summary>Long-term credentials of a TURN server (RFC 8489 §9.2).</summary>
/// <param name="Username">As the server issued it.</param>
/// <param name="Password">As the server issued it.</param>
public sealed record TurnCredentials(string Username, string Password);

/// <summary>Limits and habits of a TURN client. Immutable.</summary>
public sealed record TurnOptions
{
    /// <summary>Peers that may have a permission at once; more are refused.</summary>
    public int MaxPermissions { get; init; } = 64;

    /// <summary>First retransmission of a request; doubles each time. Ignored over TCP and TLS, which repeat by themselves.</summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromMilliseconds(500); // RFC 8489 §6.2.1

    /// <summary>Tries of one request.</summary>
    public int MaxTries { get; init; } = 7; // RFC 8489 §6.2.1

    /// <summary>Lifetime asked for an allocation.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10); // RFC 8656 §3.2
}

/// <summary>Where an allocation stands.</summary>
/// <remarks>
/// <code>
/// Idle ──► Allocating ──► Allocated ──► Released
///              └──► Failed ◄──┘
/// </code>
/// </remarks>
public enum TurnState
{
    /// <summary>Not started.</summary>
    Idle,

    /// <summary>Asking for an allocation; the first refusal brings realm and nonce.</summary>
    Allocating,

    /// <summary>The server relays.</summary>
    Allocated,

    /// <summary>The server refused or fell silent.</summary>
    Failed,

    /// <summary>Given back.</summary>
    Released,
}

/// <summary>What a TURN client asks for or reports.</summary>
public enum TurnEffectKind
{
    /// <summary>Send <see cref="TurnEffect.Bytes"/> to the server.</summary>
    Send,

    /// <summary>The allocation stands; the client's addresses are known.</summary>
    Allocated,

    /// <summary>A peer may be reached from here on: its permission stands.</summary>
    Permitted,

    /// <summary><see cref="TurnEffect.Bytes"/> came from a peer; valid until the next call.</summary>
    Received,

    /// <summary>The allocation is gone; <see cref="TurnEffect.ErrorCode"/> is the server's, 0 when it fell silent.</summary>
    Failed,
}

/// <summary>One effect of a <see cref="TurnClient"/>.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Peer">The peer it concerns.</param>
/// <param name="Bytes">What to send, or what came.</param>
/// <param name="ErrorCode">STUN error code of a failure.</param>
public readonly record struct TurnEffect(TurnEffectKind Kind, TransportAddress Peer = default, ReadOnlyMemory<byte> Bytes = default, int ErrorCode = 0);
