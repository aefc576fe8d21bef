namespace Roost.Rtc.Ice;

/// <summary>Limits and habits of an ICE agent. Immutable.</summary>
public sealed record IceOptions
{
    /// <summary>Pause between new checks (Ta). RFC 8445 §14.2 suggests 50 ms and forbids less than 5.</summary>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>First repetition of a check; doubles each time (RFC 8445 §14.3).</summary>
    public TimeSpan CheckRto { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries of one check.</summary>
    public int MaxCheckTries { get; init; } = 6;

    /// <summary>Remote candidates remembered; more are ignored, signaled and peer-reflexive ones alike.</summary>
    public int MaxRemoteCandidates { get; init; } = 64;

    /// <summary>Pairs kept (RFC 8445 §6.1.2.5 recommends 100); lower ones are not formed.</summary>
    public int MaxPairs { get; init; } = 200;

    /// <summary>How long a direct path is waited for after a relayed one works.</summary>
    public TimeSpan RelayPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a better direct pair is waited for after a lesser direct one works.</summary>
    public TimeSpan DirectPatience { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time between consent checks, varied by a fifth either way (RFC 7675 §5.1).</summary>
    public TimeSpan ConsentEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which the state becomes Disconnected and checks come once a second.</summary>
    public TimeSpan DisconnectedAfter { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Silence after which consent is gone (RFC 7675 §5.1).</summary>
    public TimeSpan ConsentExpires { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an agent without a working pair waits for late candidates before it says Failed.</summary>
    public TimeSpan FailAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long STUN and TURN servers may take before gathering counts as complete without them.</summary>
    public TimeSpan GatherTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>STUN servers asked per port.</summary>
    public int MaxStunServers { get; init; } = 4;
}
