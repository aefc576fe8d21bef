namespace Roost.Mesh.Documents;

/// <summary>What a document's member or keeper takes. A test overfills each.</summary>
public sealed record DocumentLimits
{
    /// <summary>Feeds of one document at one time; each session of a writer is one until a checkpoint covers it.</summary>
    public int MaxFeeds { get; init; } = 2_000;

    /// <summary>Bytes of all feeds of one document; what comes after is not taken.</summary>
    public long MaxBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Entries ahead of a gap that one feed keeps aside.</summary>
    public int MaxAside { get; init; } = 256;

    /// <summary>Bytes of one update or checkpoint, over all its pieces.</summary>
    public int MaxPayload { get; init; } = 64 * 1024 * 1024;

    /// <summary>Entries after which a writer makes a checkpoint. Issue 7: 500.</summary>
    public int CheckpointEntries { get; init; } = 500;

    /// <summary>Bytes after which a writer makes a checkpoint. Issue 7: 256 KB.</summary>
    public int CheckpointBytes { get; init; } = 256 * 1024;

    /// <summary>Feeds after which a writer makes a checkpoint: many short sessions cost more than many entries of one.</summary>
    public int CheckpointFeeds { get; init; } = 64;
}
