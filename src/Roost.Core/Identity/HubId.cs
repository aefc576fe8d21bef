using System.Buffers.Binary;
using Roost.Core.Crypto;

namespace Roost.Core.Identity;

/// <summary>Names a hub: SHA-256 of its Ed25519 public key, 32 bytes; the first 8 are its short form in routes.</summary>
public readonly record struct HubId
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 32;

    private readonly Id16 _first;
    private readonly Id16 _last;

    private HubId(ReadOnlySpan<byte> bytes)
    {
        _first = Id16.Read(bytes);
        _last = Id16.Read(bytes[16..]);
    }

    /// <summary>The short form used in routes: the first 8 bytes, big-endian.</summary>
    public ulong Short => _first.High;

    /// <summary>The id that a public key has.</summary>
    public static HubId OfKey(PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[32];
        key.CopyTo(bytes);
        Span<byte> hash = stackalloc byte[32];
        Hashes.Sha256(bytes, hash);
        return new HubId(hash);
    }

    /// <summary>Takes 32 bytes as an id.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static HubId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new HubId(bytes) : throw new ArgumentException("A hub id has 32 bytes.", nameof(bytes));

    /// <summary>Writes 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        _first.CopyTo(destination);
        _last.CopyTo(destination[16..]);
    }

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => $"{_first}{_last}";

    /// <summary>The first 8 bytes as 16 hex digits, as logs show it.</summary>
    public string ToShortString() => $"{Short:x16}";

    /// <summary>Reads a short form.</summary>
    public static ulong ReadShort(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(bytes);
}
