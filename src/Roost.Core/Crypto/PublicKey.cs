using Roost.Core.Identity;

namespace Roost.Core.Crypto;

/// <summary>An Ed25519 public key, 32 bytes in place. Whether it may be trusted with a signature is decided by <see cref="Ed25519"/>.</summary>
public readonly record struct PublicKey
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 32;

    private readonly Id16 _first;
    private readonly Id16 _last;

    private PublicKey(ReadOnlySpan<byte> bytes)
    {
        _first = Id16.Read(bytes);
        _last = Id16.Read(bytes[16..]);
    }

    /// <summary>Takes 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static PublicKey FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new PublicKey(bytes) : throw new ArgumentException("An Ed25519 public key has 32 bytes.", nameof(bytes));

    /// <summary>Writes 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        _first.CopyTo(destination);
        _last.CopyTo(destination[16..]);
    }

    /// <summary>The 32 bytes in an array of their own.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The owner id of this key: the first 16 bytes of its SHA-256.</summary>
    public OwnerId ToOwnerId() => new(Id16.Read(Hashes.Sha256(ToArray())));

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => $"{_first}{_last}";
}
