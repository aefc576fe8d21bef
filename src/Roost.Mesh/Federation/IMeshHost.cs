using Roost.Core.Identity;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Federation;

/// <summary>What a mesh asks of the hub that it is part of. Called from within the mesh's inputs and ticks.</summary>
internal interface IMeshHost
{
    /// <summary>Delivers to a peer that is here. False: it is not.</summary>
    bool TryDeliver(MeshFrame.Signal signal);

    /// <summary>A signal of a peer that is here reached nobody.</summary>
    void Undeliverable(MeshFrame.Signal signal);

    /// <summary>The same id was proved, or is used, elsewhere: the connection here goes.</summary>
    void Supersede(PeerKey key, Refusal why);

    /// <summary>Asks a guest for a sign of life. False: there is none of that id.</summary>
    bool ProbeGuest(PeerKey key);

    /// <summary>Drops a guest that gave no sign of life.</summary>
    void DropGuest(PeerKey key);

    /// <summary>Whether a guest has shown life since <paramref name="since"/>; null when it is gone.</summary>
    bool? HasShownLife(PeerKey key, Core.Cores.Instant since);

    /// <summary>Members of a room that are here.</summary>
    IReadOnlyList<Member> MembersOf(RoomKey room);

    /// <summary>A member joined elsewhere.</summary>
    void RemoteJoined(RoomKey room, Member member);

    /// <summary>A member elsewhere left.</summary>
    void RemoteLeft(RoomKey room, Member member, LeftReason reason);

    /// <summary>Delivers to all members that are here.</summary>
    void RemoteCast(RoomKey room, PeerId from, ReadOnlyMemory<byte> body);

    /// <summary>Delivers to one member that is here.</summary>
    void RemoteSend(RoomKey room, PeerId from, PeerId to, ReadOnlyMemory<byte> body);

    /// <summary>Frames of a member elsewhere were lost.</summary>
    void RemoteGap(RoomKey room, PeerId from, uint dropped);

    /// <summary>A frame about guests and their introductions.</summary>
    void Introductions(HubId from, MeshFrame frame);

    /// <summary>A hub is gone, and its guests with it.</summary>
    void HubDied(HubId hub);

    /// <summary>Who introduces may have changed.</summary>
    void OwnersChanged();

    /// <summary>A hub, or any of all, has lost what it was told of guests here: it was started anew, or believed that this hub was dead.</summary>
    void GuestsForgotten(HubId? by);
}
