namespace Roost.Rtc.Dtls;

/// <summary>What a fatal alert says (RFC 5246 §7.2), in words a person can act on.</summary>
internal static class DtlsAlert
{
    internal const byte Warning = 1;
    internal const byte Fatal = 2;
    internal const byte CloseNotify = 0;
    internal const byte BadCertificate = 42;

    /// <summary>Code, cause and remedy of a fatal alert of the peer.</summary>
    internal static string Explain(byte description) =>
        $"The peer ended DTLS with fatal alert {description} ({NameOf(description)}). {Remedy(description)}";

    private static string NameOf(byte description) => description switch
    {
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        40 => "handshake_failure",
        BadCertificate => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        110 => "unsupported_extension",
        _ => "not in RFC 5246",
    };

    private static string Remedy(byte description) => description switch
    {
        40 or 70 or 71 => "It has no DTLS version or cipher suite in common with this side: it must offer DTLS 1.2 with ECDHE and AES-GCM or ChaCha20.",
        >= BadCertificate and <= 46 or 48 or 49 or 51 =>
            "It refuses this side's certificate: signal the description of this very connection, unchanged, and make a new connection.",
        _ => "Make a new connection: an ICE restart cannot bring DTLS back.",
    };
}
