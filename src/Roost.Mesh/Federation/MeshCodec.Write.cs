using System.Buffers.Binary;
using Roost.Core.Codec;
using Roost.Mesh.Leases;
using Roost.Mesh.Topics;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Federation;

/// <summary>Frames to bytes and back. In a batch: length u32 ‖ type u8 ‖ body, one after the other.</summary>
public static partial class MeshCodec
{
    /// <summary>Appends a frame to a batch.</summary>
    public static void Append(MeshFrame frame, ByteWriter batch)
    {
        int at = batch.Length;
        batch.U32(0);
        Write(frame, batch);
        BinaryPrimitives.WriteUInt32BigEndian(batch.SpanFrom(at), (uint)(batch.Length - at - 4));
    }

    private static void Write(MeshFrame frame, ByteWriter w)
    {
        switch (frame)
        {
            case MeshFrame.Signal f:
                WriteSignal(f, w.U8(MeshTypes.Signal));
                break;
            case MeshFrame.Nack f:
                WriteSignal(f.Returned, w.U8(MeshTypes.Nack).U64(f.MovedTo));
                break;
            case MeshFrame.Cast f:
                w.U8(MeshTypes.Cast).Key(f.Room).Peer(f.From).Bytes(f.Body.Span);
                break;
            case MeshFrame.Send f:
                w.U8(MeshTypes.Send).Key(f.Room).Peer(f.From).Peer(f.To).Bytes(f.Body.Span);
                break;
            case MeshFrame.Ping f:
                w.U8(MeshTypes.Ping).U32(f.Echo);
                break;
            case MeshFrame.Pong f:
                w.U8(MeshTypes.Pong).U32(f.Echo);
                break;
            case MeshFrame.Probe f:
                w.U8(MeshTypes.Probe).U32(f.Question).Hub(f.Hub);
                break;
            case MeshFrame.Probed f:
                w.U8(MeshTypes.Probed).U32(f.Question).U8(Flag(f.Alive));
                break;
            case MeshFrame.Done:
                w.U8(MeshTypes.Done);
                break;
            case MeshFrame.Wanted f:
                w.U8(MeshTypes.Wanted).Hub(f.By);
                break;
            case MeshFrame.Put f:
                List(w.U8(MeshTypes.Put), f.Leases, WriteLease);
                break;
            case MeshFrame.Drop f:
                w.U8(MeshTypes.Drop).Key(f.Key).U64(f.Seq);
                break;
            case MeshFrame.Find f:
                w.U8(MeshTypes.Find).U32(f.Question).Key(f.Key);
                break;
            case MeshFrame.Found f:
                List<Lease>(w.U8(MeshTypes.Found).U32(f.Question).Key(f.Key), f.Lease is null ? [] : [f.Lease], WriteLease);
                break;
            case MeshFrame.Contest f:
                w.U8(MeshTypes.Contest).Key(f.Key);
                break;
            case MeshFrame.Contested f:
                w.U8(MeshTypes.Contested).Key(f.Key).U8(Flag(f.Lives));
                break;
            default:
                WriteOther(frame, w);
                break;
        }
    }

