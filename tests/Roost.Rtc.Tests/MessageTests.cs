using System.Security.Cryptography;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Net;

namespace Roost.Rtc.Tests;

public sealed class MessageTests
{
    [Fact]
    public async Task Messages_from_empty_to_256_KiB_arrive_whole_in_both_directions()
    {
        await using var pair = new Pair();
        var (here, there) = await pair.OpenAsync();
        foreach (var length in (int[])[0, 1, 2, 1159, 1160, 1161, 16_384, 65_535, 65_536, 262_144])
        {
            var bytes = RandomNumberGenerator.GetBytes(length);
            await here.SendAsync(bytes);
            using var received = await there.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(bytes, received!.Data.ToArray());
            Assert.False(received.IsText);
            await there.SendAsync(bytes);
            using var echo = await here.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(bytes, echo!.Data.ToArray());
        }
        foreach (var text in (string[])["", "hello", "Grüße, 世界 🐦"])
        {
            await there.SendAsync(text);
            using var received = await here.ReadAsync(TestContext.Current.CancellationToken);
            Assert.True(received!.IsText);
            Assert.Equal(text, received.Text);
        }
    }

    [Fact]
    public async Task A_close_is_seen_by_the_other_side_after_all_messages()
    {
        await using var pair = new Pair();
        var (here, there) = await pair.OpenAsync();
        for (var i = 0; i < 200; i++)
        {
            await here.SendAsync(new byte[10_000]);
        }
        here.Close();
        var count = 0;
        await foreach (var message in there.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            count += message.Data.Length;
            message.Dispose();
        }
        Assert.Equal(200 * 10_000, count);
        await here.Closed.WaitAsync(Pair.Patience);
        Assert.Equal(DataChannelState.Closed, there.ReadyState);
    }

    [Fact]
    public async Task Channels_open_and_close_one_after_another()
    {
        await using var pair = new Pair();
        for (var i = 0; i < 5; i++)
        {
            var (here, there) = await pair.OpenAsync($"round {i}");
            await here.SendAsync($"{i}");
            using var message = await there.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal($"{i}", message!.Text);
            there.Close();
            await here.Closed.WaitAsync(Pair.Patience);
            await there.Closed.WaitAsync(Pair.Patience);
        }
    }

    [Fact]
    public async Task Properties_of_a_channel_reach_the_other_side()
    {
        await using var pair = new Pair();
        var init = new DataChannelInit { Ordered = false, MaxRetransmits = 3, Protocol = "proto", Priority = 512 };
        var (here, there) = await pair.OpenAsync("läbel", init);
        Assert.Equal(init with { Label = "läbel" }, there.Init);
        Assert.Equal(here.Id, there.Id);
    }

    [Fact]
    public async Task A_message_longer_than_the_peer_takes_is_refused_before_it_is_sent()
    {
        await using var pair = new Pair();
        var (here, _) = await pair.OpenAsync();
        await Assert.ThrowsAsync<RtcException>(async () => await here.SendAsync(new byte[262_145]));
    }
}
