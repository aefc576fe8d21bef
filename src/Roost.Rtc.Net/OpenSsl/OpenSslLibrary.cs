using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>DTLS cannot be had on this machine: OpenSSL 3 is missing or too old.</summary>
/// <param name="message">What is missing and which package brings it.</param>
/// <param name="inner">What the loader said.</param>
public sealed class DtlsUnavailableException(string message, Exception? inner) : Exception(message, inner);

/// <summary>Finds the system's libssl and libcrypto, version 3.</summary>
internal static class OpenSslLibrary
{
    internal const string Ssl = "libssl";
    internal const string Crypto = "libcrypto";

    private static readonly string[] SslNames = ["libssl.so.3", "libssl.so", "libssl-3-x64.dll", "libssl-3-arm64.dll", "libssl.3.dylib"];
    private static readonly string[] CryptoNames = ["libcrypto.so.3", "libcrypto.so", "libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto.3.dylib"];
    private static readonly Lazy<(nint Ssl, nint Crypto)> Handles = new(() => Load(SslNames, CryptoNames));

    /// <summary>Loads the library, or says what to install.</summary>
    /// <exception cref="DtlsUnavailableException">It is not there, or is older than 3.0.</exception>
    internal static void Require()
    {
        _ = Handles.Value;
    }

    internal static (nint Ssl, nint Crypto) Load(string[] sslNames, string[] cryptoNames)
    {
        var crypto = TryLoad(cryptoNames);
        var ssl = TryLoad(sslNames);
        if (ssl == 0 || crypto == 0)
        {
            throw new DtlsUnavailableException(
                $"WebRTC needs OpenSSL 3 for DTLS, and {(ssl == 0 ? sslNames[0] : cryptoNames[0])} was not found. "
                + "Install the package libssl3 (Debian, Ubuntu), openssl-libs (Fedora, RHEL), libssl3 (Alpine), openssl@3 (Homebrew), "
                + "or put libssl-3-x64.dll and libcrypto-3-x64.dll beside the program (Windows).", null);
        }
        if (!NativeLibrary.TryGetExport(ssl, "SSL_get1_peer_certificate", out _))
        {
            throw new DtlsUnavailableException("WebRTC needs OpenSSL 3.0 or newer for DTLS; the libssl found is older.", null);
        }
        // .NET initialises OpenSSL without its exit handlers, which would run under live threads; so it must come before our first call,
        // and after the look above, since it ends the process where libssl is missing.
        _ = SHA256.HashData([]);
        return (ssl, crypto);
    }

    [System.Runtime.CompilerServices.ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "The resolver must stand before the first native call.")]
    internal static void Install() => NativeLibrary.SetDllImportResolver(typeof(OpenSslLibrary).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        Ssl => Handles.Value.Ssl,
        Crypto => Handles.Value.Crypto,
        _ => 0,
    };

    private static nint TryLoad(string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }
        return 0;
    }
}
