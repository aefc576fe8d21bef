using System.Text;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Mesh.Federation;

/// <summary>Names as hubs write them to each other.</summary>
public static class MeshIds
{
    /// <summary>A network's name between hubs.</summary>
    public static NetId NetOf(string dialect, string network)
    {
        var bytes = new ByteWriter(64).Bytes(Encoding.UTF8.GetBytes(dialect)).U8(0).Bytes(Encoding.UTF8.GetBytes(network));
        Span<byte> hash = stackalloc byte[32];
        Hashes.Sha256(bytes.Written, hash);
        return new(HubId.ReadShort(hash));
    }

    // case u8 (0: lower case; 1: a mask u40 of capital digits follows) ‖ id20 [‖ mask u8 ‖ mask u32]
    internal static ByteWriter Peer(this ByteWriter writer, PeerId peer)
    {
        if (peer.UpperCase == 0)
        {
            return writer.U8(0).Id(peer);
        }
        return writer.U8(1).Id(peer).U8((byte)(peer.UpperCase >> 32)).U32((uint)peer.UpperCase);
    }

    internal static bool TryPeer(this ref ByteReader reader, out PeerId peer)
    {
        peer = default;
        if (!reader.TryU8(out byte kind) || kind > 1 || !reader.TryBytes(PeerId.Size, out var bytes))
        {
            return false;
        }
        if (kind == 0)
        {
            peer = PeerId.FromBytes(bytes);
            return true;
        }
        return reader.TryU8(out byte high) && reader.TryU32(out uint low) && PeerId.TryFromBytes(bytes, (ulong)high << 32 | low, out peer);
    }

    internal static ByteWriter Hub(this ByteWriter writer, HubId hub)
    {
        Span<byte> bytes = stackalloc byte[HubId.Size];
        hub.CopyTo(bytes);
        return writer.Bytes(bytes);
    }

    internal static bool TryHub(this ref ByteReader reader, out HubId hub)
    {
        bool good = reader.TryBytes(HubId.Size, out var bytes);
        hub = good ? HubId.FromBytes(bytes) : default;
        return good;
    }

    internal static ByteWriter Key(this ByteWriter writer, PeerKey key) => writer.U64(key.Network.Value).Peer(key.Peer);

    internal static bool TryKey(this ref ByteReader reader, out PeerKey key)
    {
        bool good = reader.TryU64(out ulong network) & reader.TryPeer(out var peer);
        key = new(new(network), peer);
        return good;
    }

    internal static ByteWriter Key(this ByteWriter writer, RoomKey key) => writer.U64(key.Network.Value).Id(key.Room.Value);

    internal static bool TryKey(this ref ByteReader reader, out RoomKey key)
    {
        bool good = reader.TryU64(out ulong network) & reader.TryId16(out var room);
        key = new(new(network), new(room));
        return good;
    }
}
