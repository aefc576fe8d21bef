using System.Runtime.InteropServices;
using System.Text;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>The functions of libssl and libcrypto that DTLS over a custom BIO, and records after it, need; names and numbers are OpenSSL 3's.</summary>
internal static unsafe partial class NativeMethods
{
    internal const int CtrlSetMtu = 17;
    internal const int CtrlSetSessionCacheMode = 44;
    internal const int CtrlSetMaxSendFragment = 52;
    internal const int CtrlDtlsGetTimeout = 73;
    internal const int CtrlDtlsHandleTimeout = 74;
    internal const int CtrlSetMinProtoVersion = 123;
    internal const int Dtls12 = 0xFEFD;
    internal const int KeyTypeEc = 408;
    internal const int VerifyPeer = 1;
    internal const int VerifyFailIfNoPeerCert = 2;
    internal const ulong OptionNoQueryMtu = 1UL << 12;
    internal const ulong OptionNoTicket = 1UL << 14;
    internal const ulong OptionNoRenegotiation = 1UL << 30;
    internal const int ErrorSsl = 1;
    internal const int ErrorWantRead = 2;
    internal const int ErrorWantWrite = 3;
    internal const int ErrorZeroReturn = 6;

    /// <summary>ERR_LIB_SSL, and what libssl adds to an alert of the peer to make a reason of it (SSL_AD_REASON_OFFSET).</summary>
    private const nuint LibrarySsl = 20;
    private const nuint AlertReasons = 1000;

    /// <summary>X509_V_ERR_CERT_REJECTED, which libssl tells the peer as alert bad_certificate.</summary>
    internal const int CertificateRejected = 28;

    internal const int CtrlAeadSetIvFixed = 0x12;

    /// <summary>BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR-free private index.</summary>
    internal const int BioType = 0x0400 | 0x80 | 1;
    internal const int BioCtrlFlush = 11;
    internal const int BioFlagsReadRetry = 0x09;
    internal const int BioFlagsAll = 0x0F;

    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint DTLS_method();
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint SSL_CTX_new(nint method);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void SSL_CTX_free(nint context);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte* der);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_CTX_use_PrivateKey_ASN1(int type, nint context, byte* der, nint length);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_CTX_check_private_key(nint context);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void SSL_CTX_set_verify(nint context, int mode, delegate* unmanaged[Cdecl]<int, nint, int> callback);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void SSL_CTX_set_cert_verify_callback(nint context, delegate* unmanaged[Cdecl]<nint, nint, int> callback, nint argument);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_get_ex_data_X509_STORE_CTX_idx();
    [LibraryImport(OpenSslLibrary.Ssl, StringMarshalling = StringMarshalling.Utf8)] internal static partial int SSL_CTX_set_cipher_list(nint context, string ciphers);
    [LibraryImport(OpenSslLibrary.Ssl, StringMarshalling = StringMarshalling.Utf8)] internal static partial int SSL_CTX_set_tlsext_use_srtp(nint context, string profiles);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial ulong SSL_CTX_set_options(nint context, ulong options);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint SSL_new(nint context);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void SSL_free(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint SSL_ctrl(nint ssl, int command, nint number, nint pointer);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void SSL_set_bio(nint ssl, nint read, nint write);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint SSL_get_rbio(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void SSL_set_accept_state(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void SSL_set_connect_state(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_do_handshake(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_read(nint ssl, byte* buffer, int length);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_write(nint ssl, byte* buffer, int length);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_shutdown(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial int SSL_get_error(nint ssl, int result);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial void DTLS_set_timer_cb(nint ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint SSL_get_current_cipher(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial ushort SSL_CIPHER_get_protocol_id(nint cipher);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nint SSL_get_session(nint ssl);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nuint SSL_SESSION_get_master_key(nint session, byte* output, nuint length);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nuint SSL_get_client_random(nint ssl, byte* output, nuint length);
    [LibraryImport(OpenSslLibrary.Ssl)] internal static partial nuint SSL_get_server_random(nint ssl, byte* output, nuint length);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nint EVP_CIPHER_CTX_new();
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void EVP_CIPHER_CTX_free(nint context);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nint EVP_aes_128_gcm();
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nint EVP_aes_256_gcm();
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv, int isSealing);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int EVP_CIPHER_CTX_ctrl(nint context, int command, int number, void* pointer);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int EVP_CIPHER_CTX_set_params(nint context, Parameter* parameters);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int EVP_Cipher(nint context, byte* output, byte* input, uint length);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int i2d_X509(nint certificate, byte** output);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nint X509_STORE_CTX_get_ex_data(nint store, int index);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nint X509_STORE_CTX_get0_cert(nint store);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void X509_STORE_CTX_set_error(nint store, int error);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nint BIO_new(nint method);
    [LibraryImport(OpenSslLibrary.Crypto, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint BIO_meth_new(int type, string name);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int BIO_meth_set_write(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int BIO_meth_set_read(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint> callback);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial int BIO_meth_set_create(nint method, delegate* unmanaged[Cdecl]<nint, int> callback);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void BIO_set_data(nint bio, nint data);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nint BIO_get_data(nint bio);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void BIO_set_init(nint bio, int value);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void BIO_set_flags(nint bio, int flags);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void BIO_clear_flags(nint bio, int flags);
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nuint ERR_get_error();
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial nuint ERR_peek_error();
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void ERR_clear_error();
    [LibraryImport(OpenSslLibrary.Crypto)] internal static partial void ERR_error_string_n(nuint error, byte* buffer, nint length);

    /// <summary>OSSL_PARAM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameter
    {
        internal const uint OctetString = 5;

        internal byte* Key;
        internal uint Type;
        internal void* Data;
        internal nuint Length;
        internal nuint Returned;
    }

    /// <summary>The alert of the peer that stands first in this thread's error queue, if one does.</summary>
    internal static byte? PeekAlert()
    {
        // ERR_GET_LIB and ERR_GET_REASON of OpenSSL 3.
        var error = ERR_peek_error();
        var reason = error & 0x7FFFFF;
        return (error >> 23 & 0xFF) == LibrarySsl && reason is >= AlertReasons and <= AlertReasons + byte.MaxValue ? (byte)(reason - AlertReasons) : null;
    }

    /// <summary>Empties this thread's error queue into one line.</summary>
    internal static string TakeErrors()
    {
        var text = new StringBuilder();
        byte* buffer = stackalloc byte[256];
        nuint error;
        while ((error = ERR_get_error()) != 0)
        {
            ERR_error_string_n(error, buffer, 256);
            text.Append(text.Length > 0 ? "; " : "").Append(Marshal.PtrToStringUTF8((nint)buffer));
        }
        return text.Length > 0 ? text.ToString() : "unknown error";
    }
}
