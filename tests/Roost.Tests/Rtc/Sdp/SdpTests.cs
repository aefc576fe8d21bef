using Roost.Rtc.Ice;
using Roost.Rtc.Sdp;

namespace Roost.Tests.Rtc.Sdp;

public sealed class SdpTests
{
    internal const string ChromiumOffer =
        "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n"
        + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
        + "a=candidate:1 1 udp 2113937151 6f0f2bb1-9d4b-4d9a-8bd9-1a3a1ab2f0a1.local 57311 typ host generation 0 network-cost 999\r\n"
        + "a=ice-ufrag:Cvh/\r\na=ice-pwd:BddX2k95b6UEsmXAIZ3OFU6D\r\na=ice-options:trickle\r\n"
        + "a=fingerprint:sha-256 38:68:6F:B9:82:30:4B:70:C9:28:20:FD:30:73:89:4C:19:CD:31:05:85:7A:83:E7:02:85:43:93:DB:30:60:F8\r\n"
        + "a=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

    [Fact]
    public void A_browser_s_offer_is_read()
    {
        Assert.True(SdpReader.TryRead(ChromiumOffer, out var session));
        Assert.Equal("Cvh/", session.Ice.UsernameFragment);
        Assert.Equal(262_144, session.MaxMessageSize);
        Assert.Equal(5000, session.SctpPort);
        Assert.True(Assert.Single(session.Candidates).IsMdns);
    }

    [Fact]
    public void The_old_form_with_sctpmap_and_session_level_attributes_is_read()
    {
        var old = ChromiumOffer.Replace("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=application 60447 DTLS/SCTP 5001")
            .Replace("a=sctp-port:5000", "a=sctpmap:5001 webrtc-datachannel 65535").Replace("a=max-message-size:262144\r\n", "");
        Assert.True(SdpReader.TryRead(old, out var session));
        Assert.True(session.IsOldStyle);
        Assert.Equal(5001, session.SctpPort);
        Assert.Equal(65_536, session.MaxMessageSize);
    }

    [Fact]
    public void Other_media_is_rejected_in_place()
    {
        var offer = ChromiumOffer.Replace("m=application", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\nm=application");
        Assert.True(SdpReader.TryRead(offer, out var session));
        Assert.Equal(1, session.Index);
        var answer = SdpWriter.Write(session with { Setup = SetupAttribute.Active }, 1, 1);
        Assert.True(answer.IndexOf("m=audio 0 ", StringComparison.Ordinal) < answer.IndexOf("m=application 9 ", StringComparison.Ordinal));
        Assert.True(SdpReader.TryRead(answer, out _));
    }

    [Theory]
    [InlineData("a=fingerprint:sha-256", "a=fingerprint:sha-1")]
    [InlineData("a=ice-pwd:BddX2k95b6UEsmXAIZ3OFU6D", "a=ice-pwd:short")]
    [InlineData("m=application", "m=video")]
    [InlineData("v=0", "v=1")]
    public void What_cannot_be_trusted_or_used_is_refused(string from, string to) => Assert.False(SdpReader.TryRead(ChromiumOffer.Replace(from, to), out _));

    [Fact]
    public void Candidates_survive_a_round_trip()
    {
        const string line = "candidate:842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx raddr 10.0.0.17 rport 46154";
        Assert.True(IceCandidate.TryParse($"a={line} generation 0 network-id 1", out var candidate));
        Assert.Equal(line, candidate.ToString());
    }
}
