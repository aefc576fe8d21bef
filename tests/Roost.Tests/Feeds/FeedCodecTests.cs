using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Testing;

namespace Roost.Tests.Feeds;

public class FeedCodecTests
{
    [Fact]
    public void Every_frame_round_trips()
    {
        var pair = new FeedPair();
        var live = pair.Say("hello");
        FeedFrame[] frames =
        [
            live, pair.Writer.Head(), new FeedFrame.Want(0, 0, FeedFrame.MaxAnswer), new FeedFrame.Ack(9, 12345),
            .. pair.Writer.Answer(new FeedFrame.Want(0, 0, 1)),
        ];
        foreach (var frame in frames)
        {
            var bytes = FeedCodec.Write(frame);
            Assert.True(FeedCodec.TryRead(bytes, out var read));
            Assert.Equal(bytes, FeedCodec.Write(read));
        }
    }

    [Fact]
    public void Cut_and_bent_frames_never_throw()
    {
        var pair = new FeedPair();
        var dice = new SeededDice(1);
        pair.Say("hello");
        foreach (var frame in pair.Writer.Answer(new FeedFrame.Want(0, 0, 1)).Append(pair.Say("x")))
        {
            var bytes = FeedCodec.Write(frame);
            for (int length = 0; length < bytes.Length; length++)
            {
                FeedCodec.TryRead(bytes.AsMemory(0, length), out _);
            }
            for (int i = 0; i < 2000; i++)
            {
                var bent = bytes.ToArray();
                bent[dice.Next(bent.Length)] ^= (byte)(1 << dice.Next(8));
                FeedCodec.TryRead(bent, out _);
            }
        }
    }

    [Fact]
    public void A_live_frame_of_one_token_costs_93_bytes_beside_its_text()
    {
        var pair = new FeedPair();
        Assert.Equal(1 + 8 + 1 + 1 + 64 + 16 + 5, FeedCodec.Write(pair.Say("hello")).Length);
    }
}
