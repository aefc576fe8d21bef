namespace Roost.Mesh.Wire;

/// <summary>The numbers of docs/protocol/door.md.</summary>
public static class DoorTypes
{
    /// <summary>The WebSocket subprotocol.</summary>
    public const string Subprotocol = "roost.1";

    /// <summary>Bytes of the largest message a hub sends.</summary>
    public const int MaxMessage = 65_536;

    /// <summary>Bytes of the largest message a peer sends: room for the 20 bytes a hub adds.</summary>
    public const int MaxFromPeer = MaxMessage - 20;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 32;

    /// <summary>Bytes that PING may carry.</summary>
    public const int MaxEcho = 64;

    /// <summary>Members that fit one MEMBERS frame.</summary>
    public const int MembersPerFrame = (MaxMessage - 1 - 16 - 1 - 2) / MemberSize;

    /// <summary><c>re</c> of an ERROR that concerns no frame.</summary>
    public const uint NoFrame = 0xFFFFFFFF;

    /// <summary>JOIN's flag "tell me of hosts only".</summary>
    public const byte HostsOnly = 1;

    internal const int MemberSize = 20 + 16 + 1;
    internal const byte Hello = 0x01, Auth = 0x02, Welcome = 0x03, Join = 0x04, Leave = 0x05, Members = 0x06, Joined = 0x07, Left = 0x08;
    internal const byte Signal = 0x09, Cast = 0x0A, Send = 0x0B, Gap = 0x0C, Ping = 0x0D, Pong = 0x0E, Error = 0x0F, Goodbye = 0x10;
}
