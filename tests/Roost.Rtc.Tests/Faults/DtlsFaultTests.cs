using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Dtls;
using Roost.Rtc.Net.OpenSsl;
using Roost.Rtc.Peer;
using Roost.Rtc.Simulation;

namespace Roost.Rtc.Tests.Faults;

/// <summary>What a whole peer makes of the end of its DTLS.</summary>
public sealed class DtlsFaultTests
{
    [Fact]
    public void A_fatal_alert_on_an_established_connection_fails_it_at_once_and_for_good()
    {
        var (a, b) = (new Simulated(1), new Simulated(2));
        var pair = new SimPair(dtlsOfA: a, dtlsOfB: b).Connect();
        b.Made!.SendAlert(DtlsAlert.Fatal, 80);
        Assert.True(b.Made.TryTakeDatagram(out var alert));
        pair.A.Receive(pair.B.Address, alert.ToArray());
        AssertFailed(pair);
        // The path goes on to work, is lost and comes back: none of it makes the connection whole again.
        pair.B.IsDown = true;
        pair.Run(TimeSpan.FromSeconds(20));
        pair.B.IsDown = false;
        pair.Run(TimeSpan.FromSeconds(60));
        AssertFailed(pair);
        pair.A.Do((core, now) => { core.Close(now); return true; });
        Assert.Equal(PeerState.Closed, pair.A.Core.State);
    }

    [Fact]
    public void Over_libssl_as_well()
    {
        using Libssl a = new(), b = new();
        var pair = new SimPair(dtlsOfA: a, dtlsOfB: b).Connect();
        Assert.True(b.Made!.HasOwnRecords);
        b.Made.SendAlert(DtlsAlert.Fatal, 80);
        Assert.True(b.Made.TryTakeDatagram(out var alert));
        pair.A.Receive(pair.B.Address, alert.ToArray());
        AssertFailed(pair);
        pair.A.Core.Dispose();
        pair.B.Core.Dispose();
    }

    [Fact]
    public void Alerts_in_clear_text_do_not_disturb_a_connection()
    {
        using Libssl a = new(), b = new();
        var pair = new SimPair(dtlsOfA: a, dtlsOfB: b).Connect();
        for (byte level = 1; level < 3; level++)
        {
            pair.A.Receive(pair.B.Address, [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, level, 0]);
            pair.A.Receive(pair.B.Address, [21, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, level, 80]);
        }
        pair.Says("still here");
        Assert.Equal(PeerState.Connected, pair.A.Core.State);
        pair.A.Core.Dispose();
        pair.B.Core.Dispose();
    }

    [Theory]
    [InlineData(DtlsState.Failed, PeerState.Failed)]
    [InlineData(DtlsState.Closed, PeerState.Closed)]
    public void A_handshake_that_ends_by_its_clock_is_noticed_then(DtlsState state, PeerState expected)
    {
        var scripted = new Scripted(state);
        var pair = new SimPair(dtlsOfA: scripted);
        Scenario.Negotiate(pair.World, pair.A, pair.B, crossing: false);
        pair.Until(() => pair.A.Core.State == expected, "the handshake has ended", withinSeconds: 10);
        Assert.Equal(DataChannelState.Closed, pair.Channel.State);
    }

    [Fact]
    public void A_wrong_fingerprint_fails_both_sides()
    {
        var (a, b) = (new Simulated(1), new Simulated(2));
        a.Fingerprint = DtlsFingerprint.OfCertificate([9]);
        var pair = new SimPair(dtlsOfA: a, dtlsOfB: b);
        Scenario.Negotiate(pair.World, pair.A, pair.B, crossing: false);
        pair.Until(() => pair.A.Core.State == PeerState.Failed && pair.B.Core.State == PeerState.Failed, "both know", withinSeconds: 5);
    }

    private static void AssertFailed(SimPair pair)
    {
        Assert.Equal(PeerState.Failed, pair.A.Core.State);
        var why = pair.A.Notices.OfType<PeerNotice.StateChanged>().Last();
        Assert.Equal(PeerState.Failed, why.Value);
        Assert.Contains("alert 80 (internal_error)", why.Reason, StringComparison.Ordinal);
        Assert.Equal(DataChannelState.Closed, pair.Channel.State);
        Assert.Equal(0, pair.A.Core.ChannelCount);
        Assert.Null(pair.A.Do((core, now) => core.CreateChannel(new DataChannelInit(), now, out _)));
    }

    /// <summary>Keeps the transport it made, for a test to speak through.</summary>
    private sealed class Simulated(byte number) : IDtlsFactory
    {
        internal SimulatedDtls? Made { get; private set; }

        public DtlsFingerprint Fingerprint { get; internal set; } = DtlsFingerprint.OfCertificate([number]);

        public IDtlsTransport Create() => Made = new SimulatedDtls([number]);
    }

    private sealed class Libssl : IDtlsFactory, IDisposable
    {
        private readonly OpenSslContext _context = new(DtlsCertificate.Create());

        internal OpenSslDtls? Made { get; private set; }

        public DtlsFingerprint Fingerprint => _context.Fingerprint;

        public IDtlsTransport Create() => Made = (OpenSslDtls)_context.Create();

        public void Dispose() => _context.Dispose();
    }

    /// <summary>Never hears anything, and ends when its clock says so.</summary>
    private sealed class Scripted(DtlsState end) : IDtlsFactory, IDtlsTransport
    {
        public DtlsFingerprint Fingerprint { get; } = DtlsFingerprint.OfCertificate([7]);

        public DtlsState State { get; private set; }

        public string? Failure => State == DtlsState.Failed ? "Nobody answered." : null;

        public Instant? NextTick { get; private set; }

        public IDtlsTransport Create() => this;

        public void Start(DtlsRole role, IReadOnlyList<DtlsFingerprint> expected, Instant now)
        {
            State = DtlsState.Connecting;
            NextTick = now + TimeSpan.FromSeconds(1);
        }

        public void Tick(Instant now)
        {
            State = end;
            NextTick = null;
        }

        public void SetRoundTrip(TimeSpan roundTrip)
        {
        }

        public void Receive(ReadOnlySpan<byte> datagram, Instant now)
        {
        }

        public bool TryRead(Span<byte> buffer, out int length)
        {
            length = 0;
            return false;
        }

        public int Protect(ReadOnlySpan<byte> plaintext, Span<byte> destination) => 0;

        public bool TryTakeDatagram(out ReadOnlyMemory<byte> datagram)
        {
            datagram = default;
            return false;
        }

        public void Close() => State = DtlsState.Closed;

        public void Dispose()
        {
        }
    }
}
