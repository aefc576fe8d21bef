using System.Net;
using System.Security.Cryptography.X509Certificates;
using Roost.Rtc.Net.Io;
using Roost.Rtc.Net.OpenSsl;
using Roost.Rtc.Peer;

namespace Roost.Rtc.Net;

/// <summary>A STUN or TURN server, W3C form (RTCIceServer).</summary>
/// <param name="Url"><c>stun:host[:port]</c>, <c>turn:host[:port][?transport=udp|tcp]</c> or <c>turns:host[:port]</c>.</param>
/// <param name="Username">For TURN.</param>
/// <param name="Credential">For TURN.</param>
public sealed record IceServer(string Url, string? Username = null, string? Credential = null);

/// <summary>Which candidates may be used, W3C names.</summary>
public enum IceTransportPolicy
{
    /// <summary>Any.</summary>
    All,

    /// <summary>Only relayed ones: the peer never learns our addresses.</summary>
    Relay,
}

/// <summary>Configuration of a connection. Immutable; safe to share.</summary>
public sealed record RtcConfiguration
{
    /// <summary>STUN and TURN servers; none is fine on one network, and where one side is reachable.</summary>
    public IReadOnlyList<IceServer> IceServers { get; init; } = [];

    /// <summary>Which candidates may be used.</summary>
    public IceTransportPolicy IceTransportPolicy { get; init; }

    /// <summary>
    /// Certificates of TURN servers (<c>turns:</c>), or of authorities that sign these, that are trusted besides the system's, like a server's self-signed one.
    /// The name in the URL must be in the certificate all the same.
    /// </summary>
    public IReadOnlyList<X509Certificate2> TrustedTurnCertificates { get; init; } = [];

    /// <summary>
    /// Announce host candidates as random <c>….local</c> names that only machines of the same network can resolve (RFC 8828), as browsers do, and not as addresses.
    /// The names are answered for by multicast DNS on UDP port 5353 while the connection lives; peers elsewhere need a STUN or TURN server to get through.
    /// </summary>
    public bool HideAddresses { get; init; }

    /// <summary>Local addresses to bind to; empty for all of this host's.</summary>
    public IReadOnlyList<IPAddress> BindAddresses { get; init; } = [];

    /// <summary>Whether 127.0.0.1 and ::1 are candidates; null: only when there is no other address.</summary>
    public bool? IncludeLoopback { get; init; }

    /// <summary>Local UDP ports that may be used.</summary>
    public PortRange Ports { get; init; }

    /// <summary>The certificate; null: one shared by all connections of the runtime.</summary>
    public DtlsCertificate? Certificate { get; init; }

    /// <summary>Limits and habits of the protocols.</summary>
    public PeerOptions Peer { get; init; } = new();

    /// <summary><see cref="DataChannel.SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/> waits while more bytes than this are buffered on the channel.</summary>
    public int SendHighWaterMark { get; init; } = 4 << 20;

    /// <summary><see cref="DataChannel.TrySend(ReadOnlySpan{byte}, bool)"/> refuses beyond this many buffered bytes.</summary>
    public int MaxBufferedAmount { get; init; } = 16 << 20; // Chromium's limit
}

/// <summary>Options of a <see cref="RtcRuntime"/>. Immutable.</summary>
public sealed record RtcRuntimeOptions
{
    /// <summary>Threads that carry connections; each connection stays on one. 0: half the processors, at least one.</summary>
    public int Loops { get; init; }

    /// <summary>Use .NET's sockets only, as on systems other than Linux.</summary>
    public bool PortableSockets { get; init; }

    /// <summary>Let the kernel cut and join datagrams (Linux: UDP_SEGMENT, UDP_GRO). Where a device cannot, it is left off by itself.</summary>
    public bool Segmentation { get; init; } = true;

    /// <summary>Where log lines go; null for nowhere.</summary>
    public Microsoft.Extensions.Logging.ILoggerFactory? LoggerFactory { get; init; }
}
