using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Wire;
using Roost.Testing;

namespace Roost.Tests.Mesh.Wire;

public class DoorCodecTests
{
    private static readonly PublicKey Key = PublicKey.FromBytes(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());
    private static readonly PeerId A = PeerId.FromBytes(Enumerable.Repeat((byte)0xAA, 20).ToArray());
    private static readonly PeerId B = PeerId.FromBytes(Enumerable.Repeat((byte)0xBB, 20).ToArray());
    private static readonly RoomId Room = new(new(1, 2));
    private static readonly byte[] Payload = [9, 8, 7];

    public static TheoryData<DoorFrame, DoorSide> Frames => new()
    {
        { new DoorFrame.Hello(1, Key, new byte[32]), DoorSide.Hub },
        { new DoorFrame.Auth(Key, new byte[32], "app", "localhost:3000", new byte[64]), DoorSide.Peer },
        { new DoorFrame.Welcome(new byte[64], "{}"u8.ToArray()), DoorSide.Hub },
        { new DoorFrame.Join(Room, OwnerId.None, Key, new(new(3, 4)), 1, new byte[64]), DoorSide.Peer },
        { new DoorFrame.Leave(Room), DoorSide.Peer },
        { new DoorFrame.Members(Room, true, [new(A, default, true), new(B, new(new(5, 6)), false)]), DoorSide.Hub },
        { new DoorFrame.Joined(Room, new(A, default, true)), DoorSide.Hub },
        { new DoorFrame.Left(Room, A, LeftReason.Replaced), DoorSide.Hub },
        { new DoorFrame.Signal(A, B, Payload), DoorSide.Hub },
        { new DoorFrame.Signal(default, B, Payload), DoorSide.Peer },
        { new DoorFrame.Cast(A, Room, Payload), DoorSide.Hub },
        { new DoorFrame.Cast(default, Room, Payload), DoorSide.Peer },
        { new DoorFrame.Send(A, Room, B, Payload), DoorSide.Hub },
        { new DoorFrame.Send(default, Room, B, Payload), DoorSide.Peer },
        { new DoorFrame.Gap(Room, A, 7), DoorSide.Hub },
        { new DoorFrame.Ping(Payload), DoorSide.Peer },
        { new DoorFrame.Pong(Payload), DoorSide.Hub },
        { new DoorFrame.Error(8, 3, "no"), DoorSide.Hub },
        { new DoorFrame.Goodbye(), DoorSide.Peer },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void Every_frame_round_trips_and_no_shorter_or_mixed_up_one_is_taken_for_it(DoorFrame frame, DoorSide side)
    {
        var bytes = DoorCodec.ToArray(frame, side);
        Assert.True(DoorCodec.TryRead(bytes, side, out var read));
        Assert.Equal(frame.GetType(), read.GetType());
        Assert.Equal(bytes, DoorCodec.ToArray(read, side));
        for (int length = 0; length < bytes.Length; length++)
        {
            // A payload may end anywhere; whatever is read must write itself back.
            if (DoorCodec.TryRead(bytes.AsMemory(0, length), side, out var cut))
            {
                Assert.Equal(bytes.AsSpan(0, length).ToArray(), DoorCodec.ToArray(cut, side));
            }
        }
    }

    [Fact]
    public void Delivery_is_the_type_the_sender_and_the_body_as_it_was_sent()
    {
        var sent = DoorCodec.ToArray(new DoorFrame.Send(default, Room, B, Payload), DoorSide.Peer);
        var delivered = DoorCodec.ToArray(new DoorFrame.Send(A, Room, B, Payload), DoorSide.Hub);
        var sender = new byte[20];
        A.CopyTo(sender);
        Assert.Equal([sent[0], .. sender, .. sent[1..]], delivered);
    }

    [Theory]
    [InlineData("", DoorSide.Peer)]
    [InlineData("01", DoorSide.Peer)]                                  // only hubs say HELLO
    [InlineData("05000000000000000000000000000000", DoorSide.Peer)]    // LEAVE, a byte short
    [InlineData("0500000000000000000000000000000000ff", DoorSide.Peer)] // and a byte long
    [InlineData("0f0001", DoorSide.Hub)]
    public void What_is_no_frame_is_refused(string hex, DoorSide side) => Assert.False(DoorCodec.TryRead(Convert.FromHexString(hex), side, out _));

    [Fact]
    public void Limits_hold()
    {
        Assert.True(DoorCodec.TryRead(Sized(0x0A, DoorTypes.MaxFromPeer), DoorSide.Peer, out _));
        Assert.False(DoorCodec.TryRead(Sized(0x0A, DoorTypes.MaxFromPeer + 1), DoorSide.Peer, out _));
        Assert.False(DoorCodec.TryRead(Sized(0x0D, 2 + DoorTypes.MaxEcho), DoorSide.Peer, out _));
        Assert.True(DoorCodec.TryRead(Sized(0x77, 9), DoorSide.Peer, out var unknown));
        Assert.Equal(new DoorFrame.Unknown(0x77), unknown);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_bytes_make_it_throw(int seed)
    {
        var dice = new SeededDice(seed);
        for (int i = 0; i < 50_000; i++)
        {
            var bytes = new byte[dice.Next(200)];
            dice.Fill(bytes);
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)(bytes[0] % 18);
            }
            var side = (DoorSide)(i & 1);
            if (DoorCodec.TryRead(bytes, side, out var frame) && frame is not DoorFrame.Unknown)
            {
                Assert.Equal(bytes, DoorCodec.ToArray(frame, side));
            }
        }
    }

    private static byte[] Sized(byte type, int size)
    {
        var bytes = new byte[size];
        bytes[0] = type;
        return bytes;
    }
}
