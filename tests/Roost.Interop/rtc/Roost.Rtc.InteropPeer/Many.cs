using System.Collections.Concurrent;
using System.Text.Json;
using Roost.Rtc.Net;
using Roost.Rtc.Sdp;

namespace Roost.Rtc.InteropPeer;

/// <summary>Many connections at once, each named by an id and with sockets of its own: commands as JSON lines on stdin, events on stdout.</summary>
internal static class Many
{
    private static readonly ConcurrentDictionary<string, RtcPeerConnection> Connections = new();

    internal static async Task<int> RunAsync()
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var command = JsonSerializer.Deserialize<Command>(line, JsonSerializerOptions.Web)!;
            if (command.Do is "offer" or "answer")
            {
                Open(command);
            }
            // A slow one must not hold up the others; the descriptions of one connection come one after another anyway.
            _ = ObeyAsync(command).ContinueWith(task => Say(command.Id, "broken", new { reason = task.Exception!.ToString() }), TaskContinuationOptions.OnlyOnFaulted);
        }
        return 0;
    }

    private static async Task ObeyAsync(Command command)
    {
        switch (command.Do)
        {
            case "offer":
                var offerer = Connections[command.Id];
                _ = PingAsync(command.Id, offerer.CreateDataChannel("main"));
                Describe(command.Id, await offerer.SetLocalDescriptionAsync());
                break;
            case "answer":
                var answerer = Connections[command.Id];
                answerer.ChannelArrived += (_, channel) => _ = EchoAsync(command.Id, channel);
                await answerer.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, command.Sdp!));
                Describe(command.Id, await answerer.SetLocalDescriptionAsync());
                break;
            case "answered":
                await Connections[command.Id].SetRemoteDescriptionAsync(new SessionDescription(SdpType.Answer, command.Sdp!));
                break;
            case "candidate":
                Connections[command.Id].AddIceCandidate(command.Candidate);
                break;
        }
    }

    private static void Open(Command command)
    {
        var connection = new RtcRuntime(new RtcRuntimeOptions { Loops = 1 }).CreateConnection(new RtcConfiguration { IceServers = command.Servers ?? [], HideAddresses = command.Hidden });
        Connections[command.Id] = connection;
        connection.CandidateFound += (_, candidate) => Say(command.Id, "candidate", new { candidate = candidate?.ToString() });
        connection.PathChanged += (_, path) => Say(command.Id, "path", new { relayed = path.IsRelayed, path = path.ToString() });
        connection.ConnectionStateChanged += (_, state) => Say(command.Id, "state", new { state = state.ToString(), reason = connection.FailureReason });
        connection.ServerFailed += (_, problem) => Say(command.Id, "server", new { problem });
    }

    private static async Task PingAsync(string id, DataChannel channel)
    {
        await channel.Opened;
        await channel.SendAsync("there");
        (await channel.ReadAsync())?.Dispose();
        Say(id, "echo", new { });
    }

    private static async Task EchoAsync(string id, DataChannel channel)
    {
        using var message = await channel.ReadAsync();
        await channel.SendAsync("and back");
        Say(id, "echo", new { });
    }

    private static void Describe(string id, SessionDescription description) => Say(id, "description", new { sdp = description.Sdp });

    private static void Say(string id, string what, object more)
    {
        var line = JsonSerializer.SerializeToNode(more)!.AsObject();
        line["id"] = id;
        line["event"] = what;
        lock (Connections)
        {
            Console.Out.WriteLine(line.ToJsonString());
            Console.Out.Flush();
        }
    }

    private sealed record Command(string Id, string Do, string? Sdp, string? Candidate, IReadOnlyList<IceServer>? Servers, bool Hidden);
}
