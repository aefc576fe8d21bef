using Roost.Core.Identity;

namespace Roost.Dialects.Pigeon;

/// <summary>What a message asks for. The relayed ones are the numbers that travel as a signal's tag.</summary>
public enum PigeonType : byte
{
    /// <summary>None of the others.</summary>
    Unknown = 0,

    /// <summary>Relayed.</summary>
    Offer = 1,

    /// <summary>Relayed; answers an introduction.</summary>
    Answer = 2,

    /// <summary>Relayed.</summary>
    IceCandidate = 3,

    /// <summary>Asks to be found.</summary>
    Announce = 4,

    /// <summary>Leaves its network.</summary>
    Goodbye = 5,

    /// <summary>Only clients of version 0.1 send it.</summary>
    Ping = 6,

    /// <summary>Concerns the sender alone; no answer.</summary>
    Cleanup = 7,
}

/// <summary>One message of a client, its envelope read and its <c>data</c> not.</summary>
/// <param name="Type">What it asks for.</param>
/// <param name="TypeText">The type as sent, cut to <see cref="PigeonLimits.MaxEchoedType"/> bytes, for an error's text; empty where it was absent.</param>
/// <param name="Data">The bytes of <c>data</c> exactly as they came; empty where absent.</param>
/// <param name="Target">Whom it is for; null where absent or no id.</param>
/// <param name="Network"><c>networkName</c>; null where absent.</param>
/// <param name="MaxPeers"><c>maxPeers</c>; null where absent.</param>
public readonly record struct PigeonFrame(
    PigeonType Type,
    string TypeText,
    ReadOnlyMemory<byte> Data,
    PeerId? Target,
    string? Network,
    int? MaxPeers);
