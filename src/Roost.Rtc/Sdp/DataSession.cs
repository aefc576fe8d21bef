using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;

namespace Roost.Rtc.Sdp;

/// <summary>What one side's description says about its data channels; the rest of SDP is dropped or rejected.</summary>
internal sealed record DataSession
{
    internal const int DefaultSctpPort = 5000;

    /// <summary>An absent a=max-message-size means this (RFC 8841 §6.1).</summary>
    internal const long DefaultMaxMessageSize = 65_536;

    internal required IceCredentials Ice { get; init; }
    internal required IReadOnlyList<DtlsFingerprint> Fingerprints { get; init; }
    internal SetupAttribute Setup { get; init; } = SetupAttribute.ActPass;
    internal ushort SctpPort { get; init; } = DefaultSctpPort;

    /// <summary>Bytes; 0 means any size.</summary>
    internal long MaxMessageSize { get; init; } = DefaultMaxMessageSize;
    internal string Mid { get; init; } = "0";

    /// <summary>"UDP/DTLS/SCTP", or "DTLS/SCTP" of the drafts that aiortc 1.4 still offers.</summary>
    internal string Protocol { get; init; } = "UDP/DTLS/SCTP";
    internal bool IsOldStyle => Protocol == "DTLS/SCTP";
    internal IReadOnlyList<IceCandidate> Candidates { get; init; } = [];
    internal bool EndOfCandidates { get; init; }
    internal bool IsIceLite { get; init; }
    internal bool HasBundle { get; init; }

    /// <summary>Other media sections, and where ours stands among them.</summary>
    internal IReadOnlyList<RejectedMedia> Others { get; init; } = [];
    internal int Index { get; init; }
}
