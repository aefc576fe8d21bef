using System.Net;
using System.Security.Cryptography.X509Certificates;
using Roost.Rtc.Net;

namespace Roost.Rtc.InteropPeer;

/// <summary>Two peers that may use relayed candidates only, so that every byte goes through a TURN server.</summary>
internal static class Relay
{
    private const int Messages = 100;
    private const int MessageBytes = 65_536;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static async Task<int> RunAsync(IceServer server, IReadOnlyList<X509Certificate2> trusted)
    {
        var configuration = new RtcConfiguration
        {
            BindAddresses = [IPAddress.Loopback],
            IceServers = [server],
            TrustedTurnCertificates = trusted,
            IceTransportPolicy = IceTransportPolicy.Relay,
        };
        await using var a = new RtcPeerConnection(configuration);
        await using var b = new RtcPeerConnection(configuration);
        a.CandidateFound += (_, candidate) => b.AddIceCandidate(candidate?.ToString());
        b.CandidateFound += (_, candidate) => a.AddIceCandidate(candidate?.ToString());
        var failed = new TaskCompletionSource<string>();
        a.ServerFailed += (_, problem) => failed.TrySetResult(problem);
        var received = 0;
        var all = new TaskCompletionSource();
        b.ChannelArrived += (_, channel) => channel.OnMessage((_, _, _) =>
        {
            if (++received == Messages)
            {
                all.SetResult();
            }
        });
        var channel = a.CreateDataChannel("relayed");
        await b.SetRemoteDescriptionAsync(await a.SetLocalDescriptionAsync());
        await a.SetRemoteDescriptionAsync(await b.SetLocalDescriptionAsync());
        await Task.WhenAny(channel.Opened, failed.Task).WaitAsync(Patience);
        if (failed.Task.IsCompleted)
        {
            Console.WriteLine(await failed.Task);
            return 2;
        }
        for (var i = 0; i < Messages; i++)
        {
            await channel.SendAsync(new byte[MessageBytes]);
        }
        await all.Task.WaitAsync(Patience);
        Console.WriteLine($"{server.Url}: {Messages} messages of {MessageBytes} B by {a.Path}");
        return a.Path!.IsRelayed ? 0 : 1;
    }
}
