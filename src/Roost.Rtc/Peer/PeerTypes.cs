using Roost.Rtc.DataChannels;
using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;
using Roost.Rtc.Sctp;
using Roost.Rtc.Turn;

namespace Roost.Rtc.Peer;

/// <summary>State of offer and answer, W3C names.</summary>
/// <remarks>
/// <code>
/// Stable ──local offer──► HaveLocalOffer ──remote answer──► Stable
///    └──remote offer──► HaveRemoteOffer ──local answer──► Stable
///                        a rollback leads from both back to Stable; Close leads everywhere to Closed
/// </code>
/// </remarks>
public enum SignalingState
{
    /// <summary>No exchange under way.</summary>
    Stable,

    /// <summary>Our offer waits for an answer.</summary>
    HaveLocalOffer,

    /// <summary>Their offer waits for ours.</summary>
    HaveRemoteOffer,

    /// <summary>Closed.</summary>
    Closed,
}

/// <summary>State of the whole connection, W3C names.</summary>
public enum PeerState
{
    /// <summary>Nothing has started.</summary>
    New,

    /// <summary>ICE or DTLS is at work.</summary>
    Connecting,

    /// <summary>ICE and DTLS are up.</summary>
    Connected,

    /// <summary>The path fell silent; it may come back.</summary>
    Disconnected,

    /// <summary>ICE, DTLS or SCTP failed for good; an ICE restart helps only in the first case.</summary>
    Failed,

    /// <summary>Closed by either side.</summary>
    Closed,
}

/// <summary>Options of a <see cref="PeerCore"/>. Immutable.</summary>
public sealed record PeerOptions
{
    /// <summary>ICE.</summary>
    public IceOptions Ice { get; init; } = new();

    /// <summary>TURN.</summary>
    public TurnOptions Turn { get; init; } = new();

    /// <summary>SCTP.</summary>
    public SctpOptions Sctp { get; init; } = new();

    /// <summary>Channels at once, both sides' together; a peer that opens more has them reset at once.</summary>
    public int MaxChannels { get; init; } = 8192;

    /// <summary>Messages kept for a stream whose OPEN has not arrived yet (unordered data may overtake it).</summary>
    public int MaxEarlyMessages { get; init; } = 64;

    /// <summary>DTLS datagrams kept until the remote description arrives.</summary>
    public int MaxEarlyDatagrams { get; init; } = 8;

    /// <summary>Datagrams in one <see cref="PeerEffectKind.Transmit"/>; Linux takes at most 64 per segmented send.</summary>
    public int MaxBatchSegments { get; init; } = 50;

    /// <summary>The largest candidate flood taken before a remote description is there.</summary>
    public int MaxEarlyCandidates { get; init; } = 64;
}

/// <summary>What a peer core asks for.</summary>
public enum PeerEffectKind
{
    /// <summary>Send <see cref="PeerEffect.Bytes"/>, cut into datagrams of <see cref="PeerEffect.SegmentBytes"/> (the last may be shorter). Valid until the next call.</summary>
    Transmit,

    /// <summary>A message arrived on <see cref="PeerEffect.Channel"/>; the taker owns <see cref="PeerEffect.Buffer"/>.</summary>
    Message,

    /// <summary>A message of <see cref="PeerEffect.Length"/> bytes left the send queue of <see cref="PeerEffect.Channel"/>.</summary>
    MessageSent,

    /// <summary>Something rare; see <see cref="PeerEffect.Notice"/>.</summary>
    Notice,
}

/// <summary>One effect; which members mean something depends on <see cref="Kind"/>.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Port">Local port number to send from.</param>
/// <param name="Address">Where to send.</param>
/// <param name="Bytes">One or more datagrams of equal size behind one another.</param>
/// <param name="SegmentBytes">Size of each.</param>
/// <param name="DontFragment">The datagram probes the path MTU.</param>
/// <param name="Channel">The channel of a message.</param>
/// <param name="Buffer">A received message, in an array of <see cref="MessagePool"/>.</param>
/// <param name="Length">Bytes used in it.</param>
/// <param name="IsText">Whether it is a string.</param>
/// <param name="Notice">What happened.</param>
public readonly record struct PeerEffect(
    PeerEffectKind Kind, int Port = 0, TransportAddress Address = default, ReadOnlyMemory<byte> Bytes = default, int SegmentBytes = 0,
    bool DontFragment = false, PeerChannel? Channel = null, byte[]? Buffer = null, int Length = 0, bool IsText = false, PeerNotice? Notice = null);

