using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Peers;

/// <summary>What a peer's link to its hubs is told.</summary>
public abstract record HubLinkInput
{
    private HubLinkInput()
    {
    }

    /// <summary>Start dialling.</summary>
    public sealed record Start : HubLinkInput;

    /// <summary>Be in this room from now on, across reconnections.</summary>
    public sealed record Join(JoinKey Key, SessionId Session, bool HostsOnly) : HubLinkInput;

    /// <summary>Be no longer in this room.</summary>
    public sealed record Leave(RoomId Room) : HubLinkInput;

    /// <summary>Send SIGNAL, CAST or SEND; dropped while there is no hub (the layers above ask again).</summary>
    public sealed record Say(DoorFrame Frame) : HubLinkInput;

    /// <summary>The socket that was dialled is open.</summary>
    public sealed record Opened : HubLinkInput;

    /// <summary>The socket brought a message.</summary>
    public sealed record Message(ReadOnlyMemory<byte> Bytes) : HubLinkInput;

    /// <summary>The socket could not be opened, or is gone.</summary>
    public sealed record Closed(string Reason) : HubLinkInput;

    /// <summary>The network changed or the machine woke up: don't wait for the next try.</summary>
    public sealed record Hurry : HubLinkInput;

    /// <summary>End the link for good.</summary>
    public sealed record Stop : HubLinkInput;
}

/// <summary>What a peer's link to its hubs asks for.</summary>
public abstract record HubLinkEffect
{
    private HubLinkEffect()
    {
    }

    /// <summary>Open a socket to <paramref name="Door"/> with subprotocol roost.1.</summary>
    public sealed record Dial(Uri Door) : HubLinkEffect;

    /// <summary>Send a message.</summary>
    public sealed record Transmit(byte[] Message) : HubLinkEffect;

    /// <summary>Close the socket; what it still brings is ignored.</summary>
    public sealed record Hangup(string Reason) : HubLinkEffect;

    /// <summary>The hub has proved its key and let us in.</summary>
    public sealed record Online(string Origin, PublicKey Hub, byte[] WelcomeJson) : HubLinkEffect;

    /// <summary>There is no hub; the next try is at <paramref name="RetryAt"/>.</summary>
    public sealed record Offline(string Reason, Instant RetryAt) : HubLinkEffect;

    /// <summary>Something happened in a room, or a signal came: MEMBERS, JOINED, LEFT, SIGNAL, CAST, SEND, GAP or ERROR.</summary>
    public sealed record Heard(DoorFrame Frame) : HubLinkEffect;

    /// <summary>A newer process took over this key: the link is over and must not come back by itself.</summary>
    public sealed record Replaced : HubLinkEffect;
}
