namespace Roost.Core.Feeds;

/// <summary>What an entry holds.</summary>
public enum EntryKind : byte
{
    /// <summary>Raw bytes of a stream.</summary>
    Text = 1,

    /// <summary>JSON about the feed; entry 1 always is one.</summary>
    Meta = 2,

    /// <summary>A piece of a summary of what came before.</summary>
    Checkpoint = 3,

    /// <summary>JSON: the stream's end.</summary>
    End = 4,

    /// <summary>A piece of a document's update (docs/protocol/documents.md).</summary>
    Update = 5,
}

/// <summary>One entry as it travels and is stored: sealed.</summary>
/// <param name="N">Its number: 1, 2, 3, …</param>
/// <param name="Kind">What it holds; unknown kinds are kept and skipped.</param>
/// <param name="Sealed">Ciphertext ‖ tag.</param>
public readonly record struct FeedEntry(ulong N, EntryKind Kind, ReadOnlyMemory<byte> Sealed)
{
    /// <summary>The most bytes of content that one entry takes.</summary>
    public const int MaxBody = 60_000;
}
