using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Roost.Core.Crypto;

/// <summary>The hashes and key derivation that the protocols name. Stateless; thread-safe.</summary>
public static class Hashes
{
    /// <summary>SHA-256 into 32 bytes.</summary>
    public static void Sha256(ReadOnlySpan<byte> source, Span<byte> destination) => SHA256.HashData(source, destination);

    /// <summary>SHA-256 in an array of its own.</summary>
    public static byte[] Sha256(ReadOnlySpan<byte> source) => SHA256.HashData(source);

    /// <summary>SHA-1 into 20 bytes: only for peer ids, where second pre-images alone matter (docs/protocol/identity.md).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "PeerPigeon and BEP 44 name peers by SHA-1; only second pre-image resistance is relied upon.")]
    public static void Sha1(ReadOnlySpan<byte> source, Span<byte> destination) => SHA1.HashData(source, destination);

    /// <summary>HKDF-Extract (RFC 5869) with SHA-256: 32 bytes.</summary>
    public static byte[] HkdfExtract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret)
    {
        var key = new byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, secret, salt, key);
        return key;
    }

    /// <summary>HKDF-Expand (RFC 5869) with SHA-256.</summary>
    /// <param name="length">Bytes wanted: 1 to 8,160.</param>
    public static byte[] HkdfExpand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> info, int length)
    {
        var output = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, key, output, info);
        return output;
    }
}
