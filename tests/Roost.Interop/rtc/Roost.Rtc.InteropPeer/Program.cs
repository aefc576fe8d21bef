// The .NET side of the interop runs: one JSON line per description on stdin and stdout, events on stdout as JSON lines.
// usage: interop-peer offer|answer
//        interop-peer turn URL USER PASSWORD [TRUSTED.pem]     two peers of this program reach each other through that TURN server alone
//        interop-peer many                       many connections at once, as told (Many.cs)
// Every message is echoed on its channel, except three text commands: "open LABEL" makes this side open an unordered channel without
// retransmissions, "close" makes it close the channel the command came on, and "bye" ends the program.
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Roost.Rtc.DataChannels;
using Roost.Rtc.InteropPeer;
using Roost.Rtc.Net;
using Roost.Rtc.Sdp;

if (args is ["many"])
{
    return await Many.RunAsync();
}
if (args is ["turn", var url, var user, var password, .. var trusted])
{
    return await Relay.RunAsync(new IceServer(url, user, password), [.. trusted.Select(X509CertificateLoader.LoadCertificateFromFile)]);
}
var done = new TaskCompletionSource();
await using var connection = new RtcPeerConnection(new RtcConfiguration { IncludeLoopback = true });
connection.ChannelArrived += (_, channel) => _ = ServeAsync(channel);
connection.ConnectionStateChanged += (_, state) => Say(new { @event = "connection", state = state.ToString(), reason = connection.FailureReason });
connection.PathChanged += (_, path) => Say(new { @event = "path", path = path.ToString() });
_ = connection.Closed.ContinueWith(_ => done.TrySetResult(), TaskScheduler.Default);

if (args is ["offer"])
{
    _ = ServeAsync(connection.CreateDataChannel("main"));
    await DescribeAsync();
    await connection.SetRemoteDescriptionAsync(Hear());
}
else
{
    await connection.SetRemoteDescriptionAsync(Hear());
    await DescribeAsync();
}
_ = Task.Run(() =>
{
    // The harness closing our input ends us, whatever state the connection is in.
    while (Console.In.ReadLine() is not null)
    {
    }
    done.TrySetResult();
});
await done.Task;
Say(new { @event = "statistics", statistics = await connection.GetStatisticsAsync() });
return 0;

async Task DescribeAsync()
{
    await connection.SetLocalDescriptionAsync();
    await connection.Gathered;
    var description = await connection.GetLocalDescriptionAsync();
    Say(new { type = description.TypeName, sdp = description.Sdp });
}

static SessionDescription Hear()
{
    using var json = JsonDocument.Parse(Console.In.ReadLine() ?? throw new InvalidOperationException("No description on stdin."));
    return SessionDescription.Parse(json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("sdp").GetString()!);
}

async Task ServeAsync(DataChannel channel)
{
    await channel.Opened;
    Say(new { @event = "open", label = channel.Label, id = channel.Id, ordered = channel.Init.Ordered, maxRetransmits = channel.Init.MaxRetransmits });
    await foreach (var message in channel.ReadAllAsync())
    {
        using (message)
        {
            switch (message.IsText ? message.Text.Split(' ') : [])
            {
                case ["open", var label]:
                    _ = ServeAsync(connection.CreateDataChannel(label, new DataChannelInit { Ordered = false, MaxRetransmits = 0 }));
                    break;
                case ["close"]:
                    channel.Close();
                    break;
                case ["bye"]:
                    done.TrySetResult();
                    break;
                default:
                    await channel.SendAsync(message.Data, message.IsText);
                    break;
            }
        }
    }
    Say(new { @event = "closed", label = channel.Label });
}

static void Say(object line)
{
    lock (Console.Out)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(line));
        Console.Out.Flush();
    }
}
