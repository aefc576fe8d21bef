namespace Roost.Rtc.Sctp;

/// <summary>State of an association (RFC 9260 §4), reduced to what WebRTC reaches.</summary>
/// <remarks>
/// <code>
/// Closed ──Connect──► CookieWait ──INIT ACK──► CookieEchoed ──COOKIE ACK──► Established ──► Closed
///    └───────────────── COOKIE ECHO of a peer that was faster ───────────────►┘
/// </code>
/// </remarks>
public enum SctpState
{
    /// <summary>Not connected, or over.</summary>
    Closed,

    /// <summary>INIT sent.</summary>
    CookieWait,

    /// <summary>COOKIE ECHO sent.</summary>
    CookieEchoed,

    /// <summary>Data flows.</summary>
    Established,
}

/// <summary>What an association asks for.</summary>
public enum SctpEffectKind
{
    /// <summary>Send <see cref="SctpEffect.Packet"/> through DTLS; it is valid until the next call of any method.</summary>
    Packet,

    /// <summary>A whole message arrived; <see cref="SctpEffect.Buffer"/> now belongs to the taker, who returns it to <see cref="MessagePool"/>.</summary>
    Message,

    /// <summary>The handshake is done.</summary>
    Established,

    /// <summary>The peer reset its outgoing side of <see cref="SctpEffect.StreamId"/>: nothing more will arrive there.</summary>
    IncomingStreamReset,

    /// <summary>The peer confirmed the reset of our outgoing side of <see cref="SctpEffect.StreamId"/>.</summary>
    OutgoingStreamReset,

    /// <summary>A message of <see cref="SctpEffect.Length"/> bytes left the send queue: sent once, or given up.</summary>
    MessageSent,

    /// <summary>The association is over; <see cref="SctpEffect.Reason"/> says why.</summary>
    Closed,
}

/// <summary>Why an association ended.</summary>
public enum SctpCloseReason
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>This side closed it.</summary>
    Local,

    /// <summary>The peer sent ABORT.</summary>
    PeerAborted,

    /// <summary>The peer sent SHUTDOWN.</summary>
    PeerShutdown,

    /// <summary>Too many retransmissions went unanswered.</summary>
    Timeout,

    /// <summary>The peer broke the protocol: a message above the limit, or a stream id out of range.</summary>
    ProtocolViolation,
}

/// <summary>One thing an association asks for; which members mean something depends on <see cref="Kind"/>.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="StreamId">The stream it concerns.</param>
/// <param name="PayloadProtocol">PPID of a message.</param>
/// <param name="Packet">Bytes to send.</param>
/// <param name="Buffer">A received message's pooled buffer.</param>
/// <param name="Length">Bytes used in <paramref name="Buffer"/>, or bytes that left the queue.</param>
/// <param name="IsProbe">The packet probes the path MTU: send it with "don't fragment" and expect it to vanish.</param>
/// <param name="Reason">Why the association closed.</param>
public readonly record struct SctpEffect(
    SctpEffectKind Kind, ushort StreamId = 0, uint PayloadProtocol = 0, ReadOnlyMemory<byte> Packet = default,
    byte[]? Buffer = null, int Length = 0, bool IsProbe = false, SctpCloseReason Reason = SctpCloseReason.None);

/// <summary>What can happen to an association from outside.</summary>
/// <param name="Packet">An SCTP packet as DTLS gave it; need only be valid during the call.</param>
/// <param name="MoreFollows">More packets of the same burst follow at once: acknowledging and sending can wait for the last.</param>
public readonly record struct SctpInput(ReadOnlyMemory<byte> Packet, bool MoreFollows = false);

/// <summary>How a message is to travel.</summary>
/// <param name="Unordered">It may overtake others of its stream.</param>
/// <param name="MaxRetransmits">Retransmissions before it is given up; null for no such limit.</param>
/// <param name="Lifetime">How long it may be tried; null for no such limit.</param>
public readonly record struct SctpSendOptions(bool Unordered = false, int? MaxRetransmits = null, TimeSpan? Lifetime = null);

/// <summary>Whether a message was queued.</summary>
public enum SctpSendResult
{
    /// <summary>It was.</summary>
    Queued,

    /// <summary>A limit of <see cref="SctpOptions"/> is reached; try again when something was sent.</summary>
    QueueFull,

    /// <summary>The stream is being reset, or its id is beyond what the peer allows.</summary>
    StreamClosed,

    /// <summary>The association is over.</summary>
    Closed,
}
