using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Roost.Rtc.Dtls;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>A self-signed P-256 certificate and its key, by which a peer proves that it is the one whose fingerprint was signaled.</summary>
/// <remarks>Immutable and safe to share between connections; sharing lets others see that they come from one place.</remarks>
public sealed class DtlsCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30); // as browsers do

    private DtlsCertificate(byte[] certificate, byte[] key)
    {
        Certificate = certificate;
        PrivateKey = key;
        Fingerprint = DtlsFingerprint.OfCertificate(certificate);
    }

    /// <summary>SHA-256 fingerprint, as in SDP.</summary>
    public DtlsFingerprint Fingerprint { get; }

    /// <summary>The certificate in DER.</summary>
    internal byte[] Certificate { get; }

    /// <summary>The key as ECPrivateKey in DER.</summary>
    internal byte[] PrivateKey { get; }

    /// <summary>Makes a new key and certificate, valid for 30 days.</summary>
    public static DtlsCertificate Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=WebRTC", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now - TimeSpan.FromDays(1), now + Lifetime);
        return new DtlsCertificate(certificate.RawData, key.ExportECPrivateKey());
    }
}
