using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Roost.Core.Crypto;

/// <summary>AES-256-GCM under one key with a counter nonce: 0 u32 ‖ n u64; the 16-byte tag stands behind the ciphertext. Not thread-safe.</summary>
/// <param name="key">32 bytes.</param>
public sealed class Aead(ReadOnlySpan<byte> key) : IDisposable
{
    /// <summary>Bytes that sealing adds.</summary>
    public const int TagSize = 16;

    private readonly AesGcm _gcm = new(key, TagSize);

    /// <summary>Seals <paramref name="plain"/> into <paramref name="destination"/>, which has plain.Length + 16 bytes.</summary>
    /// <param name="n">The counter: never twice with other content under one key.</param>
    /// <param name="associated">What is authenticated beside it.</param>
    public void Seal(ulong n, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce, n);
        _gcm.Encrypt(nonce, plain, destination[..plain.Length], destination.Slice(plain.Length, TagSize), associated);
    }

    /// <summary>Opens what <see cref="Seal"/> made; <paramref name="destination"/> has sealed.Length − 16 bytes.</summary>
    /// <returns>False for anything that was not sealed so; then nothing of it may be used.</returns>
    public bool TryOpen(ulong n, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> @sealed, Span<byte> destination)
    {
        int length = @sealed.Length - TagSize;
        if (length < 0 || destination.Length < length)
        {
            return false;
        }
        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce, n);
        try
        {
            _gcm.Decrypt(nonce, @sealed[..length], @sealed[length..], destination[..length], associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gcm.Dispose();

    private static void WriteNonce(Span<byte> nonce, ulong n)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], n);
    }
}
