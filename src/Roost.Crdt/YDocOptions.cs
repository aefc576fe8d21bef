namespace Roost.Crdt;

/// <summary>How a document behaves. The defaults are those of Yjs.</summary>
public sealed record YDocOptions
{
    /// <summary>Nothing special.</summary>
    public static YDocOptions Default { get; } = new();

    /// <summary>A globally unique name; made from the dice if null. Sub-documents need one.</summary>
    public string? Guid { get; init; }

    /// <summary>Whether deleted content is dropped. Off, snapshots can restore any past state and memory only grows.</summary>
    public bool Gc { get; init; } = true;

    /// <summary>Which deleted items may be dropped; null: all. Must give the same answer for the same id.</summary>
    public Func<StructId, bool>? GcFilter { get; init; }

    /// <summary>Anything the application wants other replicas to know about a sub-document.</summary>
    public YValue Meta { get; init; } = YValue.Null;

    /// <summary>Whether a sub-document asks to be loaded as soon as it is seen.</summary>
    public bool AutoLoad { get; init; }

    /// <summary>Whether a sub-document should be loaded here.</summary>
    public bool ShouldLoad { get; init; } = true;

    /// <summary>What strangers may do to it.</summary>
    public YDocLimits Limits { get; init; } = YDocLimits.Default;
}
