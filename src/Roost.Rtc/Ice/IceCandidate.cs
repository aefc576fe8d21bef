using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Roost.Rtc.Ice;

/// <summary>A candidate as it travels in SDP and in trickle messages (RFC 8839 §5.1).</summary>
/// <remarks>Immutable; safe to share. Candidates of TCP are read, but never paired: data channels of all browsers run over UDP.</remarks>
public sealed record IceCandidate
{
    /// <summary>The longest candidate line taken; longer ones are refused unread.</summary>
    public const int MaxLineLength = 1024;

    /// <summary>Groups candidates of equal type, base and server; 1 to 32 ice-chars.</summary>
    public required string Foundation { get; init; }

    /// <summary>1 for everything this library uses: RTCP is always multiplexed.</summary>
    public int Component { get; init; } = 1;

    /// <summary>"udp" or "tcp", lower case.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>RFC 8445 §5.1.2; higher is tried first.</summary>
    public required uint Priority { get; init; }

    /// <summary>An IP literal, or an mDNS name ending in ".local".</summary>
    public required string Host { get; init; }

    /// <summary>UDP port.</summary>
    public required int Port { get; init; }

    /// <summary>How it was found.</summary>
    public required IceCandidateType Type { get; init; }

    /// <summary>The base or the mapped address behind a reflexive or relayed candidate; null when hidden.</summary>
    public TransportAddress? Related { get; init; }

    /// <summary>The generation it belongs to, when the line says so.</summary>
    public string? UsernameFragment { get; init; }

    /// <summary>True when the host is an mDNS name that must be resolved first.</summary>
    public bool IsMdns => Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase);

    /// <summary>The address, unless the host is a name.</summary>
    public bool TryGetAddress(out TransportAddress address) => TransportAddress.TryParse(Host, Port, out address);

    /// <summary>
    /// Reads <c>candidate:foundation component transport priority host port typ type [raddr a rport p] *(key value)</c>,
    /// with or without a leading <c>a=</c>. Never throws.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? line, [NotNullWhen(true)] out IceCandidate? candidate)
    {
        candidate = null;
        if (line is null || line.Length > MaxLineLength)
        {
            return false;
        }
        line = line.Trim();
        line = line.StartsWith("a=", StringComparison.Ordinal) ? line[2..] : line;
        if (!line.StartsWith("candidate:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var words = line["candidate:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 8 || words[0].Length > 32
            || !TryNumber(words[1], 256, out var component) || component == 0
            || !TryNumber(words[3], uint.MaxValue, out var priority)
            || words[4].Length > 255 || !TryNumber(words[5], 65535, out var port)
            || words[6] != "typ" || TypeOf(words[7]) is not { } type)
        {
            return false;
        }
        string? relatedHost = null, fragment = null;
        var relatedPort = 0L;
        // Unknown pairs (generation, network-id, network-cost, tcptype) are skipped, as RFC 8839 §5.1 asks.
        for (var i = 8; i + 1 < words.Length; i += 2)
        {
            switch (words[i])
            {
                case "raddr": relatedHost = words[i + 1]; break;
                case "rport": _ = TryNumber(words[i + 1], 65535, out relatedPort); break;
                case "ufrag": fragment = words[i + 1]; break;
            }
        }
        candidate = new IceCandidate
        {
            Foundation = words[0],
            Component = (int)component,
            Transport = words[2].ToLowerInvariant(),
            Priority = (uint)priority,
            Host = words[4],
            Port = (int)port,
            Type = type,
            UsernameFragment = fragment,
            Related = TransportAddress.TryParse(relatedHost, (int)relatedPort, out var related) ? related : null,
        };
        return true;
    }

    /// <summary>The line without <c>a=</c>, as browsers put it into <c>RTCIceCandidate.candidate</c>.</summary>
    public override string ToString()
    {
        var line = $"candidate:{Foundation} {Component} {Transport} {Priority} {Host} {Port} typ {NameOf(Type)}";
        if (Type != IceCandidateType.Host)
        {
            // The pair is mandatory for reflexive and relayed candidates; hidden ones use zeros, as browsers do.
            line += Related is { } related ? $" raddr {related.ToIPAddress()} rport {related.Port}" : " raddr 0.0.0.0 rport 0";
        }
        return UsernameFragment is null ? line : $"{line} ufrag {UsernameFragment}";
    }

    /// <summary>Priority by RFC 8445 §5.1.2.1 for component 1.</summary>
    /// <param name="type">Host 126, peer-reflexive 110, server-reflexive 100, relayed 0.</param>
    /// <param name="localPreference">0 to 65535; higher is preferred among candidates of one type.</param>
    public static uint PriorityOf(IceCandidateType type, int localPreference) =>
        (uint)((TypePreference(type) << 24) | (localPreference & 0xFFFF) << 8 | (256 - 1));

    private static int TypePreference(IceCandidateType type) => type switch
    {
        IceCandidateType.Host => 126,
        IceCandidateType.PeerReflexive => 110,
        IceCandidateType.ServerReflexive => 100,
        _ => 0,
    };

    private static IceCandidateType? TypeOf(string name) => name switch
    {
        "host" => IceCandidateType.Host,
        "srflx" => IceCandidateType.ServerReflexive,
        "prflx" => IceCandidateType.PeerReflexive,
        "relay" => IceCandidateType.Relayed,
        _ => null,
    };

    private static string NameOf(IceCandidateType type) => type switch
    {
        IceCandidateType.Host => "host",
        IceCandidateType.ServerReflexive => "srflx",
        IceCandidateType.PeerReflexive => "prflx",
        _ => "relay",
    };

    private static bool TryNumber(string text, long maximum, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= maximum;
}
