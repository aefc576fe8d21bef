namespace Roost.Rtc.Net;

/// <summary>Something was asked of a connection or channel that cannot be done; the message says why.</summary>
/// <param name="message">What and why.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class RtcException(string message, Exception? inner = null) : Exception(message, inner);
