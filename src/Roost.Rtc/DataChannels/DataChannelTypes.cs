namespace Roost.Rtc.DataChannels;

/// <summary>State of a data channel, W3C names.</summary>
/// <remarks>
/// <code>
/// Connecting ──► Open ──► Closing ──► Closed
///      └──────────────────────────────►┘
/// </code>
/// </remarks>
public enum DataChannelState
{
    /// <summary>The connection is not up yet.</summary>
    Connecting,

    /// <summary>Messages may be sent.</summary>
    Open,

    /// <summary>One side closed; what was queued is still delivered.</summary>
    Closing,

    /// <summary>Both directions are reset, or the connection is gone.</summary>
    Closed,
}

/// <summary>Properties of a data channel, fixed when it is made; W3C names (RTCDataChannelInit).</summary>
/// <remarks>Immutable; safe to share.</remarks>
public sealed record DataChannelInit
{
    /// <summary>A name for the other side to tell channels apart; up to 65,535 bytes of UTF-8; need not be unique.</summary>
    public string Label { get; init; } = "";

    /// <summary>A subprotocol name; up to 65,535 bytes of UTF-8.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Whether messages arrive in the order they were sent. Default: true.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>Retransmissions before a message is given up, 0 to 65,535; 0 means each packet is tried once. Excludes <see cref="MaxPacketLifeTime"/>.</summary>
    public int? MaxRetransmits { get; init; }

    /// <summary>How long a message is tried, 0 to 65,535 ms. Excludes <see cref="MaxRetransmits"/>.</summary>
    public TimeSpan? MaxPacketLifeTime { get; init; }

    /// <summary>Both sides make the channel with the same <see cref="Id"/>; nothing is announced.</summary>
    public bool Negotiated { get; init; }

    /// <summary>Stream id, 0 to 65,534; required when <see cref="Negotiated"/>, otherwise chosen by the connection.</summary>
    public ushort? Id { get; init; }

    /// <summary>Share of the link against other channels: 128 very low, 256 low (the usual), 512 medium, 1024 high (RFC 8831 §6.4).</summary>
    public ushort Priority { get; init; } = 256;

    /// <summary>Null when the combination is legal, otherwise what is wrong with it.</summary>
    internal string? Problem =>
        MaxRetransmits is not null && MaxPacketLifeTime is not null ? "MaxRetransmits and MaxPacketLifeTime exclude each other."
        : MaxRetransmits is < 0 or > ushort.MaxValue ? "MaxRetransmits must be 0 to 65,535."
        : MaxPacketLifeTime < TimeSpan.Zero || MaxPacketLifeTime > TimeSpan.FromMilliseconds(ushort.MaxValue) ? "MaxPacketLifeTime must be 0 to 65,535 ms."
        : Negotiated && Id is null ? "A negotiated channel needs an Id."
        : Id == ushort.MaxValue ? "Id 65535 is reserved."
        : System.Text.Encoding.UTF8.GetByteCount(Label) > ushort.MaxValue ? "Label is longer than 65,535 bytes."
        : System.Text.Encoding.UTF8.GetByteCount(Protocol) > ushort.MaxValue ? "Protocol is longer than 65,535 bytes."
        : null;
}

/// <summary>Payload protocol identifiers (RFC 8831 §8). SCTP has no empty messages, so these travel as one zero byte under ids of their own.</summary>
internal static class Ppid
{
    internal const uint Dcep = 50;
    internal const uint String = 51;
    internal const uint BinaryPartial = 52;
    internal const uint Binary = 53;
    internal const uint StringPartial = 54;
    internal const uint StringEmpty = 56;
    internal const uint BinaryEmpty = 57;
}
