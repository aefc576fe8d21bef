namespace Roost.Core.Feeds;

/// <summary>Where a feed's sealed entries are kept: in memory, or on disk by a shell. One writer; readers see whole entries only.</summary>
public interface IFeedLog
{
    /// <summary>The number of the last entry; 0 when empty.</summary>
    ulong Last { get; }

    /// <summary>Keeps the next entry with the author's signature over the chain there.</summary>
    /// <param name="entry">Its number is <see cref="Last"/> + 1.</param>
    /// <param name="signature">64 bytes.</param>
    void Append(in FeedEntry entry, ReadOnlySpan<byte> signature);

    /// <summary>Reads consecutive entries above <paramref name="after"/>, together at most <paramref name="budget"/> bytes of them, but at least one.</summary>
    IReadOnlyList<FeedEntry> Read(ulong after, int budget);

    /// <summary>The signature kept with entry <paramref name="n"/>, 64 bytes.</summary>
    byte[] SignatureAt(ulong n);
}

/// <summary>A log in memory. Not thread-safe.</summary>
public sealed class MemoryFeedLog : IFeedLog
{
    private readonly List<(FeedEntry Entry, byte[] Signature)> _entries = [];

    /// <inheritdoc/>
    public ulong Last => (ulong)_entries.Count;

    /// <inheritdoc/>
    public void Append(in FeedEntry entry, ReadOnlySpan<byte> signature) => _entries.Add((entry, signature.ToArray()));

    /// <inheritdoc/>
    public IReadOnlyList<FeedEntry> Read(ulong after, int budget)
    {
        var taken = new List<FeedEntry>();
        for (int i = (int)Math.Min(after, Last); i < _entries.Count; i++)
        {
            budget -= _entries[i].Entry.Sealed.Length;
            if (budget < 0 && taken.Count > 0)
            {
                break;
            }
            taken.Add(_entries[i].Entry);
        }
        return taken;
    }

    /// <inheritdoc/>
    public byte[] SignatureAt(ulong n) => _entries[(int)n - 1].Signature;
}
