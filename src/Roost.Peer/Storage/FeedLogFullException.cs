namespace Roost.Peer.Storage;

/// <summary>A session's log has reached its limit; what was written so far stays readable.</summary>
public sealed class FeedLogFullException(long maxBytes)
    : IOException($"ROOST-2401 the session's log has reached its limit of {maxBytes / (1024 * 1024)} MiB; start a new session, or raise --max-log");
