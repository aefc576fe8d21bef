using Roost.Core.Crypto;
using Roost.Core.Rooms;

namespace Roost.Core.Feeds;

/// <summary>Seals and opens the entries of one feed. Not thread-safe.</summary>
public sealed class FeedSeal(RoomKeys room, FeedId feed) : IDisposable
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

    /// <summary>Opens an entry; false when it was not sealed by a member for this place in this feed.</summary>
    public bool TryOpen(in FeedEntry entry, out byte[] body)
    {
        body = new byte[Math.Max(0, entry.Sealed.Length - Aead.TagSize)];
        return _aead.TryOpen(entry.N, [(byte)entry.Kind], entry.Sealed.Span, body);
    }

    /// <inheritdoc/>
    public void Dispose() => _aead.Dispose();
}
