namespace Roost.Rtc.Peer;

/// <summary>Why a description was not taken.</summary>
/// <param name="Kind">What kind of fault it is.</param>
/// <param name="Message">The fault in words.</param>
public sealed record DescriptionProblem(DescriptionProblemKind Kind, string Message);

/// <summary>Kinds of faults of descriptions.</summary>
public enum DescriptionProblemKind
{
    /// <summary>It does not fit the signaling state.</summary>
    Misfit,

    /// <summary>It cannot be read, or has no usable data section.</summary>
    Unreadable,

    /// <summary>It names another certificate than the one the connection was made with.</summary>
    OtherCertificate,
}
