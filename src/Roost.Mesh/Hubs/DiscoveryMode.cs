namespace Roost.Mesh.Hubs;

/// <summary>Whom a hub tells guests of.</summary>
public enum DiscoveryMode
{
    /// <summary><see cref="Full"/> up to <see cref="HubLimits.AutoFullUpTo"/> peers in a network, <see cref="Shaped"/> above.</summary>
    Auto,

    /// <summary>Everybody of everybody, as PeerPigeon's own server does: for apps that list all peers.</summary>
    Full,

    /// <summary>A newcomer of one or two peers with a free slot: the mesh of links forms 20 to 100 times faster.</summary>
    Shaped,
}
