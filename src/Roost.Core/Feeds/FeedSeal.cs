using Roost.Core.Crypto;
using Roost.Core.Rooms;

namespace Roost.Core.Feeds;

/// <summary>What a reader does with an entry whose place in the chain is verified.</summary>
public interface IEntryOpener : IDisposable
{
    /// <summary>Gives the body; false when the entry cannot have been made by a member.</summary>
    bool TryOpen(in FeedEntry entry, out byte[] body);
}

/// <summary>Leaves entries sealed: for whoever keeps a feed without being able to read it.</summary>
public sealed class SealedEntries : IEntryOpener
{
    /// <inheritdoc/>
    public bool TryOpen(in FeedEntry entry, out byte[] body)
    {
        body = entry.Sealed.ToArray();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>Seals and opens the entries of one feed. Not thread-safe.</summary>
public sealed class FeedSeal(RoomKeys room, FeedId feed) : IEntryOpener
{
    private readonly Aead _aead = new(room.SealKey(feed.Author, feed.Epoch));

    /// <summary>Seals a body as entry <paramref name="n"/>; one n is sealed once.</summary>
    /// <exception cref="ArgumentException">More than <see cref="FeedEntry.MaxBody"/> bytes.</exception>
    public byte[] Seal(ulong n, EntryKind kind, ReadOnlySpan<byte> body)
    {
        if (body.Length > FeedEntry.MaxBody)
        {
            throw new ArgumentException($"An entry takes at most {FeedEntry.MaxBody} bytes.", nameof(body));
        }
        var output = new byte[body.Length + Aead.TagSize];
        _aead.Seal(n, [(byte)kind], body, output);
        return output;
    }

    /// <inheritdoc/>
    public bool TryOpen(in FeedEntry entry, out byte[] body)
    {
        body = new byte[Math.Max(0, entry.Sealed.Length - Aead.TagSize)];
        return _aead.TryOpen(entry.N, [(byte)entry.Kind], entry.Sealed.Span, body);
    }

    /// <inheritdoc/>
    public void Dispose() => _aead.Dispose();
}
