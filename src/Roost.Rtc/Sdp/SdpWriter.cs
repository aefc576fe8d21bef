using System.Text;

namespace Roost.Rtc.Sdp;

/// <summary>Writes the description that all known stacks accept (RFC 8829 §5, RFC 8841 §4).</summary>
internal static class SdpWriter
{
    /// <summary>Writes a description.</summary>
    /// <param name="session">What to say.</param>
    /// <param name="sessionId">A random positive number, the same for the life of the connection.</param>
    /// <param name="version">Rises with every new description.</param>
    internal static string Write(DataSession session, long sessionId, int version)
    {
        var sdp = new StringBuilder(1024);
        Line(sdp, "v=0");
        Line(sdp, $"o=- {sessionId} {version} IN IP4 127.0.0.1");
        Line(sdp, "s=-");
        Line(sdp, "t=0 0");
        if (session.HasBundle)
        {
            Line(sdp, $"a=group:BUNDLE {session.Mid}");
        }
        Line(sdp, "a=msid-semantic: WMS");
        var others = session.Others;
        for (var i = 0; i <= others.Count; i++)
        {
            if (i == session.Index)
            {
                WriteData(sdp, session);
            }
            if (i < others.Count)
            {
                WriteRejected(sdp, others[i]);
            }
        }
        return sdp.ToString();
    }

    private static void WriteData(StringBuilder sdp, DataSession session)
    {
        Line(sdp, $"m=application 9 {session.Protocol} {(session.IsOldStyle ? session.SctpPort.ToString() : "webrtc-datachannel")}");
        Line(sdp, "c=IN IP4 0.0.0.0");
        foreach (var candidate in session.Candidates)
        {
            Line(sdp, $"a={candidate with { UsernameFragment = null }}");
        }
        if (session.EndOfCandidates)
        {
            Line(sdp, "a=end-of-candidates");
        }
        Line(sdp, $"a=ice-ufrag:{session.Ice.UsernameFragment}");
        Line(sdp, $"a=ice-pwd:{session.Ice.Password}");
        Line(sdp, "a=ice-options:trickle");
        foreach (var fingerprint in session.Fingerprints)
        {
            Line(sdp, $"a=fingerprint:{fingerprint}");
        }
        Line(sdp, $"a=setup:{session.Setup.ToString().ToLowerInvariant()}");
        Line(sdp, $"a=mid:{session.Mid}");
        Line(sdp, session.IsOldStyle ? $"a=sctpmap:{session.SctpPort} webrtc-datachannel 65535" : $"a=sctp-port:{session.SctpPort}");
        Line(sdp, $"a=max-message-size:{session.MaxMessageSize}");
    }

    private static void WriteRejected(StringBuilder sdp, RejectedMedia media)
    {
        Line(sdp, $"m={media.Kind} 0 {media.Protocol} {media.Formats}");
        Line(sdp, "c=IN IP4 0.0.0.0");
        Line(sdp, "a=inactive");
        if (media.Mid.Length > 0)
        {
            Line(sdp, $"a=mid:{media.Mid}");
        }
    }

    private static void Line(StringBuilder sdp, string line) => sdp.Append(line).Append("\r\n");
}
