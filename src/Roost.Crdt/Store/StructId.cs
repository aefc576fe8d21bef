namespace Roost.Crdt;

/// <summary>The name of one unit of content: who made it, and as which of his.</summary>
/// <param name="Client">The author's client id, at most 2⁵³ − 1.</param>
/// <param name="Clock">How many units the author made before it; UTF-16 units in text, elements elsewhere.</param>
public readonly record struct StructId(ulong Client, uint Clock);
