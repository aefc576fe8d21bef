using System.Security.Cryptography;
using static Roost.Rtc.Net.OpenSsl.NativeMethods;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>The keys of an AES-GCM connection of TLS 1.2: those by which each side writes.</summary>
/// <param name="Client">Key of what the client writes, 16 or 32 bytes.</param>
/// <param name="Server">Key of what the server writes.</param>
/// <param name="ClientSalt">First four bytes of the client's nonces.</param>
/// <param name="ServerSalt">First four bytes of the server's nonces.</param>
internal sealed record GcmKeys(byte[] Client, byte[] Server, byte[] ClientSalt, byte[] ServerSalt)
{
    private const int SaltBytes = 4;
    private const int RandomBytes = 32;
    private const int MasterBytes = 48;

    // ECDHE-ECDSA and ECDHE-RSA with AES128-GCM-SHA256, then with AES256-GCM-SHA384 (RFC 5289).
    private static readonly ushort[] With128 = [0xC02B, 0xC02F];
    private static readonly ushort[] With256 = [0xC02C, 0xC030];

    /// <summary>Takes the keys from a finished handshake.</summary>
    /// <returns>Null when its suite is not AES-GCM.</returns>
    internal static unsafe GcmKeys? Of(nint ssl)
    {
        var cipher = SSL_get_current_cipher(ssl);
        var session = SSL_get_session(ssl);
        var suite = cipher == 0 ? (ushort)0 : SSL_CIPHER_get_protocol_id(cipher);
        if (session == 0 || (!With128.Contains(suite) && !With256.Contains(suite)))
        {
            return null;
        }
        Span<byte> master = stackalloc byte[MasterBytes];
        Span<byte> seed = stackalloc byte[2 * RandomBytes]; // server_random, client_random (RFC 5246 §6.3)
        try
        {
            fixed (byte* m = master, s = seed)
            {
                if (SSL_SESSION_get_master_key(session, m, MasterBytes) != MasterBytes || SSL_get_server_random(ssl, s, RandomBytes) != RandomBytes
                    || SSL_get_client_random(ssl, s + RandomBytes, RandomBytes) != RandomBytes)
                {
                    return null;
                }
            }
            return With128.Contains(suite) ? Derive(HashAlgorithmName.SHA256, 16, master, seed) : Derive(HashAlgorithmName.SHA384, 32, master, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(master);
        }
    }

    /// <summary>The key block of RFC 5246 §6.3; AEAD suites have no MAC keys.</summary>
    internal static GcmKeys Derive(HashAlgorithmName hash, int keyBytes, ReadOnlySpan<byte> master, ReadOnlySpan<byte> serverThenClientRandom)
    {
        Span<byte> block = stackalloc byte[2 * (keyBytes + SaltBytes)];
        Expand(hash, master, "key expansion"u8, serverThenClientRandom, block);
        var keys = new GcmKeys(block[..keyBytes].ToArray(), block[keyBytes..(2 * keyBytes)].ToArray(),
            block[(2 * keyBytes)..^SaltBytes].ToArray(), block[^SaltBytes..].ToArray());
        CryptographicOperations.ZeroMemory(block);
        return keys;
    }

    /// <summary>The pseudorandom function of TLS 1.2 (RFC 5246 §5): A(i) = HMAC(secret, A(i−1)), output = HMAC(secret, A(1) + seed) + HMAC(secret, A(2) + seed) + …</summary>
    internal static void Expand(HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> output)
    {
        using var hmac = IncrementalHash.CreateHMAC(hash, secret);
        Span<byte> a = stackalloc byte[hmac.HashLengthInBytes];
        Span<byte> part = stackalloc byte[hmac.HashLengthInBytes];
        hmac.AppendData(label);
        hmac.AppendData(seed);
        hmac.GetHashAndReset(a);
        while (!output.IsEmpty)
        {
            hmac.AppendData(a);
            hmac.AppendData(label);
            hmac.AppendData(seed);
            hmac.GetHashAndReset(part);
            var length = Math.Min(part.Length, output.Length);
            part[..length].CopyTo(output);
            output = output[length..];
            hmac.AppendData(a);
            hmac.GetHashAndReset(a);
        }
        CryptographicOperations.ZeroMemory(part);
        CryptographicOperations.ZeroMemory(a);
    }

    /// <summary>Overwrites the keys; the contexts that were made of them have copies.</summary>
    internal void Clear()
    {
        CryptographicOperations.ZeroMemory(Client);
        CryptographicOperations.ZeroMemory(Server);
        CryptographicOperations.ZeroMemory(ClientSalt);
        CryptographicOperations.ZeroMemory(ServerSalt);
    }
}
