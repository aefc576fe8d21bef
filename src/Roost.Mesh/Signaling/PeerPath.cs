namespace Roost.Mesh.Signaling;

/// <summary>How frames reach a peer, best first.</summary>
public enum PeerPath
{
    /// <summary>Straight, between addresses of one network.</summary>
    Local,

    /// <summary>Straight, through a NAT.</summary>
    Direct,

    /// <summary>Over a TURN server.</summary>
    Relayed,

    /// <summary>Over the hub.</summary>
    Hub,
}
