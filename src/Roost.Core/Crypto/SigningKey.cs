using System.Security.Cryptography;
using Roost.Core.Cores;

namespace Roost.Core.Crypto;

/// <summary>An Ed25519 private key: signs, and names its public half. Thread-safe; dispose of it to free and forget it.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly byte[] _seed;
    private nint _pkey;

    private SigningKey(ReadOnlySpan<byte> seed)
    {
        _seed = seed.ToArray();
        _pkey = LibCrypto.NewEd25519(seed);
        Span<byte> pub = stackalloc byte[PublicKey.Size];
        LibCrypto.PublicOf(_pkey, pub);
        PublicKey = PublicKey.FromBytes(pub);
    }

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>A new key; <paramref name="dice"/> must be cryptographic outside tests.</summary>
    /// <exception cref="CryptoUnavailableException">OpenSSL 3 is missing.</exception>
    public static SigningKey Generate(Dice dice)
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
        dice.Fill(seed);
        var key = new SigningKey(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>The key of a 32-byte seed (RFC 8032 section 5.1.5).</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == Ed25519.SeedSize ? new SigningKey(seed) : throw new ArgumentException("An Ed25519 seed has 32 bytes.", nameof(seed));

    /// <summary>Writes the 64-byte signature over <paramref name="message"/>.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_pkey == 0, this);
        LibCrypto.SignEd25519(_pkey, message, signature[..Ed25519.SignatureSize]);
    }

    /// <summary>The 64-byte signature over <paramref name="message"/>.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[Ed25519.SignatureSize];
        Sign(message, signature);
        return signature;
    }

    /// <summary>The 32-byte seed, for storing under 0600; wipe the copy after use.</summary>
    public byte[] ExportSeed() => [.. _seed];

    /// <inheritdoc/>
    public void Dispose()
    {
        nint pkey = Interlocked.Exchange(ref _pkey, 0);
        if (pkey != 0)
        {
            LibCrypto.Free(pkey);
            CryptographicOperations.ZeroMemory(_seed);
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the native key of a forgotten instance.</summary>
    ~SigningKey()
    {
        if (_pkey != 0)
        {
            LibCrypto.Free(_pkey);
        }
    }
}
