using Roost.Core.Identity;

namespace Roost.Core.Feeds;

/// <summary>What a <see cref="FeedReader"/> is told.</summary>
public abstract record FeedReaderInput
{
    private FeedReaderInput()
    {
    }

    /// <summary>The host is in the room: ask it.</summary>
    public sealed record HostSeen(PeerId Host) : FeedReaderInput;

    /// <summary>No host is here, but this member may keep its feed: ask it, until the host is seen.</summary>
    public sealed record KeeperSeen(PeerId Keeper) : FeedReaderInput;

    /// <summary>The host, or the hub, is gone: wait.</summary>
    public sealed record HostLost : FeedReaderInput;

    /// <summary>A member sent a payload; <paramref name="From"/> is what the hub stamped, or who is at the other end of the direct link that it came by.</summary>
    public sealed record Frame(PeerId From, ReadOnlyMemory<byte> Payload, bool IsDirect = false) : FeedReaderInput;

    /// <summary>The hub dropped frames on their way here.</summary>
    public sealed record Gap : FeedReaderInput;
}

/// <summary>What a <see cref="FeedReader"/> asks for.</summary>
public abstract record FeedReaderEffect
{
    private FeedReaderEffect()
    {
    }

    /// <summary>SEND this payload to a member.</summary>
    public sealed record Send(PeerId To, byte[] Payload) : FeedReaderEffect;

    /// <summary>An epoch begins: at first contact, or after the host lost its log.</summary>
    public sealed record Opened(FeedId Feed) : FeedReaderEffect;

    /// <summary>The next entry, verified and in order; sealed still for a reader without the secret. Only some come with the author's signature.</summary>
    public sealed record Entry(ulong N, EntryKind Kind, byte[] Body, byte[]? Signature) : FeedReaderEffect;

    /// <summary>Everything that the host has is read.</summary>
    public sealed record CaughtUp(ulong N) : FeedReaderEffect;

    /// <summary>The host contradicted what it signed before; nothing more is read.</summary>
    public sealed record Broken(FeedFault Fault, ulong N) : FeedReaderEffect;
}

/// <summary>How a host can contradict itself.</summary>
public enum FeedFault
{
    /// <summary>Two signed histories of one epoch.</summary>
    Forked,

    /// <summary>A signed head below what it had signed before.</summary>
    RolledBack,
}

/// <summary>Where a reader stands, to go on from later.</summary>
/// <param name="Epoch">The feed's epoch.</param>
/// <param name="N">The last entry read.</param>
/// <param name="Chain">chainₙ there, 32 bytes.</param>
public sealed record FeedCursor(Id16 Epoch, ulong N, byte[] Chain);
