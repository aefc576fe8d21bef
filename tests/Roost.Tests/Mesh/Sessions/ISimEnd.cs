using Roost.Core.Identity;

namespace Roost.Tests.Mesh.Sessions;

/// <summary>What a simulated direct link tells its ends.</summary>
internal enum SimLinkNews
{
    Up,
    Down,
    Full,
    Drained,
}

/// <summary>A peer that direct links of the simulation may join.</summary>
internal interface ISimEnd
{
    PeerId Id { get; }

    /// <summary>Links by peer; a new one takes the place of an old one.</summary>
    Dictionary<PeerId, SimDirectLink> Links { get; }

    void LinkSaid(PeerId peer, SimLinkNews news);

    void LinkBrought(PeerId peer, byte[] payload);
}
