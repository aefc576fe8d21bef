using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Core.Feeds;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Sessions;

/// <summary>One room at its keeper.</summary>
internal interface IKept : IDisposable
{
    /// <summary>When it may go.</summary>
    Instant Until { get; }

    /// <summary>When to be ticked.</summary>
    Wake? NextWake { get; }

    /// <summary>It was asked for again.</summary>
    void Extend(KeptRoom kept);

    /// <summary>Time passed.</summary>
    void Tick(Instant now);

    /// <summary>The hub is gone.</summary>
    void Offline(Instant now);

    /// <summary>A frame of this room.</summary>
    void Hear(DoorFrame frame, Instant now);

    /// <summary>What a reader gets.</summary>
    IEnumerable<FeedFrame> Answer(FeedFrame.Want want);

    /// <summary>What is to be said.</summary>
    bool TryTake([MaybeNullWhen(false)] out DoorFrame frame);
}
