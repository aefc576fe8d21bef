using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Mesh.Hubs;

namespace Roost.Mesh.Doors;

/// <summary>One connection's translator between a door's language and the hub's words.</summary>
/// <remarks>
/// <see cref="Read"/> belongs to the connection's loop, everything else to the hub's driver. The two share only what
/// <see cref="Read"/> sets before it returns the input that it belongs to.
/// </remarks>
public interface IDoorSession
{
    /// <summary>What is sent as soon as the socket is open; empty for nothing.</summary>
    ReadOnlyMemory<byte> Greeting { get; }

    /// <summary>Whether its messages are text.</summary>
    bool WritesText { get; }

    /// <summary>Whether a frame for one receiver serves all receivers of this kind, so that it is written once.</summary>
    bool SharesFrames { get; }

    /// <summary>What the hub hears as soon as the socket is open, after <see cref="HubInput.Opened"/>; null for nothing.</summary>
    HubInput? FirstInput { get; }

    /// <summary>Takes in one message. Hostile bytes give a refusal, never an exception.</summary>
    /// <param name="message">Borrowed; the input returned may hold slices of it.</param>
    /// <param name="now">For the connection's own rate buckets.</param>
    DoorStep Read(ReadOnlyMemory<byte> message, Instant now);

    /// <summary>Appends an effect as one message of this door. False: this door has no word for it.</summary>
    bool TryWrite(HubEffect effect, Instant now, ByteWriter output);

    /// <summary>How this door closes for a refusal; code 0 keeps the connection.</summary>
    (ushort Code, string Reason) CloseFor(Refusal why);
}

/// <summary>What one message came to.</summary>
/// <param name="Input">For the hub to decide; null if nothing is left to decide.</param>
/// <param name="Reply">To be sent back at once; empty for nothing.</param>
/// <param name="Refused">Why the door itself refused it; for counting.</param>
public readonly record struct DoorStep(HubInput? Input, ReadOnlyMemory<byte> Reply, Refusal Refused);
