using System.Globalization;

namespace Roost.Rtc.Net;

/// <summary>A STUN or TURN URL (RFC 7064, RFC 7065).</summary>
internal readonly record struct IceServerUrl(string Host, int Port, bool IsTurn, bool IsStream, bool IsTls)
{
    private const int DefaultPort = 3478;
    private const int DefaultTlsPort = 5349;

    internal static bool TryParse(string? text, out IceServerUrl url)
    {
        url = default;
        var end = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var scheme = end > 0 ? text![..end].ToLowerInvariant() : null;
        if (scheme is not ("stun" or "turn" or "turns"))
        {
            return false;
        }
        var rest = text![(scheme.Length + 1)..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var transport = query >= 0 ? rest[(query + 1)..] : "";
        rest = query >= 0 ? rest[..query] : rest;
        var isTls = scheme == "turns";
        var port = isTls ? DefaultTlsPort : DefaultPort;
        var colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf(']'))
        {
            if (!int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535)
            {
                return false;
            }
            rest = rest[..colon];
        }
        url = new IceServerUrl(rest.Trim('[', ']'), port, scheme != "stun", isTls || transport == "transport=tcp", isTls);
        return url.Host.Length is > 0 and < 256;
    }
}
