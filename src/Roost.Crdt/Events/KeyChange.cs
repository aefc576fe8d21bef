namespace Roost.Crdt;

/// <summary>What happened to a key of a map or an attribute.</summary>
public enum KeyAction
{
    /// <summary>It has a value and had none.</summary>
    Add,

    /// <summary>It has another value.</summary>
    Update,

    /// <summary>It has no value any more.</summary>
    Delete,
}

/// <summary>A change of one key.</summary>
/// <param name="Action">What happened.</param>
/// <param name="OldValue">The value before; undefined if there was none or it was collected.</param>
public sealed record KeyChange(KeyAction Action, YValue OldValue);
