namespace Roost.Rtc.Sdp;

/// <summary>Kind of a session description, W3C names.</summary>
public enum SdpType
{
    /// <summary>Asks for a session.</summary>
    Offer,

    /// <summary>Accepts an offer.</summary>
    Answer,

    /// <summary>Accepts an offer for the time being; treated as an answer that may be followed by another.</summary>
    Pranswer,

    /// <summary>Takes an offer back.</summary>
    Rollback,
}

/// <summary>A session description as signaling carries it: <c>{ type, sdp }</c>.</summary>
/// <param name="Type">Offer, answer, pranswer or rollback.</param>
/// <param name="Sdp">The text; empty for a rollback.</param>
public sealed record SessionDescription(SdpType Type, string Sdp)
{
    /// <summary>The lower-case word browsers use for the type.</summary>
    public string TypeName => Type switch { SdpType.Offer => "offer", SdpType.Answer => "answer", SdpType.Pranswer => "pranswer", _ => "rollback" };

    /// <summary>Makes a description from the word browsers use.</summary>
    /// <exception cref="FormatException">The word is none of the four.</exception>
    public static SessionDescription Parse(string typeName, string sdp) => new(typeName switch
    {
        "offer" => SdpType.Offer,
        "answer" => SdpType.Answer,
        "pranswer" => SdpType.Pranswer,
        "rollback" => SdpType.Rollback,
        _ => throw new FormatException($"\"{typeName}\" is no type of session description."),
    }, sdp);
}

/// <summary>Who starts DTLS (RFC 8842 §5.2).</summary>
internal enum SetupAttribute
{
    ActPass,
    Active,
    Passive,
}

/// <summary>A media section that is not ours: answered with port 0, so that the numbering of sections holds.</summary>
internal sealed record RejectedMedia(string Kind, string Protocol, string Formats, string Mid);
