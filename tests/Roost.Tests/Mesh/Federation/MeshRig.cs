using Roost.Core.Crypto;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Leases;
using Roost.Mesh.Links;
using Roost.Mesh.Membership;
using Roost.Mesh.Wire;
using Roost.Tests.Mesh.Hubs;

namespace Roost.Tests.Mesh.Federation;

/// <summary>One honest hub of a mesh in virtual time; the test itself speaks for all other hubs.</summary>
internal sealed class MeshRig
{
    public static readonly NetId Net = MeshIds.NetOf("roost", "");

    private long _links;

    public MeshRig(Func<MeshOptions, MeshOptions>? configure = null)
    {
        var options = new MeshOptions { Self = new LinkSelf(KeyOf(1), 1, "", [], static _ => true), Urls = static () => ["ws://self.example:3000/mesh"] };
        Hub.Core.JoinMesh(configure?.Invoke(options) ?? options);
        Tell(new MeshInput.Started());
    }

    public HubRig Hub { get; } = new();

    public MeshCore Mesh => Hub.Core.Mesh!;

    public static SigningKey KeyOf(int n) => SigningKey.FromSeed([.. BitConverter.GetBytes(n), .. new byte[28]]);

    public static HubId IdOf(int hub) => HubId.OfKey(KeyOf(hub).PublicKey);

    public static PeerId PeerOf(int peer) => PeerId.OfKey(KeyOf(peer).PublicKey);

    /// <summary>A hub with a link here, its record told.</summary>
    public LinkId Link(int hub, Reach reach = Reach.Public, params string[] urls)
    {
        var link = new LinkId(++_links);
        Tell(new MeshInput.LinkUp(link, KeyOf(hub).PublicKey, 1, null, reach));
        Hear(link, new MeshFrame.News([RecordOf(hub, urls)], []));
        return link;
    }

    public static HubRecord RecordOf(int hub, params string[] urls) =>
        HubRecord.Sign(KeyOf(hub), 1, 0, "global", urls.Length > 0 ? urls : [$"ws://hub{hub}.example:3000/mesh"]);

    public void Hear(LinkId link, params MeshFrame[] frames) => Tell(new MeshInput.Received(link, frames));

    public void Tell(MeshInput input) => Hub.Say(new HubInput.FromMesh(input));

    /// <summary>What was sent on a link since the last look at any.</summary>
    public List<T> Sent<T>(LinkId link) where T : MeshFrame =>
        [.. Hub.Take<HubEffect.ToMesh>().Select(effect => effect.Effect).OfType<MeshEffect.Send>().Where(send => send.Link == link).Select(send => send.Frame).OfType<T>()];

    /// <summary>A lease that the peer itself signed when it entered that hub.</summary>
    public static Lease Bound(int peer, int home, ulong seq, int signedBy = 0, int enteredAt = 0)
    {
        byte[] hubNonce = new byte[32], peerNonce = new byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(peerNonce, seq);
        var key = KeyOf(peer).PublicKey;
        var message = DoorProof.AuthMessage(KeyOf(enteredAt == 0 ? home : enteredAt).PublicKey, hubNonce, key, peerNonce, "", "a:1");
        var proof = new AuthProof(hubNonce, key, peerNonce, "", "a:1", KeyOf(signedBy == 0 ? peer : signedBy).Sign(message));
        return new Lease(new(Net, PeerOf(peer)), IdOf(home).Short, seq, 600, proof);
    }

    /// <summary>A lease for which its hub alone vouches.</summary>
    public static Lease Guest(int peer, int home, ulong seq = 1) => new(new(Net, PeerOf(peer)), IdOf(home).Short, seq, 600, null);

    /// <summary>A peer at this hub that proved its key.</summary>
    public ConnectionId Enter(int peer)
    {
        var id = Hub.Open(peer);
        var proof = Bound(peer, 1, (ulong)Hub.World.Now.UnixMilliseconds).Proof;
        Hub.Say(new HubInput.Entered(id, PeerOf(peer), Bound: true, new("roost", ""), proof));
        return id;
    }

    public static MeshFrame.Signal Signal(int from, int to, byte hops = 1) => new(Net, hops, PeerOf(from), PeerOf(to), 0, false, 0, "hi"u8.ToArray());
}
