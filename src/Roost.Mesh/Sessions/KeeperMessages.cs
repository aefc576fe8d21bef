using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Documents;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>One room as its keeper stores it.</summary>
/// <param name="JoinSeed">Seed of the join key; opens nothing.</param>
/// <param name="Owner">Whose feed is kept.</param>
/// <param name="Seconds">How long after the host was last here.</param>
/// <param name="Until">When it may go.</param>
/// <param name="IsDocument">Whether all writers' feeds of a document are kept, not one host's.</param>
public sealed record KeptRoom(byte[] JoinSeed, OwnerId Owner, uint Seconds, Instant Until, bool IsDocument = false);

/// <summary>Where a keeper puts entries: a shell's folder or a test's memory.</summary>
public interface IKeeperStore : IFeedStore
{
    /// <summary>Writes down that a room is kept.</summary>
    void Remember(RoomId room, KeptRoom kept);

    /// <summary>Deletes a room and all that was kept of it.</summary>
    void Forget(RoomId room);
}

/// <summary>What a keeper is told.</summary>
public abstract record KeeperInput
{
    private KeeperInput()
    {
    }

    /// <summary>A room kept by an earlier run, and the feeds that are stored of it.</summary>
    public sealed record Recalled(KeptRoom Kept, IReadOnlyList<FeedId> Feeds) : KeeperInput;

    /// <summary>The hub is gone.</summary>
    public sealed record Offline : KeeperInput;

    /// <summary>The link has sent all it had: more may be answered.</summary>
    public sealed record Drained : KeeperInput;

    /// <summary>The hub link heard something.</summary>
    public sealed record Heard(DoorFrame Frame) : KeeperInput;
}

/// <summary>What a keeper asks for.</summary>
public abstract record KeeperEffect
{
    private KeeperEffect()
    {
    }

    /// <summary>Be in this room, and hear of hosts only or of everybody.</summary>
    public sealed record Join(JoinKey Key, OwnerId Owner, bool HostsOnly) : KeeperEffect;

    /// <summary>Be no longer in this room.</summary>
    public sealed record Leave(RoomId Room) : KeeperEffect;

    /// <summary>Say this to the hub.</summary>
    public sealed record Say(DoorFrame Frame) : KeeperEffect;
}
