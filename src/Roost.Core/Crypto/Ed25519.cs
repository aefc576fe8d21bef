namespace Roost.Core.Crypto;

/// <summary>Ed25519 (RFC 8032) with one strict verifier rule for every Roost (docs/protocol/identity.md). Thread-safe.</summary>
public static class Ed25519
{
    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>Bytes of a private seed.</summary>
    public const int SeedSize = 32;

    /// <summary>Whether <paramref name="signature"/> over <paramref name="message"/> is <paramref name="key"/>'s, by the strict rule.</summary>
    /// <remarks>Never throws for hostile bytes: a wrong length, a non-canonical encoding, S ≥ L or a key of small order give false.</remarks>
    public static bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> pub = stackalloc byte[PublicKey.Size];
        key.CopyTo(pub);
        return StrictRule.Allows(pub, signature) && LibCrypto.VerifyEd25519(pub, message, signature);
    }

    /// <summary>Whether this may be anybody's public key: canonical and not of small order.</summary>
    public static bool IsAcceptable(PublicKey key)
    {
        Span<byte> pub = stackalloc byte[PublicKey.Size];
        key.CopyTo(pub);
        return StrictRule.AllowsKey(pub);
    }
}
