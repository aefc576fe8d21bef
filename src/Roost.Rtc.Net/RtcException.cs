namespace Roost.Rtc.Net;

/// <summary>What kind of thing went wrong, by the names of W3C WebRTC and WebIDL, so that what is written about browsers holds here.</summary>
public enum RtcError
{
    /// <summary>InvalidStateError: right in itself, at the wrong time. A closed connection, a channel that is not open, an answer without an offer.</summary>
    InvalidState,

    /// <summary>InvalidAccessError: readable, and not to be had on this connection, like a description with another certificate.</summary>
    InvalidAccess,

    /// <summary>SyntaxError: a description that cannot be read or has no usable data section.</summary>
    Syntax,

    /// <summary>TypeError: an argument outside what may ever be given, like properties that exclude each other, or a message longer than the peer takes.</summary>
    Type,

    /// <summary>OperationError: it was tried and did not work: ICE, DTLS or SCTP failed, or a candidate line is none.</summary>
    Operation,
}

/// <summary>Something was asked of a connection or channel that cannot be done; the message says why.</summary>
/// <param name="error">The kind, by W3C's names.</param>
/// <param name="message">What and why.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class RtcException(RtcError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind, by W3C's names.</summary>
    public RtcError Error => error;
}
