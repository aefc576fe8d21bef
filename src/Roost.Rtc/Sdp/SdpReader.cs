using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Roost.Rtc.Dtls;
using Roost.Rtc.Ice;

namespace Roost.Rtc.Sdp;

/// <summary>Reads the data section out of a description (RFC 8866, RFC 8839, RFC 8841, RFC 8842). Never throws.</summary>
internal static class SdpReader
{
    internal const int MaxLength = 65_536;
    private const int MaxMediaSections = 64;
    private const int MaxFingerprints = 16;
    private const int MaxCandidates = 128;

    internal static bool TryRead(string? sdp, [NotNullWhen(true)] out DataSession? session)
    {
        session = null;
        if (sdp is null || sdp.Length > MaxLength || !sdp.StartsWith("v=0", StringComparison.Ordinal))
        {
            return false;
        }
        var whole = new Section("");
        var sections = new List<Section>();
        var current = whole;
        foreach (var line in sdp.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("m="))
            {
                if (sections.Count == MaxMediaSections)
                {
                    return false;
                }
                current = new Section(line[2..].ToString());
                sections.Add(current);
            }
            else if (line.StartsWith("a="))
            {
                current.Add(line[2..].Trim().ToString());
            }
        }
        var index = sections.FindIndex(s => s.IsData);
        return index >= 0 && TryRead(whole, sections, index, out session);
    }

    private static bool TryRead(Section whole, List<Section> sections, int index, [NotNullWhen(true)] out DataSession? session)
    {
        session = null;
        var data = sections[index];
        // Fingerprint, setup and ICE attributes of the session hold for sections that have none (RFC 8839 §5.4, RFC 8122 §5).
        var fragment = data.Find("ice-ufrag:") ?? whole.Find("ice-ufrag:");
        var password = data.Find("ice-pwd:") ?? whole.Find("ice-pwd:");
        var prints = data.All("fingerprint:").Concat(whole.All("fingerprint:"))
            .Select(text => DtlsFingerprint.TryParse(text, out var print) ? print : null).OfType<DtlsFingerprint>().Take(MaxFingerprints).ToArray();
        if (fragment is null || password is null || prints.Length == 0 || new IceCredentials(fragment, password) is not { IsValid: true } ice
            || data.Words.Length < 4)
        {
            return false;
        }
        session = new DataSession
        {
            Ice = ice,
            Fingerprints = prints,
            Mid = data.Find("mid:") ?? index.ToString(CultureInfo.InvariantCulture),
            Setup = (data.Find("setup:") ?? whole.Find("setup:")) switch
            {
                "active" => SetupAttribute.Active,
                "passive" => SetupAttribute.Passive,
                _ => SetupAttribute.ActPass,
            },
            Protocol = data.Words[2] == "DTLS/SCTP" ? "DTLS/SCTP" : "UDP/DTLS/SCTP",
            SctpPort = SctpPortOf(data),
            MaxMessageSize = MaxMessageSizeOf(data),
            Candidates = data.All("candidate:").Take(MaxCandidates)
                .Select(text => IceCandidate.TryParse("candidate:" + text, out var candidate) ? candidate : null).OfType<IceCandidate>().ToArray(),
            EndOfCandidates = data.Has("end-of-candidates") || whole.Has("end-of-candidates"),
            IsIceLite = whole.Has("ice-lite"),
            HasBundle = whole.Find("group:BUNDLE") is not null,
            Index = index,
            Others = sections.Where((_, i) => i != index)
                .Select(s => new RejectedMedia(s.Words[0], s.Words.ElementAtOrDefault(2) ?? "", string.Join(' ', s.Words.Skip(3)), s.Find("mid:") ?? "")).ToArray(),
        };
        return true;
    }

    private static ushort SctpPortOf(Section data)
    {
        // New: a=sctp-port:5000. Old: the port is the format, "m=application 9 DTLS/SCTP 5000", explained by a=sctpmap.
        var text = data.Find("sctp-port:") ?? data.Find("sctpmap:")?.Split(' ')[0] ?? data.Words[3];
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : (ushort)DataSession.DefaultSctpPort;
    }

    private static long MaxMessageSizeOf(Section data) =>
        long.TryParse(data.Find("max-message-size:"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : DataSession.DefaultMaxMessageSize;

    private sealed class Section(string media)
    {
        private const int MaxAttributes = 1000;
        private readonly List<string> _attributes = [];

        internal string[] Words { get; } = media.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words ? words : ["unknown"];

        internal bool IsData => Words.Length >= 4 && Words[0] == "application" && Words[2].EndsWith("DTLS/SCTP", StringComparison.Ordinal);

        internal void Add(string attribute)
        {
            if (_attributes.Count < MaxAttributes)
            {
                _attributes.Add(attribute);
            }
        }

        internal bool Has(string name) => _attributes.Contains(name);

        internal string? Find(string prefix) => All(prefix).FirstOrDefault();

        internal IEnumerable<string> All(string prefix) =>
            _attributes.Where(a => a.StartsWith(prefix, StringComparison.Ordinal)).Select(a => a[prefix.Length..].Trim());
    }
}
