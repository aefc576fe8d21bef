using Roost.Core.Crypto;

namespace Roost.Mesh.Links;

/// <summary>Seals and opens the batches of one proven link: a key and a counter for each direction. A batch repeated, reordered or changed does not open.</summary>
/// <remarks>Sealing belongs to one caller, opening to one other.</remarks>
public sealed class LinkCipher : IDisposable
{
    private readonly Aead _mine;
    private readonly Aead _theirs;
    private ulong _sealed;
    private ulong _opened;

    private LinkCipher(Aead mine, Aead theirs)
    {
        _mine = mine;
        _theirs = theirs;
    }

    /// <summary>The keys that follow from what both ends agreed on and said.</summary>
    public static LinkCipher Derive(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> transcript, bool dialler)
    {
        var key = Hashes.HkdfExtract(transcript, shared);
        var fromDialler = new Aead(Hashes.HkdfExpand(key, "roost-hub-1 dialler"u8, 32));
        var fromListener = new Aead(Hashes.HkdfExpand(key, "roost-hub-1 listener"u8, 32));
        return dialler ? new(fromDialler, fromListener) : new(fromListener, fromDialler);
    }

    /// <summary>Bytes that sealing adds.</summary>
    public const int Overhead = Aead.TagSize;

    /// <summary>Seals the next batch into <paramref name="destination"/>, which has 16 bytes more.</summary>
    public void Seal(ReadOnlySpan<byte> plain, Span<byte> destination) => _mine.Seal(_sealed++, [], plain, destination);

    /// <summary>Opens the next batch. False: it is not the next one that the other end sealed; then the link ends.</summary>
    public bool TryOpen(ReadOnlySpan<byte> message, Span<byte> destination) => _theirs.TryOpen(_opened++, [], message, destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        _mine.Dispose();
        _theirs.Dispose();
    }
}
