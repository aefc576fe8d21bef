// Chat between two terminals; the descriptions travel by copy and paste.
// One side:   dotnet run --project samples/rtc-chat offer       Other side:   dotnet run --project samples/rtc-chat answer
using System.Text;
using Roost.Rtc.Net;
using Roost.Rtc.Sdp;

await using var connection = new RtcPeerConnection();
connection.PathChanged += (_, path) => Console.Error.WriteLine($"connected over {path.Remote} ({(path.IsRelayed ? "relayed" : "direct")})");

DataChannel channel;
if (args is ["offer"])
{
    channel = connection.CreateDataChannel("chat");
    await connection.SetLocalDescriptionAsync();
    await ShowAsync();
    await connection.SetRemoteDescriptionAsync(Paste());
}
else
{
    var arrived = new TaskCompletionSource<DataChannel>();
    connection.ChannelArrived += (_, c) => arrived.TrySetResult(c);
    await connection.SetRemoteDescriptionAsync(Paste());
    await connection.SetLocalDescriptionAsync();
    await ShowAsync();
    channel = await arrived.Task;
}

await channel.Opened;
_ = Task.Run(async () =>
{
    while (Console.ReadLine() is { } line)
    {
        await channel.SendAsync(line);
    }
    channel.Close();
});
await foreach (var message in channel.ReadAllAsync())
{
    Console.WriteLine($"> {message.Text}");
}

async Task ShowAsync()
{
    await connection.Gathered;
    var description = await connection.GetLocalDescriptionAsync();
    Console.WriteLine(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{description.TypeName}\n{description.Sdp}")));
}

static SessionDescription Paste()
{
    Console.Error.WriteLine("Paste the other side's line:");
    var parts = Encoding.UTF8.GetString(Convert.FromBase64String(Console.ReadLine() ?? "")).Split('\n', 2);
    return SessionDescription.Parse(parts[0], parts[1]);
}