/// <summary>Datagrams that came in.</summary>
/// <param name="Port">The local port number.</param>
/// <param name="From">The sender.</param>
/// <param name="Bytes">One datagram, or several of equal size behind one another; valid during the call.</param>
/// <param name="SegmentBytes">Size of each but the last.</param>
/// <param name="MoreFollows">More input of the same burst follows at once, so that answers can wait.</param>
public readonly record struct PeerInput(int Port, TransportAddress From, ReadOnlyMemory<byte> Bytes, int SegmentBytes, bool MoreFollows = false);

/// <summary>Rare events of a peer core.</summary>
public abstract record PeerNotice
{
    private PeerNotice()
    {
    }

    /// <summary>A local candidate to be signaled.</summary>
    public sealed record Candidate(IceCandidate Value) : PeerNotice;

    /// <summary>Gathering progressed.</summary>
    public sealed record GatheringChanged(IceGatheringState Value) : PeerNotice;

    /// <summary>ICE changed.</summary>
    public sealed record IceChanged(IceState Value) : PeerNotice;

    /// <summary>The connection changed; the text says why when it failed.</summary>
    public sealed record StateChanged(PeerState Value, string? Reason) : PeerNotice;

    /// <summary>Offer and answer progressed.</summary>
    public sealed record SignalingChanged(SignalingState Value) : PeerNotice;

    /// <summary>Data takes this path.</summary>
    public sealed record PathChanged(IcePath Value) : PeerNotice;

    /// <summary>Resolve an mDNS name and hand the candidate in again.</summary>
    public sealed record ResolveName(IceCandidate Value) : PeerNotice;

    /// <summary>Datagrams from an address belong to this peer.</summary>
    public sealed record PeerAddress(int Port, TransportAddress Address) : PeerNotice;

    /// <summary>The peer opened a channel.</summary>
    public sealed record ChannelArrived(PeerChannel Channel) : PeerNotice;

    /// <summary>A channel changed state.</summary>
    public sealed record ChannelChanged(PeerChannel Channel, DataChannelState State) : PeerNotice;

    /// <summary>A STUN or TURN server failed.</summary>
    public sealed record ServerFailed(TransportAddress Server, int ErrorCode) : PeerNotice;
}

/// <summary>A data channel as the core knows it.</summary>
/// <remarks>Belongs to the loop of its core.</remarks>
public sealed class PeerChannel
{
    internal PeerChannel(DataChannelInit init) => Init = init;

    /// <summary>Its properties.</summary>
    public DataChannelInit Init { get; }

    /// <summary>Stream id; null until DTLS decided who uses even ids.</summary>
    public ushort? Id { get; internal set; }

    /// <summary>Where it stands.</summary>
    public DataChannelState State { get; internal set; }

    /// <summary>Whatever the shell keeps with it.</summary>
    public object? Tag { get; set; }

    internal bool IsAcknowledged { get; set; }
    internal bool OutgoingReset { get; set; }
    internal bool IncomingReset { get; set; }
}

/// <summary>Buffers that all cores of one loop share, so that an idle connection costs none.</summary>
/// <remarks>Used by one thread.</remarks>
public sealed class PeerBuffers
{
    /// <summary>Bytes of a run of records: one system call takes 65,507.</summary>
    internal const int BatchBytes = 64_000;

    /// <summary>What a record and a relay around it add to a packet: at most 64 bytes each.</summary>
    private const int Framing = 128;

    /// <summary>A DTLS record holds at most 16 KiB (RFC 6347 §4.1), and nobody sends so much.</summary>
    private const int LargestRecord = 16_384 + 2048;

    /// <summary>A run, and one record to spare.</summary>
    internal byte[] Batch { get; } = new byte[BatchBytes + SctpOptions.LargestPacketBytes + Framing];

    internal byte[] Plaintext { get; } = new byte[LargestRecord];

    internal byte[] Wrapped { get; } = new byte[SctpOptions.LargestPacketBytes + Framing];
}

/// <summary>Where a core gets its DTLS from.</summary>
public interface IDtlsFactory
{
    /// <summary>Fingerprint of the local certificate.</summary>
    DtlsFingerprint Fingerprint { get; }

    /// <summary>Makes a transport that is not started.</summary>
    IDtlsTransport Create();
}
