namespace Roost.Rtc.Sctp;

/// <summary>Limits and habits of an SCTP association. Immutable; safe to share between associations.</summary>
public sealed record SctpOptions
{
    /// <summary>More than <see cref="MaxPacketBytes"/> may ever be: a record of it, wrapped for a relay, must fit the buffers that connections share.</summary>
    public const int LargestPacketBytes = 4000;

    /// <summary>The SCTP packet size that every path is trusted to carry, in bytes: 1280 (IPv6 minimum) − 40 IPv6 − 8 UDP − 41 DTLS.</summary>
    public int BasePacketBytes { get; init; } = 1191;

    /// <summary>
    /// The largest packet path MTU discovery may try (RFC 8899), in bytes. Ethernet would carry 1435 (1500 − 20 IPv4 − 8 UDP − 37 DTLS),
    /// but pion reads datagrams into 1460 bytes and stops for good at a longer one. Equal to <see cref="BasePacketBytes"/> turns probing off; at most <see cref="LargestPacketBytes"/>.
    /// </summary>
    public int MaxPacketBytes { get; init; } = 1420;

    /// <summary>Bytes of received messages that may be held: being reassembled or not yet read by the application. Advertised as a_rwnd.</summary>
    public int ReceiveWindowBytes { get; init; } = 8 << 20;

    /// <summary>The largest message taken from the peer, in bytes; a larger one aborts the association.</summary>
    public int MaxMessageBytes { get; init; } = 262_144;

    /// <summary>Fragments held that cannot be appended yet; counted apart from their bytes, so that tiny ones cannot exhaust memory.</summary>
    public int MaxHeldFragments { get; init; } = 16_384;

    /// <summary>Streams in each direction.</summary>
    public int MaxStreams { get; init; } = 65_535;

    /// <summary>Messages waiting in one association's send queues.</summary>
    public int MaxQueuedMessages { get; init; } = 262_144;

    /// <summary>Bytes waiting in one association's send queues.</summary>
    public long MaxQueuedBytes { get; init; } = 256L << 20;

    /// <summary>Chunks in flight. Gap acknowledgements are 16 bits wide, so this must stay below 65,535.</summary>
    public int MaxOutstandingChunks { get; init; } = 32_768;

    /// <summary>Whether messages of different streams may be interleaved (RFC 8260) when the peer offers it.</summary>
    public bool Interleaving { get; init; } = true;

    /// <summary>Whether checksums may be left to DTLS (RFC 9653). Each side says what it accepts; ours is used only when the peer accepts it.</summary>
    public bool ZeroChecksum { get; init; } = true;

    /// <summary>Initial congestion window in packets (RFC 6928; RFC 9260 §7.2.1 would allow four).</summary>
    public int InitialWindowPackets { get; init; } = 10;

    /// <summary>Packets made after one input; the rest wait for the next turn of the loop, so that what comes in is heard in between.</summary>
    public int MaxBurstPackets { get; init; } = 100;

    /// <summary>First retransmission timeout, before any round trip is measured.</summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromMilliseconds(500); // dcSCTP's value

    /// <summary>Lower bound of the retransmission timeout; tail loss probes act long before it.</summary>
    public TimeSpan MinRto { get; init; } = TimeSpan.FromMilliseconds(400); // dcSCTP's value

    /// <summary>Upper bound of the retransmission timeout.</summary>
    public TimeSpan MaxRto { get; init; } = TimeSpan.FromSeconds(10); // RFC 9260 §16 says 60 s; a person does not wait that long

    /// <summary>Timeouts in a row before the peer is given up (RFC 9260 §8.1).</summary>
    public int MaxRetransmissions { get; init; } = 10;

    /// <summary>How long an acknowledgement may be withheld (RFC 9260 §6.2 allows 500 ms).</summary>
    public TimeSpan SackDelay { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Silence after which a HEARTBEAT is sent.</summary>
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromSeconds(30); // RFC 9260 §16

    /// <summary>Multiplier for the window after a loss that a full queue explains (RFC 9438 §4.6).</summary>
    public double CongestionBeta { get; init; } = 0.7;

    /// <summary>
    /// Multiplier after a loss while round trips show no queue at all: then the path, not its capacity, dropped the packet.
    /// Set it to <see cref="CongestionBeta"/> for RFC 9438 to the letter.
    /// </summary>
    public double RandomLossBeta { get; init; } = 0.9;
}
