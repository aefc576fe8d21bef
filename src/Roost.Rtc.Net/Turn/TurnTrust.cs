using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Roost.Rtc.Net.Turn;

/// <summary>Which TURN server is believed to be the one of the URL: the system's authorities say so, or the application trusts its certificate.</summary>
internal sealed class TurnTrust(string name, IReadOnlyList<X509Certificate2> trusted)
{
    /// <summary>Why a certificate was refused; null when none was.</summary>
    internal string? Refusal { get; private set; }

    internal SslClientAuthenticationOptions Options => new() { TargetHost = name, RemoteCertificateValidationCallback = IsTrusted };

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 server && IsOurs(server, chain)))
        {
            return true;
        }
        Refusal = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? $"its certificate is not for {name}" : "its certificate is not signed by anyone trusted here (TrustedTurnCertificates)";
        return false;
    }

    private bool IsOurs(X509Certificate2 server, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // nobody publishes what a private authority took back
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted.ToArray());
        chain.ChainPolicy.ExtraStore.AddRange((presented?.ChainElements.Select(e => e.Certificate) ?? []).ToArray());
        return trusted.Count > 0 && chain.Build(server);
    }
}
