using System.Text;
using System.Text.Json.Nodes;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Core.Rooms;
using Roost.Mesh.Wire;

namespace Roost.Tests;

/// <summary>Every frame of docs/protocol/door.md once, as bytes that the TypeScript client writes and reads too.</summary>
public class DoorVectorTests
{
    private static readonly byte[] Payload = "payload"u8.ToArray();

    [Fact]
    public void Door_vectors_hold()
    {
        var seeds = VectorTests.Seeds();
        using var hub = SigningKey.FromSeed(seeds[2]);
        using var peer = SigningKey.FromSeed(seeds[1]);
        using var room = new RoomKeys(RoomSecret.FromBytes(seeds[1].AsSpan(0, 16)), peer.PublicKey.ToOwnerId());
        var (hubNonce, peerNonce) = (Hashes.Sha256(seeds[2]), Hashes.Sha256(seeds[1]));
        var (self, other) = (PeerId.OfKey(peer.PublicKey), PeerId.OfKey(hub.PublicKey));
        var session = new SessionId(Id16.Read(peerNonce));
        const string Network = "my-app";
        const string Authority = "hub.example:443";
        var json = """{"v":1,"iceServers":[],"hubs":[],"limits":{"frameBytes":65516,"rooms":64,"pingMs":30000}}"""u8.ToArray();
        var auth = DoorProof.AuthMessage(hub.PublicKey, hubNonce, peer.PublicKey, peerNonce, Network, Authority);
        var welcome = DoorProof.WelcomeMessage(hub.PublicKey, hubNonce, peer.PublicKey, peerNonce, Network, Authority, json);

        VectorTests.Check("door.json", new JsonObject
        {
            ["hubSeed"] = Hex.ToString(seeds[2]),
            ["peerSeed"] = Hex.ToString(seeds[1]),
            ["hubNonce"] = Hex.ToString(hubNonce),
            ["peerNonce"] = Hex.ToString(peerNonce),
            ["network"] = Network,
            ["authority"] = Authority,
            ["welcomeJson"] = Encoding.UTF8.GetString(json),
            ["authMessage"] = Hex.ToString(auth),
            ["welcomeMessage"] = Hex.ToString(welcome),
            ["joinMessage"] = Hex.ToString(DoorProof.JoinMessage(hubNonce, self, room.Room, session)),
            ["self"] = self.ToString(),
            ["other"] = other.ToString(),
            ["room"] = room.Room.ToString(),
            ["owner"] = room.Owner.ToString(),
            ["joinPublic"] = room.JoinPublicKey.ToString(),
            ["session"] = session.ToString(),
            ["payload"] = Hex.ToString(Payload),
            ["peer"] = Frames(DoorSide.Peer, new()
            {
                ["auth"] = new DoorFrame.Auth(peer.PublicKey, peerNonce, Network, Authority, peer.Sign(auth)),
                ["join"] = new DoorFrame.Join(room.Room, room.Owner, room.JoinPublicKey, session, DoorTypes.HostsOnly, room.SignJoin(hubNonce, self, session)),
                ["leave"] = new DoorFrame.Leave(room.Room),
                ["signal"] = new DoorFrame.Signal(default, other, Payload),
                ["cast"] = new DoorFrame.Cast(default, room.Room, Payload),
                ["send"] = new DoorFrame.Send(default, room.Room, other, Payload),
                ["ping"] = new DoorFrame.Ping(Payload),
                ["pong"] = new DoorFrame.Pong(Payload),
            }),
            ["hub"] = Frames(DoorSide.Hub, new()
            {
                ["hello"] = new DoorFrame.Hello(1, hub.PublicKey, hubNonce),
                ["welcome"] = new DoorFrame.Welcome(hub.Sign(welcome), json),
                ["members"] = new DoorFrame.Members(room.Room, true, [new(self, session, true), new(other, default, false)]),
                ["joined"] = new DoorFrame.Joined(room.Room, new(self, session, true)),
                ["left"] = new DoorFrame.Left(room.Room, self, LeftReason.ConnectionLost),
                ["signal"] = new DoorFrame.Signal(other, self, Payload),
                ["cast"] = new DoorFrame.Cast(other, room.Room, Payload),
                ["send"] = new DoorFrame.Send(other, room.Room, self, Payload),
                ["gap"] = new DoorFrame.Gap(room.Room, other, 0x01020304),
                ["ping"] = new DoorFrame.Ping(Payload),
                ["pong"] = new DoorFrame.Pong(Payload),
                ["error"] = new DoorFrame.Error(9, 0xFFFFFFFF, "zu schnell"),
            }),
        });
    }

    private static JsonObject Frames(DoorSide from, Dictionary<string, DoorFrame> frames)
    {
        var written = new JsonObject();
        foreach (var (name, frame) in frames)
        {
            var bytes = DoorCodec.ToArray(frame, from);
            Assert.True(DoorCodec.TryRead(bytes, from, out var read));
            Assert.Equal(bytes, DoorCodec.ToArray(read, from));
            written[name] = Hex.ToString(bytes);
        }
        return written;
    }
}
