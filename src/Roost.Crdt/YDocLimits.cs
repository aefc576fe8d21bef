namespace Roost.Crdt;

/// <summary>What one document takes from strangers before it refuses; every limit has a test that overfills it.</summary>
public sealed record YDocLimits
{
    /// <summary>Room for anything Yjs writes in practice.</summary>
    public static YDocLimits Default { get; } = new();

    /// <summary>For bytes that were checked before.</summary>
    internal static YDocLimits Unlimited { get; } = new() { MaxStructsPerUpdate = int.MaxValue, MaxClients = int.MaxValue };

    /// <summary>Structs in one update. A few hundred bytes of V2 can honestly hold 100,000, so bytes alone are no measure.</summary>
    public int MaxStructsPerUpdate { get; init; } = 2_000_000;

    /// <summary>Client ids named in one update.</summary>
    public int MaxClients { get; init; } = 100_000;

    /// <summary>Bytes of structs and deletions that wait for others which have not come.</summary>
    public int MaxPendingBytes { get; init; } = 8 * 1024 * 1024;
}
