using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Rooms;
using Roost.Hub;
using Roost.Hub.Hosting;
using Roost.Peer.Storage;
using Roost.Peer.Streams;

namespace Roost.Peer.Tests.Streams;

public class ManyViewersTests
{
    [Fact]
    public async Task Forty_viewers_who_join_at_once_each_get_three_megabytes_and_the_end()
    {
        await using var hub = await HubHost.StartAsync(new HubOptions { Host = "127.0.0.1", Port = 0, Stun = false });
        using var key = SigningKey.Generate(SystemDice.Instance);
        await using var host = TextStreamHost.Start(new TextStreamHostOptions
        {
            Hubs = [$"http://127.0.0.1:{hub.Port}"],
            Key = key,
            Secret = RoomSecret.Generate(SystemDice.Instance),
        });
        int lost = 0;
        host.Happened += happened => lost += happened is StreamHostEvent.HubLost ? 1 : 0;
        await host.Online;
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i,9} ")));
        host.Write(text);
        host.End(0, "eof");
        var invite = host.InviteAt($"http://127.0.0.1:{hub.Port}");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var lengths = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => ReadToEndAsync(invite, text, patience.Token)));
        Assert.All(lengths, length => Assert.Equal(text.Length, length));
        Assert.Equal(0, lost);
        await host.EndAcknowledged.WaitAsync(patience.Token);
    }

    private static async Task<int> ReadToEndAsync(Invite invite, byte[] expected, CancellationToken cancellation)
    {
        int length = 0;
        await foreach (var happened in TextStreamReader.FollowAsync(invite, cancellationToken: cancellation))
        {
            switch (happened)
            {
                case StreamEvent.Text text:
                    Assert.True(text.Bytes.Span.SequenceEqual(expected.AsSpan(length, text.Bytes.Length)), "the bytes as they were written, in order");
                    length += text.Bytes.Length;
                    break;
                case StreamEvent.Ended:
                    return length;
            }
        }
        return -1;
    }
}