    private static void WriteOther(MeshFrame frame, ByteWriter w)
    {
        switch (frame)
        {
            case MeshFrame.News f:
                List(w.U8(MeshTypes.News), f.Records, static (record, w) => record.Write(w));
                List(w, f.Suspects, WriteView);
                break;
            case MeshFrame.Have f:
                List(w.U8(MeshTypes.Have), f.Ids, static (id, w) => w.U64(id));
                break;
            case MeshFrame.Graft f:
                List(w.U8(MeshTypes.Graft), f.Ids, static (id, w) => w.U64(id));
                break;
            case MeshFrame.Prune:
                w.U8(MeshTypes.Prune);
                break;
            case MeshFrame.Neighbour f:
                w.U8(MeshTypes.Neighbour).U8(Flag(f.Urgent));
                break;
            case MeshFrame.Neighbourly f:
                w.U8(MeshTypes.Neighbourly).U8(Flag(f.Yes));
                break;
            case MeshFrame.Summary f:
                w.U8(MeshTypes.Summary).U64(f.Fingerprint);
                break;
            case MeshFrame.Ranges f:
                List(w.U8(MeshTypes.Ranges), f.List, static (range, w) => w.U8(range.Range).U64(range.Fingerprint));
                break;
            case MeshFrame.Views f:
                List(w.U8(MeshTypes.Views), f.Of, static (range, w) => w.U8(range));
                List(w, f.List, WriteView);
                break;
            case MeshFrame.Want f:
                List(w.U8(MeshTypes.Want), f.Hubs, static (hub, w) => w.Hub(hub));
                break;
            case MeshFrame.Subscribe f:
                List(w.U8(MeshTypes.Subscribe), f.Rooms, static (room, w) => w.Key(room));
                break;
            case MeshFrame.Unsubscribe f:
                w.U8(MeshTypes.Unsubscribe).Key(f.Room);
                break;
            case MeshFrame.Interested f:
                List(w.U8(MeshTypes.Interested).Key(f.Room), f.Hubs, static (hub, w) => w.U64(hub));
                break;
            case MeshFrame.Roster f:
                List(w.U8(MeshTypes.Roster).Key(f.Room).U8((byte)(Flag(f.Ask) | Flag(f.First) << 1)), f.Members, WriteMember);
                break;
            case MeshFrame.Joined f:
                WriteMember(f.Member, w.U8(MeshTypes.Joined).Key(f.Room));
                break;
            case MeshFrame.Left f:
                w.U8(MeshTypes.Left).Key(f.Room).Peer(f.Peer).U8((byte)f.Reason);
                break;
            case MeshFrame.Gap f:
                w.U8(MeshTypes.Gap).Key(f.Room).Peer(f.From).U32(f.Dropped);
                break;
            case MeshFrame.Guest f:
                w.U8(MeshTypes.Guest).U64(f.Network.Value).Peer(f.Peer).U16(f.MaxLinks).Bytes(f.Card.Span);
                break;
            case MeshFrame.GuestGone f:
                w.U8(MeshTypes.GuestGone).U64(f.Network.Value).Peer(f.Peer).U8(Flag(f.Tell));
                break;
            case MeshFrame.Answered f:
                w.U8(MeshTypes.Answered).U64(f.Network.Value).Peer(f.From).Peer(f.To);
                break;
            case MeshFrame.Introduce f:
                w.U8(MeshTypes.Introduce).U64(f.Network.Value).Peer(f.To).Peer(f.About).Bytes(f.Card.Span);
                break;
            case MeshFrame.Departed f:
                w.U8(MeshTypes.Departed).U64(f.Network.Value).Peer(f.To).Peer(f.About);
                break;
            case MeshFrame.Goodbye f:
                w.U8(MeshTypes.Goodbye).U64(f.Network.Value).Peer(f.From).Bytes(f.Body.Span);
                break;
            case MeshFrame.Carry f:
                w.U8(MeshTypes.Carry).Hub(f.Hub).U32(f.Stream).U8((byte)f.Way).Bytes(f.Body.Span);
                break;
            case MeshFrame.Topic f:
                f.Record.Write(w.U8(MeshTypes.Topic));
                break;
            case MeshFrame.Seek f:
                w.U8(MeshTypes.Seek).U32(f.Question).Str8(f.Name);
                break;
            case MeshFrame.Sought f:
                List<TopicRecord>(w.U8(MeshTypes.Sought).U32(f.Question), f.Record is null ? [] : [f.Record], static (record, w) => record.Write(w));
                break;
            case MeshFrame.Unknown f:
                w.U8(f.Type);
                break;
        }
    }

    private static byte Flag(bool value) => value ? (byte)1 : (byte)0;

    private static void List<T>(ByteWriter w, IReadOnlyList<T> items, Action<T, ByteWriter> write)
    {
        w.U16((ushort)items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            write(items[i], w);
        }
    }

    private static void WriteSignal(MeshFrame.Signal f, ByteWriter w) =>
        w.U64(f.Network.Value).U8(f.Hops).Peer(f.From).Peer(f.To).U8(f.Tag).U8(Flag(f.Settles)).U32(f.Re).Bytes(f.Body.Span);

    private static void WriteView(Membership.HubView view, ByteWriter w) => w.Hub(view.Hub).U64(view.Incarnation).U8(Flag(view.Dead));

    private static void WriteMember(Member member, ByteWriter w) => w.Peer(member.Peer).Id(member.Session.Value).U8(Flag(member.IsHost));

    private static void WriteLease(Lease lease, ByteWriter w)
    {
        w.Key(lease.Key).U64(lease.Home).U64(lease.Seq).U16(lease.Ttl).U8(Flag(lease.IsBound));
        lease.Proof?.Write(w);
    }
}
