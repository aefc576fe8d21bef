using System.Text;
using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Wire;

namespace Roost.Load;

/// <summary>How clients of one server enter and what they say to each other.</summary>
internal abstract class Protocol
{
    public abstract string Name { get; }

    /// <summary>Opens connection number <paramref name="i"/>.</summary>
    public abstract Task EnterAsync(Client client, int port, int i);

    /// <summary>A frame to connection number <paramref name="to"/> with a payload of that many bytes.</summary>
    public abstract byte[] FrameTo(int to, int payload);

    protected static string Hex(int i) => $"{i:x8}{new string('0', 32)}";
}

internal sealed class PeerJs : Protocol
{
    public override string Name => "npm peer";

    public override Task EnterAsync(Client client, int port, int i) =>
        client.ConnectAsync(port, $"/peerjs?key=peerjs&id={Hex(i)}&token=t{i}&version=1.5.4", null, _ => null);

    public override byte[] FrameTo(int to, int payload) =>
        Client.Frame(1, Encoding.ASCII.GetBytes($$$"""{"type":"OFFER","dst":"{{{Hex(to)}}}","payload":{"sdp":{"type":"offer","sdp":"{{{new string('s', payload)}}}"},"type":"data"}}"""));
}

internal sealed class Pigeon : Protocol
{
    public override string Name => "Roost, Pigeon door";

    public override Task EnterAsync(Client client, int port, int i) => client.ConnectAsync(port, $"/?peerId={Hex(i)}", null, _ => null);

    public override byte[] FrameTo(int to, int payload) =>
        Client.Frame(1, Encoding.ASCII.GetBytes($$"""{"type":"offer","data":{"type":"offer","sdp":"{{new string('s', payload)}}"},"maxPeers":3,"networkName":"global","targetPeerId":"{{Hex(to)}}"}"""));
}

internal sealed class Own : Protocol
{
    private readonly Dictionary<int, PeerId> _ids = [];

    public override string Name => "Roost, own door";

    public override Task EnterAsync(Client client, int port, int i)
    {
        var seed = new byte[32];
        BitConverter.TryWriteBytes(seed, i + 1);
        using var key = SigningKey.FromSeed(seed);
        lock (_ids)
        {
            _ids[i] = PeerId.OfKey(key.PublicKey);
        }
        return client.ConnectAsync(port, "/roost", DoorTypes.Subprotocol, message =>
            DoorCodec.TryRead(message, DoorSide.Hub, out var frame) && frame is DoorFrame.Hello hello ? Auth(hello, seed, port) : null);
    }

    public override byte[] FrameTo(int to, int payload) =>
        Client.Frame(2, DoorCodec.ToArray(new DoorFrame.Signal(default, _ids[to], new byte[payload]), DoorSide.Peer));

    private static byte[] Auth(DoorFrame.Hello hello, byte[] seed, int port)
    {
        using var key = SigningKey.FromSeed(seed);
        string authority = $"127.0.0.1:{port}";
        var proof = DoorProof.AuthMessage(hello.HubKey, hello.HubNonce.Span, key.PublicKey, seed, "", authority);
        return DoorCodec.ToArray(new DoorFrame.Auth(key.PublicKey, seed, "", authority, key.Sign(proof)), DoorSide.Peer);
    }
}
