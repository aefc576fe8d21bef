using Roost.Core.Cores;
using Roost.Rtc.Dtls;
using Roost.Rtc.Net.OpenSsl;

namespace Roost.Rtc.Tests.Faults;

/// <summary>Alerts that arrive at a DTLS transport: genuine ones end it at once and say why, anybody else's change nothing.</summary>
public sealed class AlertTests
{
    private static readonly Instant Now = new(0);

    /// <summary>Every suite, on either side of the change from libssl's records to ours.</summary>
    public static TheoryData<string, bool> Established => new()
    {
        { DtlsPair.Aes128, false }, { DtlsPair.Aes128, true }, { DtlsPair.Aes256, true }, { DtlsPair.ChaCha, true },
    };

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_fatal_alert_under_the_keys_of_the_connection_fails_it_with_code_cause_and_remedy(bool clientHears, bool hearerIsLibssl)
    {
        using var pair = new DtlsPair();
        var (hearer, speaker) = clientHears ? (pair.Client, pair.Server) : (pair.Server, pair.Client);
        if (hearerIsLibssl)
        {
            hearer.StayWithLibssl();
        }
        pair.ConnectAndSpeak();
        Assert.NotEqual(hearerIsLibssl, hearer.HasOwnRecords);
        speaker.SendAlert(DtlsAlert.Fatal, 80);
        pair.Carry(speaker, hearer);
        Assert.Equal(DtlsState.Failed, hearer.State);
        Assert.Equal("The peer ended DTLS with fatal alert 80 (internal_error). Make a new connection: an ICE restart cannot bring DTLS back.", hearer.Failure);
        Assert.Equal(0, hearer.Protect([1], new byte[100]));
        Assert.Empty(pair.Hear(hearer, pair.Seal(speaker, [1])));
    }

    [Fact]
    public void A_warning_changes_nothing()
    {
        using var pair = new DtlsPair();
        pair.ConnectAndSpeak();
        foreach (byte description in new[] { 80, 90, 100 })
        {
            pair.Client.SendAlert(DtlsAlert.Warning, description);
            pair.Carry(pair.Client, pair.Server);
        }
        Assert.Equal([[1]], pair.Tell(pair.Client, pair.Server, [1]));
    }

    [Theory]
    [MemberData(nameof(Established))]
    public void An_alert_in_clear_text_after_the_handshake_is_nobodys_and_ignored(string suite, bool haveSpoken)
    {
        using var pair = new DtlsPair(suite);
        if (haveSpoken)
        {
            pair.ConnectAndSpeak();
        }
        else
        {
            pair.Connect();
        }
        foreach (byte description in new byte[] { 0, 10, 40, 42, 80 })
        {
            for (byte level = DtlsAlert.Warning; level <= DtlsAlert.Fatal; level++)
            {
                for (byte epoch = 0; epoch < 3; epoch++)
                {
                    foreach (var side in new[] { pair.Client, pair.Server })
                    {
                        Assert.Empty(pair.Hear(side, ClearText(level, description, epoch)));
                    }
                }
            }
        }
        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (pair.Client.State, pair.Server.State));
        Assert.Equal([[1]], pair.Tell(pair.Client, pair.Server, [1]));
        Assert.Equal([[2]], pair.Tell(pair.Server, pair.Client, [2]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_alert_before_the_handshake_is_done_ends_it_with_its_name(bool clientHears)
    {
        using var pair = new DtlsPair();
        pair.Start();
        if (!clientHears)
        {
            pair.Carry(pair.Client, pair.Server);
        }
        var hearer = clientHears ? pair.Client : pair.Server;
        Assert.Empty(pair.Hear(hearer, ClearText(DtlsAlert.Fatal, 40, epoch: 0)));
        Assert.Equal(DtlsState.Failed, hearer.State);
        Assert.Contains("40 (handshake_failure)", hearer.Failure, StringComparison.Ordinal);
        Assert.Contains("cipher suite", hearer.Failure, StringComparison.Ordinal);
        Assert.Null(hearer.NextTick);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_notify_before_the_handshake_is_done_closes(bool clientHears)
    {
        using var pair = new DtlsPair();
        pair.Start();
        if (!clientHears)
        {
            pair.Carry(pair.Client, pair.Server);
        }
        var hearer = clientHears ? pair.Client : pair.Server;
        Assert.Empty(pair.Hear(hearer, ClearText(DtlsAlert.Warning, DtlsAlert.CloseNotify, epoch: 0)));
        Assert.Equal(DtlsState.Closed, hearer.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_presents_another_certificate_than_signaled_is_told_by_an_alert(bool clientIsWrong)
    {
        using var client = new OpenSslContext(DtlsCertificate.Create());
        using var server = new OpenSslContext(DtlsCertificate.Create());
        using var other = new OpenSslContext(DtlsCertificate.Create());
        using OpenSslDtls ofClient = new(client), ofServer = new(server);
        ofServer.Start(DtlsRole.Server, [clientIsWrong ? other.Fingerprint : client.Fingerprint], Now);
        ofClient.Start(DtlsRole.Client, [clientIsWrong ? server.Fingerprint : other.Fingerprint], Now);
        while (Carry(ofClient, ofServer) + Carry(ofServer, ofClient) > 0)
        {
        }
        var (wrong, deceived) = clientIsWrong ? (ofClient, ofServer) : (ofServer, ofClient);
        Assert.Equal((DtlsState.Failed, DtlsState.Failed), (wrong.State, deceived.State));
        Assert.Contains("does not have the signaled fingerprint", deceived.Failure, StringComparison.Ordinal);
        Assert.Contains("42 (bad_certificate)", wrong.Failure, StringComparison.Ordinal);
        Assert.Equal(0, deceived.Protect([1], new byte[100]));
    }

    private static int Carry(OpenSslDtls from, OpenSslDtls to)
    {
        var count = 0;
        for (; from.TryTakeDatagram(out var datagram); count++)
        {
            to.Receive(datagram.Span, Now);
        }
        return count;
    }

    private static byte[] ClearText(byte level, byte description, byte epoch) => [21, 0xFE, 0xFD, 0, epoch, 0, 0, 0, 0, 1, 0, 0, 2, level, description];
}
