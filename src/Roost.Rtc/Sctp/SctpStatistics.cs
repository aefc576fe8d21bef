namespace Roost.Rtc.Sctp;

/// <summary>Counters of one association; a snapshot.</summary>
public readonly record struct SctpStatistics
{
    /// <summary>Packets sent, of any kind.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Packets taken in.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>DATA chunks sent more than once.</summary>
    public long Retransmissions { get; init; }

    /// <summary>Retransmission timeouts.</summary>
    public long Timeouts { get; init; }

    /// <summary>Tail loss probes sent (RFC 8985 §7).</summary>
    public long TailLossProbes { get; init; }

    /// <summary>Packets refused: bad checksum, tag or shape.</summary>
    public long BadPackets { get; init; }

    /// <summary>Payload bytes acknowledged by the peer.</summary>
    public long BytesAcked { get; init; }

    /// <summary>Payload bytes received, without duplicates.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Messages given up under partial reliability.</summary>
    public long MessagesAbandoned { get; init; }

    /// <summary>Congestion window in bytes.</summary>
    public long CongestionWindow { get; init; }

    /// <summary>Bytes in flight.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>The peer's advertised window in bytes.</summary>
    public long PeerReceiveWindow { get; init; }

    /// <summary>Smoothed round-trip time; zero until measured.</summary>
    public TimeSpan SmoothedRoundTrip { get; init; }

    /// <summary>SCTP packet size in use, in bytes.</summary>
    public int PacketBytes { get; init; }

    /// <summary>Whether messages are interleaved (RFC 8260).</summary>
    public bool Interleaving { get; init; }

    /// <summary>Whether we send zero checksums (RFC 9653).</summary>
    public bool ZeroChecksum { get; init; }
}
