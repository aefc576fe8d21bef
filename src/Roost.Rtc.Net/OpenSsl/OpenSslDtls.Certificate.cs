using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Roost.Rtc.Net.OpenSsl.NativeMethods;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>Whether the peer is the one whose fingerprint was signaled: looked at in the middle of the handshake, so that a stranger hears an alert.</summary>
internal sealed unsafe partial class OpenSslDtls
{
    private const string WrongCertificate = "The peer's certificate does not have the signaled fingerprint: somebody changed the description on its way, "
        + "or it is one of another connection. Signal new descriptions over a channel you trust.";

    private bool _peerIsExpected; // Its certificate has been seen and has an expected fingerprint.
    private bool _certificateRefused;

    /// <summary>libssl has the peer's certificate, in the middle of the handshake. Certificates are self-signed: their chain says nothing, the fingerprint all.</summary>
    /// <returns>0 makes libssl end the handshake with an alert, so that the peer knows at once.</returns>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnCertificate(nint store, nint argument)
    {
        try
        {
            var owner = Owner(SSL_get_rbio(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())));
            owner._peerIsExpected = owner.IsExpected(X509_STORE_CTX_get0_cert(store));
            if (!owner._peerIsExpected)
            {
                owner._certificateRefused = true;
                X509_STORE_CTX_set_error(store, CertificateRejected);
            }
            return owner._peerIsExpected ? 1 : 0;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return 0; // nothing may be thrown through libssl
        }
    }

    private bool IsExpected(nint certificate)
    {
        if (certificate == 0)
        {
            return false;
        }
        var der = new byte[i2d_X509(certificate, null)];
        fixed (byte* start = der)
        {
            var position = start;
            _ = i2d_X509(certificate, &position);
        }
        return _expected.Any(fingerprint => fingerprint.Matches(der));
    }
}
