using Roost.Rtc.Ice;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;

namespace Roost.Rtc.Net;

/// <summary>A snapshot of a connection.</summary>
/// <param name="State">State of the connection.</param>
/// <param name="Path">The path in use; null while none works.</param>
/// <param name="RoundTrip">Round trip of the last connectivity check.</param>
/// <param name="Sctp">Counters of the association; null before DTLS is up.</param>
/// <param name="Channels">Channels that are not closed.</param>
public sealed record RtcStatistics(PeerState State, IcePath? Path, TimeSpan RoundTrip, SctpStatistics? Sctp, int Channels);
