using System.Net;
using System.Net.Sockets;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Net;
using Roost.Rtc.Net.Io;
using Roost.Rtc.Net.OpenSsl;
using Roost.Rtc.Peer;
using Roost.Rtc.Sdp;

namespace Roost.Rtc.Tests;

public sealed class FaultTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_fingerprint_fails_both_sides_at_once_before_any_channel_opens(bool inTheOffer)
    {
        await using var pair = new Pair();
        var channel = pair.Offerer.CreateDataChannel("never");
        var sending = channel.SendAsync("waits for the channel to open", TestContext.Current.CancellationToken).AsTask();
        var offer = await pair.Offerer.SetLocalDescriptionAsync();
        await pair.Answerer.SetRemoteDescriptionAsync(inTheOffer ? WithAnotherFingerprint(offer) : offer);
        var answer = await pair.Answerer.SetLocalDescriptionAsync();
        await pair.Offerer.SetRemoteDescriptionAsync(inTheOffer ? answer : WithAnotherFingerprint(answer));
        var (deceived, refused) = inTheOffer ? (pair.Answerer, pair.Offerer) : (pair.Offerer, pair.Answerer);
        var failure = await Assert.ThrowsAsync<RtcException>(() => deceived.Connected.WaitAsync(Pair.Patience));
        Assert.Contains("does not have the signaled fingerprint", failure.Message, StringComparison.Ordinal);
        failure = await Assert.ThrowsAsync<RtcException>(() => refused.Connected.WaitAsync(Pair.Patience));
        Assert.Contains("42 (bad_certificate)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(failure.Message, refused.FailureReason);
        failure = await Assert.ThrowsAsync<RtcException>(() => sending.WaitAsync(Pair.Patience));
        Assert.Contains("ertificate", failure.Message, StringComparison.Ordinal);
        Assert.Equal(DataChannelState.Closed, channel.ReadyState);
    }

    [Fact]
    public async Task Closing_one_side_closes_the_other()
    {
        await using var pair = new Pair();
        var (_, there) = await pair.OpenAsync();
        await pair.Offerer.CloseAsync();
        await pair.Answerer.Closed.WaitAsync(Pair.Patience);
        await there.Closed.WaitAsync(Pair.Patience);
        Assert.Equal(PeerState.Closed, pair.Answerer.ConnectionState);
    }

    [Fact]
    public async Task A_peer_of_the_same_runtime_and_socket_is_reached()
    {
        using var runtime = new RtcRuntime(new RtcRuntimeOptions { Loops = 1 });
        var configuration = new RtcConfiguration { BindAddresses = [IPAddress.Loopback] };
        await using var a = runtime.CreateConnection(configuration);
        await using var b = runtime.CreateConnection(configuration);
        a.CandidateFound += (_, candidate) => b.AddIceCandidate(candidate?.ToString());
        b.CandidateFound += (_, candidate) => a.AddIceCandidate(candidate?.ToString());
        var channel = a.CreateDataChannel("self");
        await b.SetRemoteDescriptionAsync(await a.SetLocalDescriptionAsync());
        await a.SetRemoteDescriptionAsync(await b.SetLocalDescriptionAsync());
        await channel.Opened.WaitAsync(Pair.Patience);
    }

    [Fact]
    public async Task Both_sides_may_offer_at_once()
    {
        await using var pair = new Pair();
        var channel = pair.Offerer.CreateDataChannel("crossing");
        var offer = await pair.Offerer.SetLocalDescriptionAsync();
        await pair.Answerer.SetLocalDescriptionAsync();
        await pair.Answerer.SetRemoteDescriptionAsync(offer);
        await pair.Offerer.SetRemoteDescriptionAsync(await pair.Answerer.SetLocalDescriptionAsync());
        await channel.Opened.WaitAsync(Pair.Patience);
    }

    [Fact]
    public async Task An_ice_restart_keeps_the_channel()
    {
        await using var pair = new Pair();
        var (here, there) = await pair.OpenAsync();
        var states = new System.Collections.Concurrent.ConcurrentQueue<PeerState>();
        pair.Offerer.ConnectionStateChanged += (_, state) => states.Enqueue(state);
        pair.Answerer.ConnectionStateChanged += (_, state) => states.Enqueue(state);
        pair.Offerer.RestartIce();
        await pair.NegotiateAsync();
        Assert.Empty(states); // the old path carries on, and nobody need know
        await here.SendAsync("after the restart");
        using var message = await there.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Pair.Patience);
        Assert.Equal("after the restart", message!.Text);
    }

    [Fact]
    public async Task An_ice_restart_finds_the_addresses_this_host_has_got_and_leaves_those_it_has_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has all of 127.0.0.0/8.");
        var addresses = new List<IPAddress> { IPAddress.Parse("127.0.0.1") };
        await using var pair = new Pair(offerer: new RtcConfiguration { BindAddresses = addresses });
        var (here, there) = await pair.OpenAsync();
        addresses[0] = IPAddress.Parse("127.0.0.2");
        pair.Offerer.RestartIce();
        await pair.NegotiateAsync();
        Assert.DoesNotContain("127.0.0.1 ", string.Concat((await pair.Offerer.GetLocalDescriptionAsync()).Sdp.Split("\r\n").Where(l => l.StartsWith("a=candidate", StringComparison.Ordinal))), StringComparison.Ordinal);
        await here.SendAsync("from the new address", TestContext.Current.CancellationToken);
        using var message = await there.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Pair.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("from the new address", message!.Text);
        Assert.True(SpinWait.SpinUntil(() => pair.Answerer.Path?.Remote.ToIPAddress().ToString() == "127.0.0.2", Pair.Patience));
    }

    [Fact]
    public async Task A_reader_that_stops_holds_the_sender_back()
    {
        var small = new RtcConfiguration
        {
            BindAddresses = [IPAddress.Loopback],
            SendHighWaterMark = 256 * 1024,
            Peer = new PeerOptions { Sctp = new() { ReceiveWindowBytes = 512 * 1024 } },
        };
        await using var pair = new Pair(offerer: small, answerer: small);
        var (here, there) = await pair.OpenAsync();
        const int Count = 4096;
        const int Most = 200; // what window, buffers and the message at hand hold, generously
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            while (Volatile.Read(ref sent) < Count)
            {
                await here.SendAsync(new byte[16_384]);
                Interlocked.Increment(ref sent);
            }
        }, TestContext.Current.CancellationToken);
        // The receiver's window holds 31 messages, the sender's buffer 16 more: these leave, and then no others until some are read.
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref sent) >= 31 || sending.IsCompleted, Pair.Patience));
        var received = 0;
        await foreach (var message in there.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            message.Dispose();
            Assert.InRange(Volatile.Read(ref sent) - received, 0, Most);
            if (++received == Count)
            {
                break;
            }
        }
        await sending;
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Every_way_of_socket_io_carries_data(bool portable, bool segmentation)
    {
        await using var pair = new Pair(new RtcRuntimeOptions { Loops = 1, PortableSockets = portable, Segmentation = segmentation });
        var (here, there) = await pair.OpenAsync();
        for (var i = 0; i < 64; i++)
        {
            await here.SendAsync(new byte[65_536]);
        }
        for (var i = 0; i < 64; i++)
        {
            using var message = await there.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Pair.Patience);
            Assert.Equal(65_536, message!.Data.Length);
        }
    }

    [Fact]
    public async Task Hostile_datagrams_change_nothing()
    {
        await using var pair = new Pair();
        var (here, there) = await pair.OpenAsync();
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var random = new Random(5);
        var target = pair.Offerer.Path!.Remote.ToIPEndPoint();
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[1 + random.Next(1400)];
            random.NextBytes(bytes);
            bytes[0] = (byte)(i % 4 == 0 ? 0 : i % 4 == 1 ? 22 : i % 4 == 2 ? 64 : bytes[0]);
            await stranger.SendAsync(bytes, target, TestContext.Current.CancellationToken);
        }
        await here.SendAsync("still here");
        using var message = await there.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Pair.Patience);
        Assert.Equal("still here", message!.Text);
    }

    [Fact]
    public async Task A_thousand_channels_open()
    {
        await using var pair = new Pair();
        await pair.OpenAsync();
        var channels = Enumerable.Range(0, 1000).Select(i => pair.Offerer.CreateDataChannel($"{i}")).ToArray();
        await Task.WhenAll(channels.Select(c => c.Opened)).WaitAsync(Pair.Patience);
        Assert.Equal(1001, (await pair.Offerer.GetStatisticsAsync()).Channels);
    }

    [Fact]
    public async Task Exhausted_ports_end_in_no_candidates_not_in_a_crash()
    {
        using var holder = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = (ushort)((IPEndPoint)holder.Client.LocalEndPoint!).Port;
        await using var connection = new RtcPeerConnection(new RtcConfiguration { BindAddresses = [IPAddress.Loopback], Ports = new PortRange(port, port) });
        connection.CreateDataChannel("none");
        var offer = await connection.SetLocalDescriptionAsync();
        Assert.DoesNotContain("a=candidate", offer.Sdp, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_libssl_is_named_with_its_package()
    {
        var failure = Assert.Throws<DtlsUnavailableException>(() => OpenSslLibrary.Load(["libnothere.so.3"], ["libcrypto.so.3"]));
        Assert.Contains("libssl3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("libnothere.so.3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_that_does_not_fit_is_refused_with_a_reason()
    {
        await using var pair = new Pair();
        await Assert.ThrowsAsync<RtcException>(() => pair.Offerer.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Answer, "v=0")));
        await Assert.ThrowsAsync<RtcException>(() => pair.Offerer.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, "nonsense")));
        await Assert.ThrowsAsync<RtcException>(() => pair.Offerer.CreateAnswerAsync());
    }

    private static SessionDescription WithAnotherFingerprint(SessionDescription description)
    {
        var at = description.Sdp.IndexOf("sha-256 ", StringComparison.Ordinal) + "sha-256 ".Length;
        return description with { Sdp = description.Sdp[..at] + (description.Sdp[at] == 'A' ? 'B' : 'A') + description.Sdp[(at + 1)..] };
    }
}
