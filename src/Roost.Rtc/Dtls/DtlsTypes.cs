using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Roost.Rtc.Dtls;

/// <summary>Which side sends the ClientHello (RFC 8842 §5.2).</summary>
public enum DtlsRole
{
    /// <summary>Waits for the ClientHello; setup:passive.</summary>
    Server,

    /// <summary>Sends it; setup:active.</summary>
    Client,
}

/// <summary>State of a DTLS transport, W3C names.</summary>
/// <remarks>
/// <code>
/// New ──Start──► Connecting ──► Connected ──► Closed
///                    └──────► Failed ◄┘
/// </code>
/// </remarks>
public enum DtlsState
{
    /// <summary>Not started.</summary>
    New,

    /// <summary>Shaking hands.</summary>
    Connecting,

    /// <summary>The peer's certificate has the fingerprint that was signaled; data may flow.</summary>
    Connected,

    /// <summary>One side said close_notify.</summary>
    Closed,

    /// <summary>The handshake failed, the fingerprint was wrong, or the peer sent a fatal alert, at whatever time.</summary>
    Failed,
}

/// <summary>Fingerprint of a certificate as SDP carries it (RFC 8122 §5).</summary>
/// <param name="Algorithm">"sha-256", "sha-384" or "sha-512", lower case.</param>
/// <param name="Value">Upper-case hex without separators.</param>
public sealed record DtlsFingerprint(string Algorithm, string Value)
{
    /// <summary>The SHA-256 fingerprint of a certificate in DER.</summary>
    public static DtlsFingerprint OfCertificate(ReadOnlySpan<byte> der) => new("sha-256", Convert.ToHexString(SHA256.HashData(der)));

    /// <summary>Reads <c>sha-256 AA:BB:…</c>. Weaker hashes than SHA-256 are refused.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out DtlsFingerprint? fingerprint)
    {
        fingerprint = null;
        var parts = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2 || LengthOf(parts[0].ToLowerInvariant()) is not { } length || parts[1].Length != length * 3 - 1)
        {
            return false;
        }
        var hex = parts[1].Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        if (hex.Length != length * 2 || !hex.All(char.IsAsciiHexDigitUpper))
        {
            return false;
        }
        fingerprint = new DtlsFingerprint(parts[0].ToLowerInvariant(), hex);
        return true;
    }

    /// <summary>Whether a certificate in DER has this fingerprint; compared in constant time.</summary>
    public bool Matches(ReadOnlySpan<byte> der)
    {
        var hash = Algorithm switch
        {
            "sha-256" => SHA256.HashData(der),
            "sha-384" => SHA384.HashData(der),
            "sha-512" => SHA512.HashData(der),
            _ => [],
        };
        return hash.Length > 0 && CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(Value));
    }

    /// <summary>As in SDP: <c>sha-256 AA:BB:…</c>.</summary>
    public override string ToString() => $"{Algorithm} {string.Join(':', Value.Chunk(2).Select(pair => new string(pair)))}";

    private static int? LengthOf(string algorithm) => algorithm switch { "sha-256" => 32, "sha-384" => 48, "sha-512" => 64, _ => null };
}
