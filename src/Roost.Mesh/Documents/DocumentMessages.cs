using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Documents;

/// <summary>What a document's member is told.</summary>
public abstract record DocumentInput
{
    private DocumentInput()
    {
    }

    /// <summary>A feed that an earlier run kept.</summary>
    public sealed record Recalled(FeedId Feed) : DocumentInput;

    /// <summary>All that earlier runs kept has been told.</summary>
    public sealed record AllRecalled : DocumentInput;

    /// <summary>A hub let us in; it may keep feeds under its own key.</summary>
    public sealed record Online(PeerId Hub) : DocumentInput;

    /// <summary>The hub is gone.</summary>
    public sealed record Offline : DocumentInput;

    /// <summary>The hub does not keep this document: nobody answers there.</summary>
    public sealed record NoKeeper : DocumentInput;

    /// <summary>The hub said that it keeps this document: it counts among those who have to hold what we wrote.</summary>
    public sealed record KeeperFound : DocumentInput;

    /// <summary>The link has sent all it had.</summary>
    public sealed record Drained : DocumentInput;

    /// <summary>The hub link heard something.</summary>
    public sealed record Heard(DoorFrame Frame) : DocumentInput;

    /// <summary>Frames to this member go over a direct link from here on.</summary>
    public sealed record LinkUp(PeerId Peer) : DocumentInput;

    /// <summary>Over the hub again; what was under way on the link may be lost.</summary>
    public sealed record LinkDown(PeerId Peer) : DocumentInput;

    /// <summary>The link takes no more for now.</summary>
    public sealed record LinkFull(PeerId Peer) : DocumentInput;

    /// <summary>It takes more again.</summary>
    public sealed record LinkDrained(PeerId Peer) : DocumentInput;

    /// <summary>A frame came over a direct link.</summary>
    public sealed record HeardDirect(PeerId Peer, ReadOnlyMemory<byte> Payload) : DocumentInput;

    /// <summary>The user changed the document: an update of version 1.</summary>
    public sealed record Edit(ReadOnlyMemory<byte> Change) : DocumentInput;

    /// <summary>The document as a whole, in answer to <see cref="DocumentEffect.CheckpointDue"/>.</summary>
    public sealed record Checkpoint(IReadOnlyList<CoveredFeed> Covered, byte[] StateVector, byte[] State) : DocumentInput;

    /// <summary>The document took a checkpoint in whole: what it covers may go.</summary>
    public sealed record CheckpointTaken(IReadOnlyList<CoveredFeed> Covered) : DocumentInput;

    /// <summary>What we say about ourselves: an awareness update about one client.</summary>
    public sealed record Say(byte[] Awareness) : DocumentInput;

    /// <summary>Report with <see cref="DocumentEffect.Settled"/> once everybody who is here holds what was written until now.</summary>
    public sealed record Settle : DocumentInput;
}

/// <summary>What a document's member asks for or reports.</summary>
public abstract record DocumentEffect
{
    private DocumentEffect()
    {
    }

    /// <summary>Say this to the hub.</summary>
    public sealed record Say(DoorFrame Frame) : DocumentEffect;

    /// <summary>Send this over the member's direct link.</summary>
    public sealed record SayDirect(PeerId Peer, byte[] Payload) : DocumentEffect;

    /// <summary>All that earlier runs kept has been given out.</summary>
    public sealed record Recalled : DocumentEffect;

    /// <summary>Somebody's change, signed under the write key: an update of version 1.</summary>
    public sealed record Updated(FeedId Feed, byte[] Bytes) : DocumentEffect;

    /// <summary>Somebody's checkpoint: an update of version 2. Answer with <see cref="DocumentInput.CheckpointTaken"/> when it was applied.</summary>
    public sealed record Checkpointed(FeedId Feed, IReadOnlyList<CoveredFeed> Covered, byte[] StateVector, byte[] Bytes) : DocumentEffect;

    /// <summary>Time for a checkpoint of all that was given out until here.</summary>
    public sealed record CheckpointDue(IReadOnlyList<CoveredFeed> Covered) : DocumentEffect;

    /// <summary>Somebody says something about itself.</summary>
    public sealed record Said(PeerId From, byte[] Update) : DocumentEffect;

    /// <summary>Who is in the room changed; <paramref name="Gone"/> left, if anybody did.</summary>
    public sealed record Members(int Count, PeerId? Gone) : DocumentEffect;

    /// <summary>Everything is here that those who are here have; <paramref name="Alone"/>: nobody answered.</summary>
    public sealed record CaughtUp(bool Alone) : DocumentEffect;

    /// <summary>Everybody who is here, and the hub if it keeps documents, holds what we wrote before the last <see cref="DocumentInput.Settle"/>.</summary>
    public sealed record Settled : DocumentEffect;

    /// <summary>A writer signed two histories of one feed: nothing more is read of that feed.</summary>
    public sealed record Forked(FeedId Feed) : DocumentEffect;

    /// <summary>The store refused: nothing is kept or shared from here on.</summary>
    public sealed record Failed(string Problem) : DocumentEffect;
}
