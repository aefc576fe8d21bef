namespace Roost.Mesh.Links;

/// <summary>Why a hub link did not come about or was ended. The number is REFUSED's code; close code = 4400 + number.</summary>
public enum LinkRefusal : byte
{
    /// <summary>Nothing was refused.</summary>
    None = 0,

    /// <summary>Not a message of this protocol, or not its turn.</summary>
    BadMessage = 1,

    /// <summary>A version that is not spoken here.</summary>
    OtherVersion = 2,

    /// <summary>The dialler meant a host that is not this hub.</summary>
    ForeignAuthority = 3,

    /// <summary>Another APP_ID.</summary>
    OtherMesh = 4,

    /// <summary>The hub dialled itself.</summary>
    Self = 5,

    /// <summary>The proof of the key, or of the mesh key, is not valid.</summary>
    BadProof = 6,

    /// <summary>Another live process uses the same hub key.</summary>
    Twin = 7,

    /// <summary>The older or the surplus one of two links between the same hubs.</summary>
    Surplus = 8,

    /// <summary>A sealed batch did not open, or held what is no frame.</summary>
    BadBatch = 9,

    /// <summary>Nothing was heard for too long.</summary>
    Silent = 10,

    /// <summary>The link has not been needed for a while.</summary>
    Idle = 11,

    /// <summary>The hub is going down.</summary>
    Leaving = 12,

    /// <summary>The other end does not read what it is sent.</summary>
    SlowReader = 13,

    /// <summary>It said more than a hub may say a second.</summary>
    Flood = 14,

    /// <summary>The handshake took too long.</summary>
    TooSlow = 15,

    /// <summary>The hub that was to carry the link has no way to the other end.</summary>
    NoRoad = 16,
}
