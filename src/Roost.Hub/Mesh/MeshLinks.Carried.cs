using System.Collections.Concurrent;
using System.Security.Cryptography;
using Roost.Core.Identity;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

// Links that a third hub carries: the same handshake and cipher, end to end, over messages instead of a socket.
internal sealed partial class MeshLinks
{
    private const int MaxCarried = 1_024, MaxAcceptedByOne = 256;

    private readonly ConcurrentDictionary<CarriedId, CarriedSocket> _carried = [];
    private readonly LinkSelf _carriedSelf = self.Carried();

    private async Task DialThroughAsync(MeshEffect.DialThrough dial)
    {
        await Task.Yield();
        if (Open(new(dial.Via, dial.Wanted, (uint)RandomNumberGenerator.GetInt32(int.MaxValue), IsMine: true)) is { } socket)
        {
            await using (socket)
            {
                using var handshake = new LinkHandshake(self, LinkSelf.CarriedTo(dial.Wanted), dice);
                if (await ProveAsync(socket, handshake, dial.Wanted) is { } peer)
                {
                    await RunAsync(socket, peer, null, ReachOf(dial.Via), Carriage.Opened);
                    return;
                }
            }
        }
        await Post(new HubInput.FromMesh(new MeshInput.CarryFailed(dial.Wanted)), null);
    }

    private void Carried(MeshEffect.Carried carried)
    {
        bool isMine = carried.Way.HasFlag(CarryWay.Back);
        var id = new CarriedId(carried.Via, carried.From, carried.Stream, isMine);
        _carried.TryGetValue(id, out var socket);
        if (carried.Way.HasFlag(CarryWay.Last))
        {
            socket?.End(carried.Body.Length == 1 && Enum.IsDefined((LinkRefusal)carried.Body.Span[0]) ? (LinkRefusal)carried.Body.Span[0] : LinkRefusal.None);
            return;
        }
        if (socket is null && carried.Way.HasFlag(CarryWay.First) && !isMine && Open(id) is { } opened)
        {
            socket = opened;
            _ = ServeCarriedAsync(socket, carried.From, carried.Via);
        }
        if (socket?.TryReceive(carried.Body.Span) != true)
        {
            socket?.Abort();
            var way = (isMine ? CarryWay.None : CarryWay.Back) | CarryWay.Last;
            PostFromPerform(new HubInput.FromMesh(new MeshInput.Carry(carried.Via, carried.From, carried.Stream, way, new[] { (byte)LinkRefusal.Surplus })));
        }
    }

    private async Task ServeCarriedAsync(CarriedSocket socket, HubId from, LinkId via)
    {
        await Task.Yield();
        await using (socket)
        {
            using var handshake = new LinkHandshake(_carriedSelf, null, dice);
            if (await ProveAsync(socket, handshake, from) is { } peer)
            {
                await RunAsync(socket, peer, null, ReachOf(via), Carriage.Accepted);
            }
        }
    }

    // What comes by it comes by the hub in the middle, and may lead no further than what that hub says itself.
    private Reach ReachOf(LinkId via) => _links.TryGetValue(via, out var link) ? link.Reach : Reach.Public;

    /// <summary>The hub in the middle says who is at the other end; only the handshake proves it.</summary>
    private async Task<LinkPeer?> ProveAsync(CarriedSocket socket, LinkHandshake handshake, HubId meant)
    {
        var (peer, why) = await ShakeAsync(socket, handshake);
        if (peer is not null && peer.Id == meant)
        {
            return peer;
        }
        peer?.Cipher.Dispose();
        await socket.CloseAsync(why != LinkRefusal.None ? why : peer is null ? LinkRefusal.TooSlow : LinkRefusal.BadProof);
        return null;
    }

    private CarriedSocket? Open(CarriedId id)
    {
        if (_carried.Count >= MaxCarried || !_links.ContainsKey(id.Via) || (!id.IsMine && _carried.Keys.Count(other => other.Via == id.Via && !other.IsMine) >= MaxAcceptedByOne))
        {
            return null;
        }
        var socket = new CarriedSocket(id, Post, ended => _carried.TryRemove(ended, out _));
        if (!_carried.TryAdd(id, socket))
        {
            return null;
        }
        if (!_links.ContainsKey(id.Via))
        {
            socket.Abort(); // It ended just now; whoever runs the socket finds it ended too.
        }
        return socket;
    }

    private void EndCarriedBy(LinkId via)
    {
        foreach (var (id, socket) in _carried)
        {
            if (id.Via == via)
            {
                socket.Abort();
            }
        }
    }
}
