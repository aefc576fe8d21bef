using Roost.Mesh.Wire;

namespace Roost.Mesh.Federation;

/// <summary>The numbers of docs/protocol/mesh.md.</summary>
public static class MeshTypes
{
    /// <summary>The WebSocket subprotocol.</summary>
    public const string Subprotocol = "roost-hub.1";

    /// <summary>Bytes of the largest frame: a peer's largest with what hubs add.</summary>
    public const int MaxFrame = DoorTypes.MaxMessage + 128;

    /// <summary>Bytes of the largest batch before sealing.</summary>
    public const int MaxBatch = 256 * 1024;

    /// <summary>Bytes of the largest message of a link, sealed.</summary>
    public const int MaxMessage = MaxBatch + Links.LinkCipher.Overhead;

    /// <summary>Bytes of a batch after which a link that another hub carries begins the next one: what is carried must fit a batch there.</summary>
    public const int MaxCarriedBatch = MaxFrame + 32 * 1024;

    /// <summary>Hubs that one signal may pass after its sender's.</summary>
    public const byte MaxHops = 4;

    /// <summary>Items of any list in one frame.</summary>
    public const int MaxItems = 1_000;

    internal const byte Ping = 0x01, Pong = 0x02, Probe = 0x03, Probed = 0x04, Wanted = 0x05, Done = 0x06;
    internal const byte News = 0x10, Have = 0x11, Graft = 0x12, Prune = 0x13, Neighbour = 0x14, Neighbourly = 0x15;
    internal const byte Summary = 0x18, Ranges = 0x19, Views = 0x1A, Want = 0x1B;
    internal const byte Put = 0x20, Drop = 0x21, Find = 0x22, Found = 0x23, Contest = 0x24, Contested = 0x25;
    internal const byte Signal = 0x30, Nack = 0x31;
    internal const byte Subscribe = 0x40, Unsubscribe = 0x41, Interested = 0x42, Roster = 0x43, Joined = 0x44, Left = 0x45, Cast = 0x46, Send = 0x47, Gap = 0x48;
    internal const byte Carry = 0x60;
    internal const byte Topic = 0x70, Seek = 0x71, Sought = 0x72;
    internal const byte Guest = 0x50, GuestGone = 0x51, Answered = 0x52, Introduce = 0x53, Departed = 0x54, Goodbye = 0x55;
}
