using System.Runtime.InteropServices;

namespace Roost.Core.Crypto;

/// <summary>The one seam to the system's OpenSSL 3 (libcrypto.so.3): Ed25519 and X25519, which .NET has not got.</summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";
    private const int Ed25519Nid = 1087;
    private const int X25519Nid = 1034;

    internal static bool VerifyEd25519(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        fixed (byte* k = key, m = message, s = signature)
        {
            nint bytes = (nint)k;
            nint pkey = Guard(() => EVP_PKEY_new_raw_public_key(Ed25519Nid, 0, bytes, 32));
            if (pkey == 0)
            {
                return false;
            }
            nint context = EVP_MD_CTX_new();
            try
            {
                byte empty = 0;
                return EVP_DigestVerifyInit(context, 0, 0, 0, pkey) == 1
                    && EVP_DigestVerify(context, s, (nuint)signature.Length, m == null ? &empty : m, (nuint)message.Length) == 1;
            }
            finally
            {
                EVP_MD_CTX_free(context);
                EVP_PKEY_free(pkey);
                // A refused signature leaves an entry in OpenSSL's per-thread error queue; nobody reads it.
                ERR_clear_error();
            }
        }
    }

    internal static nint NewEd25519(ReadOnlySpan<byte> seed) => NewPrivate(Ed25519Nid, seed);

    internal static nint NewX25519(ReadOnlySpan<byte> seed) => NewPrivate(X25519Nid, seed);

    internal static void PublicOf(nint pkey, Span<byte> destination)
    {
        nuint length = 32;
        fixed (byte* d = destination)
        {
            Must(EVP_PKEY_get_raw_public_key(pkey, d, &length));
        }
    }

    internal static void SignEd25519(nint pkey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        nint context = EVP_MD_CTX_new();
        try
        {
            nuint length = (nuint)signature.Length;
            byte empty = 0;
            fixed (byte* m = message, s = signature)
            {
                Must(EVP_DigestSignInit(context, 0, 0, 0, pkey));
                Must(EVP_DigestSign(context, s, &length, m == null ? &empty : m, (nuint)message.Length));
            }
        }
        finally
        {
            EVP_MD_CTX_free(context);
        }
    }

    internal static bool AgreeX25519(nint own, ReadOnlySpan<byte> peer, Span<byte> shared)
    {
        fixed (byte* p = peer, s = shared)
        {
            nint other = EVP_PKEY_new_raw_public_key(X25519Nid, 0, (nint)p, 32);
            nint context = EVP_PKEY_CTX_new(own, 0);
            try
            {
                nuint length = 32;
                return other != 0
                    && EVP_PKEY_derive_init(context) == 1
                    && EVP_PKEY_derive_set_peer(context, other) == 1
                    && EVP_PKEY_derive(context, s, &length) == 1;
            }
            finally
            {
                EVP_PKEY_CTX_free(context);
                EVP_PKEY_free(other);
                ERR_clear_error();
            }
        }
    }

    internal static void Free(nint pkey) => EVP_PKEY_free(pkey);

    private static nint NewPrivate(int nid, ReadOnlySpan<byte> seed)
    {
        fixed (byte* s = seed)
        {
            nint bytes = (nint)s;
            nint pkey = Guard(() => EVP_PKEY_new_raw_private_key(nid, 0, bytes, 32));
            return pkey != 0 ? pkey : throw new CryptoUnavailableException("OpenSSL refused a private key.", null);
        }
    }

    private static nint Guard(Func<nint> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CryptoUnavailableException(
                "ROOST-1901 OpenSSL 3 (libcrypto.so.3) was not found; install it, on Debian and Ubuntu: apt-get install libssl3", e);
        }
    }

    private static void Must(int result)
    {
        if (result != 1)
        {
            throw new CryptoUnavailableException("OpenSSL failed where it cannot fail.", null);
        }
    }

    [LibraryImport(Library)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, nint key, nuint length);

    [LibraryImport(Library)]
    private static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, nint key, nuint length);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_get_raw_public_key(nint pkey, byte* destination, nuint* length);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_free(nint pkey);

    [LibraryImport(Library)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(Library)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_DigestSignInit(nint context, nint pctx, nint type, nint engine, nint pkey);

    [LibraryImport(Library)]
    private static partial int EVP_DigestSign(nint context, byte* signature, nuint* length, byte* message, nuint messageLength);

    [LibraryImport(Library)]
    private static partial int EVP_DigestVerifyInit(nint context, nint pctx, nint type, nint engine, nint pkey);

    [LibraryImport(Library)]
    private static partial int EVP_DigestVerify(nint context, byte* signature, nuint length, byte* message, nuint messageLength);

    [LibraryImport(Library)]
    private static partial nint EVP_PKEY_CTX_new(nint pkey, nint engine);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_derive_init(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_derive_set_peer(nint context, nint peer);

    [LibraryImport(Library)]
    private static partial int EVP_PKEY_derive(nint context, byte* key, nuint* length);

    [LibraryImport(Library)]
    private static partial void ERR_clear_error();
}
