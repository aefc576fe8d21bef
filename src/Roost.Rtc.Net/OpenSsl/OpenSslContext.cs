using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Roost.Rtc.Dtls;
using Roost.Rtc.Peer;
using static Roost.Rtc.Net.OpenSsl.NativeMethods;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>One SSL_CTX for one certificate, shared by all its connections.</summary>
internal sealed unsafe class OpenSslContext : SafeHandle, IDtlsFactory
{
    /// <summary>AES-128-GCM first: it costs least, and its records are ours after the handshake.</summary>
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";

    /// <summary>Bytes of the largest record written: packets are no larger than an Ethernet frame, but options may allow somewhat more.</summary>
    private const int MaxRecord = 4096;

    internal OpenSslContext(DtlsCertificate certificate, string ciphers = Ciphers)
        : base(0, ownsHandle: true)
    {
        OpenSslLibrary.Require();
        Fingerprint = certificate.Fingerprint;
        SetHandle(SSL_CTX_new(DTLS_method()));
        Check(handle != 0);
        Check(SSL_CTX_ctrl(handle, CtrlSetMinProtoVersion, Dtls12, 0) == 1);
        // Nobody resumes (no tickets, a new handshake for every connection); kept sessions, with their certificates, would only be memory.
        _ = SSL_CTX_ctrl(handle, CtrlSetSessionCacheMode, 0, 0);
        // The buffer that a connection keeps for records it writes has this size instead of 16 KiB.
        Check(SSL_CTX_ctrl(handle, CtrlSetMaxSendFragment, MaxRecord, 0) == 1);
        SSL_CTX_set_options(handle, OptionNoQueryMtu | OptionNoRenegotiation | OptionNoTicket);
        fixed (byte* der = certificate.Certificate)
        {
            Check(SSL_CTX_use_certificate_ASN1(handle, certificate.Certificate.Length, der) == 1);
        }
        fixed (byte* der = certificate.PrivateKey)
        {
            Check(SSL_CTX_use_PrivateKey_ASN1(KeyTypeEc, handle, der, certificate.PrivateKey.Length) == 1);
        }
        Check(SSL_CTX_check_private_key(handle) == 1);
        SSL_CTX_set_verify(handle, VerifyPeer | VerifyFailIfNoPeerCert, null);
        SSL_CTX_set_cert_verify_callback(handle, &OpenSslDtls.OnCertificate, 0);
        Check(SSL_CTX_set_cipher_list(handle, ciphers) == 1);
        // Some browsers want use_srtp to be negotiated even without media. Zero is this function's success.
        Check(SSL_CTX_set_tlsext_use_srtp(handle, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") == 0);
    }

    public DtlsFingerprint Fingerprint { get; }

    public override bool IsInvalid => handle == 0;

    public IDtlsTransport Create() => new OpenSslDtls(this);

    internal nint NewSsl()
    {
        var ssl = SSL_new(handle);
        Check(ssl != 0);
        return ssl;
    }

    protected override bool ReleaseHandle()
    {
        SSL_CTX_free(handle);
        return true;
    }

    private static void Check(bool ok)
    {
        if (!ok)
        {
            throw new DtlsUnavailableException($"OpenSSL refused the DTLS set-up: {TakeErrors()}.", null);
        }
    }
}
