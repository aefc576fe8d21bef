using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Roost.Hub.Hosting;
using Roost.Peer.Storage;

namespace Roost.Cli.Features;

/// <summary>The certificate of <c>--tls</c>: from files, or one that the hub makes for its own names and keeps beside its key.</summary>
internal static class HubCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(397); // Browsers refuse longer ones.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(14);

    /// <summary>Null for no TLS.</summary>
    /// <exception cref="ProblemException">ROOST-1911: the files cannot be used.</exception>
    public static X509Certificate2? Read(string? how, HubOptions options) => how switch
    {
        null => null,
        "self" => OwnMaking(options),
        _ => FromFiles(how),
    };

    private static X509Certificate2 FromFiles(string how)
    {
        string[] files = how.Split(',', StringSplitOptions.TrimEntries);
        try
        {
            if (files.Length != 2)
            {
                throw new ArgumentException("two files are needed, CERT,KEY");
            }
            // Through PKCS#12, since some systems' TLS does not take a key that was only read from a file.
            using var pem = X509Certificate2.CreateFromPemFile(files[0], files[1]);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ProblemException(new Problem("ROOST-1911", $"--tls {how}: {e.Message}", "give two PEM files, --tls cert.pem,key.pem, or --tls self", ExitCode.Usage), e);
        }
    }

    private static X509Certificate2 OwnMaking(HubOptions options)
    {
        string? path = options.DataDirectory is { } folder ? Path.Combine(Directory.CreateDirectory(folder).FullName, "tls.p12") : null;
        if (path is not null && File.Exists(path) && Stored(path) is { } kept)
        {
            return kept;
        }
        using var made = Make(options);
        var bytes = made.Export(X509ContentType.Pkcs12);
        if (path is not null)
        {
            SecretFile.Write(path, bytes);
            // For programs that shall trust this hub: SSL_CERT_FILE, curl --cacert, NODE_EXTRA_CA_CERTS.
            File.WriteAllText(Path.ChangeExtension(path, "crt"), made.ExportCertificatePem() + "\n");
        }
        return X509CertificateLoader.LoadPkcs12(bytes, null);
    }

    /// <summary>The one of last time, while it is good for a while: whoever trusts it does so once.</summary>
    private static X509Certificate2? Stored(string path)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(path, null);
            return certificate.NotAfter - DateTime.Now > RenewBefore ? certificate : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static X509Certificate2 Make(HubOptions options)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Roost hub", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        string host = Dns.GetHostName();
        foreach (string name in new[] { "localhost", host, $"{host}.local" }.Concat(options.Names).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            names.AddDnsName(name);
        }
        if (options.PublicUrl is { } url && Uri.TryCreate(url, UriKind.Absolute, out var at) && at.HostNameType == UriHostNameType.Dns)
        {
            names.AddDnsName(at.IdnHost);
        }
        foreach (var address in Addresses())
        {
            names.AddIpAddress(address);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
    }

    private static IEnumerable<IPAddress> Addresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(face => face.OperationalStatus == OperationalStatus.Up)
            .SelectMany(face => face.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal))
            .Append(IPAddress.Loopback)
            .Distinct();
}
