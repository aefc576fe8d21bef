using System.Text;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Dtls;
using Roost.Rtc.Peer;
using Roost.Rtc.Sdp;
using Roost.Rtc.Simulation;
using Roost.Testing;
using SimWorld = Roost.Rtc.Simulation.SimWorld;

namespace Roost.Rtc.Tests.Faults;

/// <summary>Two peers with a channel, in virtual time, on a line of 20 ms each way.</summary>
internal sealed class SimPair
{
    private readonly List<string> _atA = [];
    private readonly List<string> _atB = [];

    /// <param name="nat">Behind which the first peer is.</param>
    /// <param name="options">Of both peers.</param>
    /// <param name="dtlsOfA">Where the first peer has its DTLS from; null for the simulated one.</param>
    /// <param name="dtlsOfB">The same for the second.</param>
    internal SimPair(SimNat? nat = null, PeerOptions? options = null, IDtlsFactory? dtlsOfA = null, IDtlsFactory? dtlsOfB = null)
    {
        World = new SimWorld(new SeededDice(1));
        A = Host("A", nat is null ? 0x01000001u : 0x0A000001u, nat, options ?? new PeerOptions(), dtlsOfA);
        B = Host("B", 0x01000002u, null, options ?? new PeerOptions(), dtlsOfB);
        Scenario.SignalBetween(World, A, B);
        Collect(A, _atA);
        Collect(B, _atB);
        Channel = A.Do((core, now) => core.CreateChannel(new DataChannelInit { Label = "test" }, now, out _))!;
    }

    internal SimWorld World { get; }
    internal SimHost A { get; }
    internal SimHost B { get; }

    /// <summary>The channel as the first peer knows it.</summary>
    internal PeerChannel Channel { get; }

    /// <summary>Connects both sides, and opens the channel.</summary>
    internal SimPair Connect()
    {
        Scenario.Negotiate(World, A, B, crossing: false);
        Until(() => A.Core.State == PeerState.Connected && B.Core.State == PeerState.Connected && Channel.State == DataChannelState.Open, "connected");
        Says("hello");
        return this;
    }

    /// <summary>Exchanges an offer of the first peer and the answer, at once.</summary>
    internal void Negotiate()
    {
        Assert.Null(A.Do((core, now) => core.SetLocal(SdpType.Offer, now)));
        Assert.Null(B.Do((core, now) => core.SetRemote(A.Core.LocalDescription(), now)));
        Assert.Null(B.Do((core, now) => core.SetLocal(SdpType.Answer, now)));
        Assert.Null(A.Do((core, now) => core.SetRemote(B.Core.LocalDescription(), now)));
    }

    /// <summary>Sends from the first peer to the second, and waits until it has arrived.</summary>
    internal void Says(string text, int withinSeconds = 60)
    {
        Say(text);
        Until(() => _atB.Contains(text), $"\"{text}\" has arrived", withinSeconds);
    }

    internal void Say(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var buffer = MessagePool.Rent(bytes.Length);
        bytes.CopyTo(buffer, 0);
        Assert.Equal(Sctp.SctpSendResult.Queued, A.Do((core, now) => core.Send(Channel, buffer, bytes.Length, isText: true, now)));
    }

    internal bool Heard(string text) => _atB.Contains(text);

    internal void Until(Func<bool> condition, string what, int withinSeconds = 60) =>
        Assert.True(World.RunUntil(condition, TimeSpan.FromSeconds(withinSeconds)), $"not within {withinSeconds} s: {what}; A {A.Core.State} {A.Core.Path}, B {B.Core.State} {B.Core.Path}");

    internal void Run(TimeSpan time) => World.RunUntil(() => false, time);

    private SimHost Host(string name, uint address, SimNat? nat, PeerOptions options, IDtlsFactory? dtls)
    {
        var line = new SimLinkOptions { Latency = TimeSpan.FromMilliseconds(20) };
        return new SimHost(World, name, new TransportAddress(address, true, 5000), nat, new SimLink(line, World.Dice), new SimLink(line, World.Dice), options, dtls);
    }

    private static void Collect(SimHost host, List<string> messages) =>
        host.Message = (_, buffer, length, _) => messages.Add(Encoding.UTF8.GetString(buffer.AsSpan(0, length)));
}
