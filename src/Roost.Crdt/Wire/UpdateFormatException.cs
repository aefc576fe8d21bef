namespace Roost.Crdt;

/// <summary>Why an update, a state vector or a message was refused. One member per cause; each has a row in docs/protocol/documents.md.</summary>
public enum UpdateFault
{
    /// <summary>The bytes end in the middle of something.</summary>
    Truncated,

    /// <summary>A number above 2⁵³ − 1, or one that does not end.</summary>
    NumberTooLarge,

    /// <summary>A clock, or a clock plus a length, above 2³² − 1.</summary>
    ClockTooLarge,

    /// <summary>Text that is not UTF-8.</summary>
    BadText,

    /// <summary>Text that should be JSON and is not.</summary>
    BadJson,

    /// <summary>A content reference that this format does not have.</summary>
    UnknownContent,

    /// <summary>A type reference of another implementation, such as a weak link of yrs.</summary>
    ForeignType,

    /// <summary>An unknown tag of a value.</summary>
    UnknownValue,

    /// <summary>A struct of length zero.</summary>
    EmptyStruct,

    /// <summary>A struct that refers to itself or to a later one of its own client.</summary>
    BadReference,

    /// <summary>Values nested more than 64 deep.</summary>
    TooDeep,

    /// <summary>More structs, clients or pending bytes than <see cref="YDocLimits"/> allow.</summary>
    OverBudget,

    /// <summary>Two sections for the same client, or bytes that mean nothing here.</summary>
    Malformed,
}

/// <summary>The bytes are not what they should be. Nothing was changed.</summary>
/// <param name="fault">The cause.</param>
/// <param name="position">Offset in the bytes given, in bytes, at or shortly after which the fault was seen.</param>
/// <param name="what">One sentence for a person.</param>
public sealed class UpdateFormatException(UpdateFault fault, int position, string what)
    : FormatException($"{what} ({fault} at byte {position})")
{
    /// <summary>The cause.</summary>
    public UpdateFault Fault { get; } = fault;

    /// <summary>Offset in the bytes given, in bytes.</summary>
    public int Position { get; } = position;
}
