using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Feeds;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Sessions;
using Roost.Mesh.Wire;
using Roost.Testing;

namespace Roost.Tests.Mesh.Sessions;

public sealed class StreamHostCoreTests : IDisposable
{
    private readonly SeededDice _dice = new(21);
    private readonly SigningKey _key;
    private readonly RoomKeys _room;
    private readonly FeedWriter _writer;
    private readonly StreamHostCore _core;
    private readonly PeerId _viewer = PeerId.FromBytes([.. Enumerable.Repeat((byte)3, 20)]);
    private Instant _now = Instant.FromUnixMilliseconds(5_000);

    public StreamHostCoreTests()
    {
        _key = SigningKey.Generate(_dice);
        _room = new RoomKeys(RoomSecret.Generate(_dice), _key.PublicKey.ToOwnerId());
        _writer = new FeedWriter(_room, _key, FeedId.NewEpoch(_now, _dice), new MemoryFeedLog());
        _core = new StreamHostCore(_writer, new StreamMeta());
    }

    [Fact]
    public void A_host_alone_sends_nothing_and_who_comes_reads_all_of_it()
    {
        Assert.Empty(Write("one"));
        Assert.Empty(Write("two"));
        Hear(new DoorFrame.Joined(_room.Room, new Member(_viewer, SessionId.New(_dice), IsHost: false)));
        Assert.IsType<DoorFrame.Cast>(Assert.Single(Write("three")));
        Hear(new DoorFrame.Left(_room.Room, _viewer, LeftReason.Left));
        Assert.Empty(Write("four"));
        Assert.Equal(5ul, _writer.Last); // with the meta entry: nothing was left out of the log
    }

    public void Dispose()
    {
        _writer.Dispose();
        _room.Dispose();
        _key.Dispose();
    }

    private List<DoorFrame> Write(string text)
    {
        _now += TimeSpan.FromSeconds(1);
        _core.Handle(new StreamHostInput.Text(System.Text.Encoding.UTF8.GetBytes(text)), _now);
        _now += TimeSpan.FromSeconds(1);
        _core.Tick(_now);
        return Said();
    }

    private void Hear(DoorFrame frame)
    {
        _core.Handle(new StreamHostInput.Heard(frame), _now);
        Said();
    }

    private List<DoorFrame> Said()
    {
        var said = new List<DoorFrame>();
        while (_core.TryTake(out var effect))
        {
            if (effect is StreamHostEffect.Say say)
            {
                said.Add(say.Frame);
            }
        }
        return said;
    }
}
