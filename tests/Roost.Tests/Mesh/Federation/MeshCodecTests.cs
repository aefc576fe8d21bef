using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Leases;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;

namespace Roost.Tests.Mesh.Federation;

public class MeshCodecTests
{
    private static readonly SigningKey Key = SigningKey.FromSeed(new byte[32]);
    private static readonly PeerId Peer = PeerId.OfKey(Key.PublicKey);
    private static readonly PeerKey PeerKey = new(new(5), Peer);

    [Fact]
    public void Frames_survive_the_wire()
    {
        Assert.True(PeerId.TryParse("ABcdef0123456789abcdef0123456789abcdef01", out var guest));
        var record = HubRecord.Sign(Key, 7, 0, "global", ["ws://h.example:3000/mesh"]);
        var room = new RoomKey(new(5), new(new(1, 2)));
        var lease = new Lease(PeerKey, 9, 11, 60, new(new byte[32], Key.PublicKey, new byte[32], "net", "h:1", new byte[64]));
        var topic = new Roost.Mesh.Topics.TopicRecord("tópic", 9, 11, 60, "{}"u8.ToArray());
        MeshFrame[] frames =
        [
            new MeshFrame.Ping(1), new MeshFrame.Done(), new MeshFrame.News([record], [new(record.Id, 7, true)]), new MeshFrame.Put([lease, lease with { Proof = null }]),
            new MeshFrame.Signal(new(5), 4, Peer, guest, 3, true, 17, "body"u8.ToArray()), new MeshFrame.Cast(room, guest, "x"u8.ToArray()),
            new MeshFrame.Roster(room, true, false, [new(guest, default, true)]), new MeshFrame.Found(1, PeerKey, null),
            new MeshFrame.Topic(topic), new MeshFrame.Seek(8, "tópic"), new MeshFrame.Sought(8, topic), new MeshFrame.Sought(9, null),
            new MeshFrame.Carry(record.Id, 4_000_000_000, CarryWay.Back | CarryWay.Last, "sealed"u8.ToArray()),
        ];
        var batch = new ByteWriter();
        foreach (var frame in frames)
        {
            MeshCodec.Append(frame, batch);
        }
        var read = new List<MeshFrame>();
        Assert.True(MeshCodec.TryRead(batch.ToArray(), read));
        Assert.Equal(frames.Select(frame => frame.GetType()), read.Select(frame => frame.GetType()));
        var carry = Assert.IsType<MeshFrame.Carry>(read[^1]);
        Assert.Equal((record.Id, 4_000_000_000, CarryWay.Back | CarryWay.Last, 6), (carry.Hub, carry.Stream, carry.Way, carry.Body.Length));
        var told = Assert.IsType<MeshFrame.Topic>(read[8]).Record;
        Assert.Equal((topic.Topic, topic.Seq, "{}"), (told.Topic, told.Seq, System.Text.Encoding.UTF8.GetString(told.Data.Span)));
        Assert.Equal((8u, "tópic"), (Assert.IsType<MeshFrame.Seek>(read[9]).Question, Assert.IsType<MeshFrame.Seek>(read[9]).Name));
        Assert.Equal(topic.Home, Assert.IsType<MeshFrame.Sought>(read[10]).Record!.Home);
        var signal = Assert.IsType<MeshFrame.Signal>(read[4]);
        Assert.Equal((guest, guest.ToString(), "body"), (signal.To, signal.To.ToString(), System.Text.Encoding.ASCII.GetString(signal.Body.Span)));
        Assert.True(Assert.IsType<MeshFrame.News>(read[2]).Records[0].IsValid());
        Assert.Equal(lease.Proof!.Network, Assert.IsType<MeshFrame.Put>(read[3]).Leases[0].Proof!.Network);
    }

    [Fact]
    public void Hostile_batches_give_false_and_throw_nothing()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            var bytes = new byte[5 + random.Next(80)];
            random.NextBytes(bytes);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(random.Next(4) == 0 ? random.Next() : bytes.Length - 4));
            bytes[4] = (byte)random.Next(0x80);
            MeshCodec.TryRead(bytes, []);
        }
    }

    [Fact]
    public void A_record_of_another_key_is_nobodys()
    {
        var record = HubRecord.Sign(Key, 7, 0, "global", []);
        Assert.True(record.IsValid());
        Assert.False((record with { Incarnation = 8 }).IsValid());
    }

    [Theory]
    [InlineData("ws://127.0.0.1:3000/mesh", true, Reach.Loopback)]
    [InlineData("ws://[::1]:3000/mesh", true, Reach.Loopback)]
    [InlineData("ws://192.168.1.1/mesh", true, Reach.Private)]
    [InlineData("ws://[::ffff:10.0.0.1]/mesh", true, Reach.Private)]
    [InlineData("ws://169.254.169.254/mesh", true, Reach.LinkLocal)]
    [InlineData("wss://hub.example.org/mesh", true, Reach.Public)]
    [InlineData("http://hub.example.org/mesh", false, Reach.Public)]
    [InlineData("ws://hub.example.org/admin", false, Reach.Public)]
    [InlineData("ws://user@hub.example.org/mesh", false, Reach.Public)]
    [InlineData("ws://hub.example.org/mesh?x=1", false, Reach.Public)]
    public void What_a_hub_tells_can_make_others_dial_only_mesh_doors_of_its_own_class(string url, bool isDoor, Reach reach) =>
        Assert.Equal((isDoor, reach), (Reaches.TryOf(url, out var of), of));
}
