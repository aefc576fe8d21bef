namespace Roost.Crdt;

/// <summary>One step that can be undone: what it inserted and what it deleted.</summary>
public sealed class StackItem
{
    internal StackItem(DeleteSet insertions, DeleteSet deletions) => (Insertions, Deletions) = (insertions, deletions);

    /// <summary>What the step wrote.</summary>
    public DeleteSet Insertions { get; internal set; }

    /// <summary>What the step deleted.</summary>
    public DeleteSet Deletions { get; internal set; }

    /// <summary>Room for the application, for instance the selection before the step.</summary>
    public Dictionary<object, object?> Meta { get; } = [];
}

/// <summary>A step was added to a stack, extended, or taken from it.</summary>
/// <param name="Item">The step.</param>
/// <param name="IsUndo">True for the undo stack, false for the redo stack.</param>
/// <param name="Origin">The origin of the transaction; the manager itself when it undid or redid.</param>
/// <param name="ChangedParentTypes">The types that the transaction changed, with all that hold them.</param>
public sealed record StackItemEvent(StackItem Item, bool IsUndo, object? Origin, IReadOnlyCollection<YType> ChangedParentTypes);
