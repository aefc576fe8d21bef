using System.Net;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Net;
using Roost.Rtc.Peer;
using Roost.Rtc.Sdp;

namespace Roost.Rtc.Tests;

/// <summary>What an application may do at the wrong moment: it hears of it by W3C's names, and nothing hangs.</summary>
public sealed class MisuseTests
{
    private static readonly RtcConfiguration Loopback = new() { BindAddresses = [IPAddress.Loopback] };

    [Fact]
    public async Task A_connection_may_be_closed_any_number_of_times_from_several_threads()
    {
        await using var pair = new Pair();
        await pair.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => i % 2 == 0 ? pair.Offerer.CloseAsync() : pair.Offerer.DisposeAsync().AsTask()))).WaitAsync(Pair.Patience);
        Assert.Equal(PeerState.Closed, pair.Offerer.ConnectionState);
        Assert.Equal(PeerState.Closed, (await pair.Offerer.GetStatisticsAsync()).State);
    }

    [Fact]
    public async Task A_closed_connection_says_InvalidState_to_whatever_is_asked_of_it()
    {
        await using var pair = new Pair();
        var (here, _) = await pair.OpenAsync();
        var offer = await pair.Answerer.CreateOfferAsync();
        await pair.Offerer.CloseAsync();
        await RefusesAsync(RtcError.InvalidState, () => pair.Offerer.CreateOfferAsync());
        await RefusesAsync(RtcError.InvalidState, () => pair.Offerer.CreateAnswerAsync());
        await RefusesAsync(RtcError.InvalidState, () => pair.Offerer.SetLocalDescriptionAsync());
        await RefusesAsync(RtcError.InvalidState, () => pair.Offerer.SetRemoteDescriptionAsync(offer));
        await RefusesAsync(RtcError.InvalidState, () => Task.FromResult(pair.Offerer.CreateDataChannel("late")));
        await RefusesAsync(RtcError.InvalidState, () => here.SendAsync("late").AsTask());
        Assert.False(here.TrySend("late"));
        here.Close();
        pair.Offerer.RestartIce();
        pair.Offerer.AddIceCandidate(null);
        Assert.Null(await here.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(SignalingState.Closed, pair.Offerer.SignalingState);
    }

    [Fact]
    public async Task Sending_on_a_channel_that_closes_or_never_opens_says_InvalidState()
    {
        await using var pair = new Pair();
        var (here, there) = await pair.OpenAsync();
        here.Close();
        here.Close();
        await RefusesAsync(RtcError.InvalidState, () => here.SendAsync("late").AsTask());
        await there.Closed.WaitAsync(Pair.Patience);
        await RefusesAsync(RtcError.InvalidState, () => there.SendAsync("late").AsTask());
        await using var alone = new RtcPeerConnection(Loopback);
        var never = alone.CreateDataChannel("never");
        var sending = never.SendAsync("waits for the channel to open").AsTask();
        Assert.False(never.TrySend("does not wait"));
        await alone.CloseAsync();
        await RefusesAsync(RtcError.InvalidState, () => sending);
        await RefusesAsync(RtcError.InvalidState, () => never.Opened);
        await RefusesAsync(RtcError.InvalidState, () => alone.Connected);
    }

    [Fact]
    public async Task Descriptions_in_the_wrong_state_or_of_the_wrong_kind_are_named_apart()
    {
        await using var pair = new Pair();
        pair.Offerer.CreateDataChannel("test");
        await RefusesAsync(RtcError.InvalidState, () => pair.Offerer.SetLocalDescriptionAsync(new SessionDescription(SdpType.Answer, "")));
        await RefusesAsync(RtcError.InvalidState, () => pair.Offerer.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback, "")));
        var offer = await pair.Offerer.SetLocalDescriptionAsync();
        await RefusesAsync(RtcError.InvalidState, () => pair.Answerer.SetRemoteDescriptionAsync(offer with { Type = SdpType.Answer }));
        await RefusesAsync(RtcError.Syntax, () => pair.Answerer.SetRemoteDescriptionAsync(offer with { Sdp = "v=0\r\n" }));
        await pair.Answerer.SetRemoteDescriptionAsync(offer);
        var answer = await pair.Answerer.SetLocalDescriptionAsync();
        await RefusesAsync(RtcError.InvalidState, () => pair.Answerer.SetRemoteDescriptionAsync(answer));
        await pair.Offerer.SetRemoteDescriptionAsync(answer);
        await RefusesAsync(RtcError.InvalidState, () => pair.Offerer.SetRemoteDescriptionAsync(answer));
        await pair.Offerer.Connected.WaitAsync(Pair.Patience);
        await pair.Answerer.Connected.WaitAsync(Pair.Patience);
        await using var stranger = new RtcRuntime().CreateConnection(Loopback);
        stranger.CreateDataChannel("other certificate");
        var foreign = await stranger.SetLocalDescriptionAsync();
        await RefusesAsync(RtcError.InvalidAccess, () => pair.Answerer.SetRemoteDescriptionAsync(foreign));
        Assert.Equal(PeerState.Connected, pair.Answerer.ConnectionState);
    }

    [Fact]
    public async Task Arguments_that_can_never_be_right_say_Type_and_lines_that_are_no_candidate_Operation()
    {
        await using var pair = new Pair();
        await RefusesAsync(RtcError.Type, () => Task.FromResult(pair.Offerer.CreateDataChannel("x", new DataChannelInit { MaxRetransmits = 1, MaxPacketLifeTime = TimeSpan.FromSeconds(1) })));
        await RefusesAsync(RtcError.Type, () => Task.FromResult(pair.Offerer.CreateDataChannel("x", new DataChannelInit { Negotiated = true })));
        await RefusesAsync(RtcError.Type, () => Task.FromResult(pair.Offerer.CreateDataChannel("x", new DataChannelInit { MaxRetransmits = 65_536 })));
        await RefusesAsync(RtcError.Type, () => Task.FromResult(pair.Offerer.CreateDataChannel("x", new DataChannelInit { MaxPacketLifeTime = TimeSpan.FromHours(1) })));
        await RefusesAsync(RtcError.Type, () => Task.FromResult(pair.Offerer.CreateDataChannel(new string('x', 65_536))));
        await RefusesAsync(RtcError.Operation, () => { pair.Offerer.AddIceCandidate("candidate:nonsense"); return Task.CompletedTask; });
        var (here, _) = await pair.OpenAsync();
        await RefusesAsync(RtcError.Type, () => here.SendAsync(new byte[pair.Offerer.MaxMessageSize + 1]).AsTask());
        await here.SendAsync("the channel goes on");
    }

    [Fact]
    public void Packets_larger_than_the_buffers_are_refused_at_the_start()
    {
        var large = Loopback with { Peer = new PeerOptions { Sctp = new() { MaxPacketBytes = 9000 } } };
        Assert.Throws<ArgumentOutOfRangeException>(() => new RtcPeerConnection(large));
    }

    [Theory]
    [InlineData("stun:0.0.0.0:3478")]
    [InlineData("stun:[::]:3478")]
    [InlineData("http://example.org")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_server_that_can_be_none_is_named_and_gathering_ends_without_it(string? url)
    {
        await using var connection = new RtcPeerConnection(Loopback with { IceServers = [url is null ? null! : new IceServer(url)] });
        var failed = new TaskCompletionSource();
        connection.ServerFailed += (_, _) => failed.TrySetResult();
        connection.CreateDataChannel("x");
        await connection.SetLocalDescriptionAsync();
        await connection.Gathered.WaitAsync(Pair.Patience);
        await failed.Task.WaitAsync(Pair.Patience);
    }

    [Fact]
    public async Task An_id_in_use_closes_the_second_channel_and_leaves_the_first()
    {
        await using var pair = new Pair();
        var init = new DataChannelInit { Negotiated = true, Id = 7 };
        var first = pair.Offerer.CreateDataChannel("first", init);
        var second = pair.Offerer.CreateDataChannel("second", init);
        pair.Answerer.CreateDataChannel("first", init);
        await second.Closed.WaitAsync(Pair.Patience);
        await pair.ConnectAsync();
        await first.Opened.WaitAsync(Pair.Patience);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_connection_disposed_in_the_middle_of_connecting_ends_at_once(int steps)
    {
        await using var pair = new Pair();
        var channel = pair.Offerer.CreateDataChannel("test");
        if (steps > 0)
        {
            var offer = await pair.Offerer.SetLocalDescriptionAsync();
            if (steps > 1)
            {
                await pair.Answerer.SetRemoteDescriptionAsync(offer);
            }
            if (steps > 2)
            {
                var answer = await pair.Answerer.SetLocalDescriptionAsync();
                if (steps > 3)
                {
                    await pair.Offerer.SetRemoteDescriptionAsync(answer);
                }
            }
        }
        await pair.Offerer.DisposeAsync().AsTask().WaitAsync(Pair.Patience);
        Assert.Equal(DataChannelState.Closed, channel.ReadyState);
        await pair.Answerer.DisposeAsync().AsTask().WaitAsync(Pair.Patience);
    }

    [Fact]
    public async Task Handlers_may_close_their_own_connection_and_may_throw()
    {
        await using var pair = new Pair();
        pair.Answerer.ChannelArrived += (_, _) => throw new InvalidOperationException("the application's own fault");
        pair.Answerer.ChannelArrived += (_, channel) => channel.StateChanged += (_, _) => { };
        pair.Offerer.ConnectionStateChanged += (_, state) =>
        {
            if (state == PeerState.Connected)
            {
                _ = pair.Offerer.DisposeAsync().AsTask();
            }
        };
        pair.Offerer.CreateDataChannel("test");
        await pair.NegotiateAsync();
        await pair.Offerer.Closed.WaitAsync(Pair.Patience);
        await pair.Answerer.Closed.WaitAsync(Pair.Patience);
    }

    [Fact]
    public async Task A_function_that_gets_messages_may_throw_and_gets_the_next_one_all_the_same()
    {
        await using var pair = new Pair();
        var (here, there) = await pair.OpenAsync();
        await here.SendAsync("early", TestContext.Current.CancellationToken);
        var heard = new List<string>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        there.OnMessage((_, message, _) =>
        {
            heard.Add(System.Text.Encoding.UTF8.GetString(message));
            if (heard.Count == 3)
            {
                done.SetResult();
            }
            throw new InvalidOperationException("the application's own fault");
        });
        await here.SendAsync("one", TestContext.Current.CancellationToken);
        await here.SendAsync("two", TestContext.Current.CancellationToken);
        await done.Task.WaitAsync(Pair.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["early", "one", "two"], heard);
        Assert.Equal(PeerState.Connected, pair.Answerer.ConnectionState);
    }

    [Fact]
    public async Task A_defect_of_ours_ends_its_connection_with_all_that_waits_for_it_and_tells_the_other_side()
    {
        await using var pair = new Pair();
        var (here, there) = await pair.OpenAsync();
        var reading = here.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        pair.Offerer.Post((_, _) => throw new InvalidOperationException("a defect"));
        Assert.Null(await reading.WaitAsync(Pair.Patience, TestContext.Current.CancellationToken));
        await here.Closed.WaitAsync(Pair.Patience, TestContext.Current.CancellationToken);
        await pair.Offerer.Closed.WaitAsync(Pair.Patience, TestContext.Current.CancellationToken);
        Assert.Contains("a defect", pair.Offerer.FailureReason, StringComparison.Ordinal);
        await there.Closed.WaitAsync(Pair.Patience, TestContext.Current.CancellationToken);
        await pair.Answerer.Closed.WaitAsync(Pair.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_connection_that_is_closed_leaves_nothing_in_memory()
    {
        using var runtime = new RtcRuntime(new RtcRuntimeOptions { Loops = 1 });
        var closed = await OpenAndCloseAsync(runtime);
        var patience = DateTime.UtcNow + Pair.Patience;
        while (closed.Count(c => c.IsAlive) > 2 && DateTime.UtcNow < patience)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        // The last one may still be on somebody's stack; a leak keeps all of them.
        Assert.True(closed.Count(c => c.IsAlive) <= 2, $"{closed.Count(c => c.IsAlive)} of {closed.Count} are alive");
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> OpenAndCloseAsync(RtcRuntime runtime)
    {
        var closed = new List<WeakReference>();
        for (var i = 0; i < 10; i++)
        {
            await using var a = runtime.CreateConnection(Loopback);
            await using var b = runtime.CreateConnection(Loopback);
            a.CandidateFound += (_, candidate) => b.AddIceCandidate(candidate?.ToString());
            b.CandidateFound += (_, candidate) => a.AddIceCandidate(candidate?.ToString());
            var channel = a.CreateDataChannel("test");
            await b.SetRemoteDescriptionAsync(await a.SetLocalDescriptionAsync());
            await a.SetRemoteDescriptionAsync(await b.SetLocalDescriptionAsync());
            await channel.Opened.WaitAsync(Pair.Patience);
            closed.Add(new WeakReference(a));
            closed.Add(new WeakReference(b));
        }
        return closed;
    }

    [Fact]
    public async Task A_runtime_that_is_disposed_ends_its_connections_and_makes_no_more()
    {
        var runtime = new RtcRuntime(new RtcRuntimeOptions { Loops = 1 });
        var connection = runtime.CreateConnection(Loopback);
        var channel = connection.CreateDataChannel("test");
        runtime.Dispose();
        runtime.Dispose();
        await connection.DisposeAsync().AsTask().WaitAsync(Pair.Patience);
        await channel.Closed.WaitAsync(Pair.Patience);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.GetStatisticsAsync());
        Assert.Throws<ObjectDisposedException>(() => runtime.CreateConnection());
    }

    private static async Task RefusesAsync(RtcError error, Func<Task> verb) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<RtcException>(() => verb().WaitAsync(Pair.Patience))).Error);
}
