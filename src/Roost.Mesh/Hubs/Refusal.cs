namespace Roost.Mesh.Hubs;

/// <summary>Why a hub refused something. One member per cause; its codes and words are in <see cref="Refusals"/> and docs/errors.md.</summary>
/// <remarks>The numbers are the codes of ERROR at the <c>/roost</c> door; error codes in words are ROOST-1000 plus the number.</remarks>
public enum Refusal : ushort
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>Not a frame of the door, or its length is wrong.</summary>
    BadFrame = 1,

    /// <summary>Over the door's limit.</summary>
    FrameTooLarge = 2,

    /// <summary>A type the door does not know.</summary>
    UnknownType = 3,

    /// <summary>The signature or key of AUTH is not valid.</summary>
    BadProof = 4,

    /// <summary>AUTH names a host that is not this hub.</summary>
    ForeignAuthority = 5,

    /// <summary>CAST or SEND in a room the sender is not in.</summary>
    NotJoined = 6,

    /// <summary>JOIN's signature, room or owner do not fit, or a private hub does not serve the room.</summary>
    JoinRefused = 7,

    /// <summary>The peer named is not here, or not in the room.</summary>
    TargetUnknown = 8,

    /// <summary>Too many frames or bytes.</summary>
    RateLimited = 9,

    /// <summary>The hub, or the share of it that one address may have, is full.</summary>
    HubFull = 10,

    /// <summary>One connection or address is in too many rooms.</summary>
    TooManyRooms = 11,

    /// <summary>The room has as many members as it may.</summary>
    RoomFull = 12,

    /// <summary>A newer connection proved the same key, or a key proved the id a guest used.</summary>
    Replaced = 13,

    /// <summary>A frame that must not be lost did not fit the queue.</summary>
    SlowReader = 14,

    /// <summary>The hub is going down.</summary>
    ShuttingDown = 15,

    /// <summary>No valid AUTH in time.</summary>
    TooSlow = 16,

    /// <summary>A guest's id is not 40 hex digits.</summary>
    BadPeerId = 17,

    /// <summary>Another live connection uses the guest's id.</summary>
    IdInUse = 18,

    /// <summary>A key proved this id; guests may not use it.</summary>
    IdIsBound = 19,

    /// <summary>What a guest announces about itself is too large.</summary>
    CardTooLarge = 20,

    /// <summary>The operator removed it.</summary>
    Removed = 21,

    /// <summary>The operator takes the hub out of its mesh: own peers shall go to another one.</summary>
    Draining = 22,
}
