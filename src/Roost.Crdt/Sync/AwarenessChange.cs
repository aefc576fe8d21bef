namespace Roost.Crdt;

/// <summary>Whose presence changed.</summary>
/// <param name="Added">Clients that were not there before.</param>
/// <param name="Updated">Clients whose state was sent anew.</param>
/// <param name="Removed">Clients that left or fell silent.</param>
/// <param name="Origin">Who caused it; "local" for this client, "timeout" for silence.</param>
public sealed record AwarenessChange(IReadOnlyList<ulong> Added, IReadOnlyList<ulong> Updated, IReadOnlyList<ulong> Removed, object? Origin)
{
    internal bool IsEmpty => Added.Count + Updated.Count + Removed.Count == 0;
}
