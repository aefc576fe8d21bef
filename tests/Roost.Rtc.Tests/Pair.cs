using System.Net;
using Roost.Rtc.Net;

namespace Roost.Rtc.Tests;

/// <summary>Two connections over loopback, each on a thread and socket of its own, whose signaling is a method call.</summary>
internal sealed class Pair : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RtcRuntime _here;
    private readonly RtcRuntime _there;

    internal Pair(RtcRuntimeOptions? runtime = null, RtcConfiguration? offerer = null, RtcConfiguration? answerer = null)
    {
        _here = new RtcRuntime(runtime ?? new RtcRuntimeOptions { Loops = 1 });
        _there = new RtcRuntime(runtime ?? new RtcRuntimeOptions { Loops = 1 });
        var loopback = new RtcConfiguration { BindAddresses = [IPAddress.Loopback] };
        Offerer = _here.CreateConnection(offerer ?? loopback);
        Answerer = _there.CreateConnection(answerer ?? loopback);
        Offerer.CandidateFound += (_, candidate) => Answerer.AddIceCandidate(candidate?.ToString());
        Answerer.CandidateFound += (_, candidate) => Offerer.AddIceCandidate(candidate?.ToString());
    }

    internal RtcPeerConnection Offerer { get; }

    internal RtcPeerConnection Answerer { get; }

    internal async Task NegotiateAsync()
    {
        await Answerer.SetRemoteDescriptionAsync(await Offerer.SetLocalDescriptionAsync());
        await Offerer.SetRemoteDescriptionAsync(await Answerer.SetLocalDescriptionAsync());
    }

    internal async Task ConnectAsync()
    {
        await NegotiateAsync();
        await Offerer.Connected.WaitAsync(Patience);
        await Answerer.Connected.WaitAsync(Patience);
    }

    /// <summary>Connects with one channel open on both sides.</summary>
    internal async Task<(DataChannel Here, DataChannel There)> OpenAsync(string label = "test", DataChannels.DataChannelInit? init = null)
    {
        var arrived = NextChannel();
        var here = Offerer.CreateDataChannel(label, init);
        if (!Offerer.Connected.IsCompletedSuccessfully)
        {
            await ConnectAsync();
        }
        await here.Opened.WaitAsync(Patience);
        return (here, await arrived.WaitAsync(Patience));
    }

    /// <summary>The next channel the offerer opens.</summary>
    internal Task<DataChannel> NextChannel()
    {
        var arrived = new TaskCompletionSource<DataChannel>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take(object? sender, DataChannel channel)
        {
            Answerer.ChannelArrived -= Take;
            arrived.TrySetResult(channel);
        }
        Answerer.ChannelArrived += Take;
        return arrived.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await Offerer.DisposeAsync();
        await Answerer.DisposeAsync();
        _here.Dispose();
        _there.Dispose();
    }
}
