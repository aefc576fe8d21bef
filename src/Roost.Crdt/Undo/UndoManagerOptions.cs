using Roost.Core.Cores;

namespace Roost.Crdt;

/// <summary>What an <see cref="UndoManager"/> tracks.</summary>
public sealed record UndoManagerOptions
{
    /// <summary>The clock; null: every transaction is an undo step of its own unless it is the same instant's.</summary>
    public Func<Instant>? Now { get; init; }

    /// <summary>Changes closer together than this become one step. Default: 500 ms, as in Yjs.</summary>
    public TimeSpan CaptureTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether a transaction is tracked at all; null: all are.</summary>
    public Func<Transaction, bool>? CaptureTransaction { get; init; }

    /// <summary>Whether undoing may delete that item; null: it may.</summary>
    public Func<StructId, bool>? DeleteFilter { get; init; }

    /// <summary>Origins whose transactions are tracked besides the manager's own; a null member stands for "no origin".</summary>
    public IReadOnlyCollection<object?> TrackedOrigins { get; init; } = [null];

    /// <summary>Whether undo puts a map's old value back even where others have written another since.</summary>
    public bool IgnoreRemoteMapChanges { get; init; }
}
