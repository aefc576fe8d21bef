namespace Roost.Rtc.Ice;

/// <summary>How a candidate was found (RFC 8445 §4).</summary>
public enum IceCandidateType
{
    /// <summary>An address of this host.</summary>
    Host,

    /// <summary>What a STUN server saw: the outside of a NAT.</summary>
    ServerReflexive,

    /// <summary>What a peer saw during checks.</summary>
    PeerReflexive,

    /// <summary>An address on a TURN server that forwards to us.</summary>
    Relayed,
}

/// <summary>State of a connection's ICE transport, W3C names.</summary>
/// <remarks>
/// <code>
/// New ──► Checking ──► Connected ◄──► Disconnected ──► Failed
///  ▲          └────────────────────────────────────────►│
///  └── a restart leads from Disconnected and Failed back to Checking; Close leads everywhere to Closed
/// </code>
/// </remarks>
public enum IceState
{
    /// <summary>No remote candidate yet.</summary>
    New,

    /// <summary>Checks run, none has succeeded.</summary>
    Checking,

    /// <summary>A pair works and has consent.</summary>
    Connected,

    /// <summary>No consent answer for a while; it may come back by itself.</summary>
    Disconnected,

    /// <summary>No pair works, or consent expired (RFC 7675 §5.1: 30 s).</summary>
    Failed,

    /// <summary>Closed by the application.</summary>
    Closed,
}

/// <summary>Progress of gathering, W3C names.</summary>
public enum IceGatheringState
{
    /// <summary>Not started.</summary>
    New,

    /// <summary>STUN and TURN servers are being asked.</summary>
    Gathering,

    /// <summary>Nothing more will be found until the network changes or ICE restarts.</summary>
    Complete,
}

/// <summary>Which side nominates (RFC 8445 §4).</summary>
public enum IceRole
{
    /// <summary>Nominates the pair that is used; the offerer.</summary>
    Controlling,

    /// <summary>Follows the nomination; the answerer.</summary>
    Controlled,
}

/// <summary>Username fragment and password of one side for one ICE generation (RFC 8445 §5.3).</summary>
/// <param name="UsernameFragment">4 to 256 ice-chars.</param>
/// <param name="Password">22 to 256 ice-chars.</param>
public sealed record IceCredentials(string UsernameFragment, string Password)
{
    private const string IceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Whether both parts have a legal length and only ice-chars (RFC 8839 §5.4); libwebrtc also sends '-' and '_', so these pass.</summary>
    public bool IsValid => IsLegal(UsernameFragment, 4) && IsLegal(Password, 22);

    /// <summary>Fresh credentials: 48 and 144 bits of randomness; RFC 8445 §5.3 asks for at least 24 and 128.</summary>
    public static IceCredentials Create(Core.Cores.Dice dice)
    {
        ArgumentNullException.ThrowIfNull(dice);
        return new(Text(dice, 8), Text(dice, 24));
    }

    private static string Text(Core.Cores.Dice dice, int length)
    {
        Span<byte> random = stackalloc byte[length];
        dice.Fill(random);
        Span<char> text = stackalloc char[length];
        for (var i = 0; i < length; i++)
        {
            text[i] = IceChars[random[i] & 63];
        }
        return new string(text);
    }

    private static bool IsLegal(string? text, int minimum) =>
        text is not null && text.Length >= minimum && text.Length <= 256 && !text.AsSpan().ContainsAnyExcept(IceChars + "-_=");
}
