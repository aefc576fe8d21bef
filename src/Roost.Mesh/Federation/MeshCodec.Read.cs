using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Identity;
using Roost.Mesh.Leases;
using Roost.Mesh.Membership;
using Roost.Mesh.Topics;
using Roost.Mesh.Wire;

namespace Roost.Mesh.Federation;

public static partial class MeshCodec
{
    private delegate bool Reads<T>(ref ByteReader reader, [MaybeNullWhen(false)] out T item);

    /// <summary>Reads all frames of a batch. False: something in it is no frame; hostile bytes never throw.</summary>
    /// <param name="batch">Opened, and not changed while its frames are used.</param>
    /// <param name="frames">Where they are added to.</param>
    public static bool TryRead(ReadOnlyMemory<byte> batch, List<MeshFrame> frames)
    {
        while (!batch.IsEmpty)
        {
            if (batch.Length < 5)
            {
                return false;
            }
            uint length = BinaryPrimitives.ReadUInt32BigEndian(batch.Span);
            if (length is 0 or > MeshTypes.MaxBatch || length > batch.Length - 4 || !TryReadOne(batch.Slice(4, (int)length), out var frame))
            {
                return false;
            }
            frames.Add(frame);
            batch = batch[(4 + (int)length)..];
        }
        return true;
    }

    private static bool TryReadOne(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out MeshFrame? frame)
    {
        var r = new ByteReader(bytes.Span[1..]);
        byte type = bytes.Span[0];
        frame = type switch
        {
            MeshTypes.Signal => ReadSignal(ref r, bytes),
            MeshTypes.Nack => r.TryU64(out ulong moved) && ReadSignal(ref r, bytes) is { } returned ? new MeshFrame.Nack(moved, returned) : null,
            MeshTypes.Cast => r.TryKey(out RoomKey room) && r.TryPeer(out var from) ? new MeshFrame.Cast(room, from, Rest(ref r, bytes)) : null,
            MeshTypes.Send => r.TryKey(out RoomKey room) && r.TryPeer(out var from) && r.TryPeer(out var to) ? new MeshFrame.Send(room, from, to, Rest(ref r, bytes)) : null,
            MeshTypes.Ping => r.TryU32(out uint echo) ? new MeshFrame.Ping(echo) : null,
            MeshTypes.Pong => r.TryU32(out uint echo) ? new MeshFrame.Pong(echo) : null,
            MeshTypes.Probe => r.TryU32(out uint question) && r.TryHub(out var hub) ? new MeshFrame.Probe(question, hub) : null,
            MeshTypes.Probed => r.TryU32(out uint question) && TryFlag(ref r, out bool alive) ? new MeshFrame.Probed(question, alive) : null,
            MeshTypes.Wanted => r.TryHub(out var by) ? new MeshFrame.Wanted(by) : null,
            MeshTypes.Done => new MeshFrame.Done(),
            MeshTypes.Put => TryList<Lease>(ref r, TryLease, out var leases) ? new MeshFrame.Put(leases) : null,
            MeshTypes.Drop => r.TryKey(out PeerKey key) && r.TryU64(out ulong seq) ? new MeshFrame.Drop(key, seq) : null,
            MeshTypes.Find => r.TryU32(out uint question) && r.TryKey(out PeerKey key) ? new MeshFrame.Find(question, key) : null,
            MeshTypes.Found => r.TryU32(out uint question) && r.TryKey(out PeerKey key) && TryList<Lease>(ref r, TryLease, out var found) && found.Length <= 1
                ? new MeshFrame.Found(question, key, found.Length == 0 ? null : found[0]) : null,
            MeshTypes.Contest => r.TryKey(out PeerKey key) ? new MeshFrame.Contest(key) : null,
            MeshTypes.Contested => r.TryKey(out PeerKey key) && TryFlag(ref r, out bool lives) ? new MeshFrame.Contested(key, lives) : null,
            _ => ReadOther(type, ref r, bytes),
        };
        // Trailing bytes belong to a body, where there is one; elsewhere they are a mistake, or a later version's: refused alike.
        return frame is not null && (r.AtEnd || frame is MeshFrame.Unknown);
    }

    private static MeshFrame? ReadOther(byte type, ref ByteReader r, ReadOnlyMemory<byte> bytes) => type switch
    {
        MeshTypes.News => TryList<HubRecord>(ref r, HubRecord.TryRead, out var records) && TryList<HubView>(ref r, TryView, out var suspects) ? new MeshFrame.News(records, suspects) : null,
        MeshTypes.Have => TryList<ulong>(ref r, TryNumber, out var news) ? new MeshFrame.Have(news) : null,
        MeshTypes.Graft => TryList<ulong>(ref r, TryNumber, out var news) ? new MeshFrame.Graft(news) : null,
        MeshTypes.Prune => new MeshFrame.Prune(),
        MeshTypes.Neighbour => TryFlag(ref r, out bool urgent) ? new MeshFrame.Neighbour(urgent) : null,
        MeshTypes.Neighbourly => TryFlag(ref r, out bool yes) ? new MeshFrame.Neighbourly(yes) : null,
        MeshTypes.Summary => r.TryU64(out ulong fingerprint) ? new MeshFrame.Summary(fingerprint) : null,
        MeshTypes.Ranges => TryList<(byte Range, ulong Fingerprint)>(ref r, TryRange, out var ranges) ? new MeshFrame.Ranges(ranges) : null,
        MeshTypes.Views => TryList<byte>(ref r, static (ref ByteReader r, out byte b) => r.TryU8(out b), out var of) && TryList<HubView>(ref r, TryView, out var views) ? new MeshFrame.Views(of, views) : null,
        MeshTypes.Want => TryList<HubId>(ref r, MeshIds.TryHub, out var hubs) ? new MeshFrame.Want(hubs) : null,
        MeshTypes.Subscribe => TryList<RoomKey>(ref r, MeshIds.TryKey, out var rooms) ? new MeshFrame.Subscribe(rooms) : null,
        MeshTypes.Unsubscribe => r.TryKey(out RoomKey room) ? new MeshFrame.Unsubscribe(room) : null,
        MeshTypes.Interested => r.TryKey(out RoomKey room) && TryList<ulong>(ref r, TryNumber, out var interested) ? new MeshFrame.Interested(room, interested) : null,
        MeshTypes.Roster => r.TryKey(out RoomKey room) && r.TryU8(out byte flags) && flags < 4 && TryList<Member>(ref r, TryMember, out var members)
            ? new MeshFrame.Roster(room, (flags & 1) != 0, (flags & 2) != 0, members) : null,
        MeshTypes.Joined => r.TryKey(out RoomKey room) && TryMember(ref r, out var member) ? new MeshFrame.Joined(room, member) : null,
        MeshTypes.Left => r.TryKey(out RoomKey room) && r.TryPeer(out var peer) && r.TryU8(out byte reason) && reason <= 3 ? new MeshFrame.Left(room, peer, (LeftReason)reason) : null,
        MeshTypes.Gap => r.TryKey(out RoomKey room) && r.TryPeer(out var from) && r.TryU32(out uint dropped) ? new MeshFrame.Gap(room, from, dropped) : null,
        MeshTypes.Guest => r.TryU64(out ulong net) && r.TryPeer(out var peer) && r.TryU16(out ushort max) ? new MeshFrame.Guest(new(net), peer, max, Rest(ref r, bytes)) : null,
        MeshTypes.GuestGone => r.TryU64(out ulong net) && r.TryPeer(out var peer) && TryFlag(ref r, out bool tell) ? new MeshFrame.GuestGone(new(net), peer, tell) : null,
        MeshTypes.Answered => r.TryU64(out ulong net) && r.TryPeer(out var from) && r.TryPeer(out var to) ? new MeshFrame.Answered(new(net), from, to) : null,
        MeshTypes.Introduce => r.TryU64(out ulong net) && r.TryPeer(out var to) && r.TryPeer(out var about) ? new MeshFrame.Introduce(new(net), to, about, Rest(ref r, bytes)) : null,
        MeshTypes.Departed => r.TryU64(out ulong net) && r.TryPeer(out var to) && r.TryPeer(out var about) ? new MeshFrame.Departed(new(net), to, about) : null,
        MeshTypes.Goodbye => r.TryU64(out ulong net) && r.TryPeer(out var from) ? new MeshFrame.Goodbye(new(net), from, Rest(ref r, bytes)) : null,
        MeshTypes.Carry => r.TryHub(out var hub) && r.TryU32(out uint stream) && r.TryU8(out byte way) && way < 16 ? new MeshFrame.Carry(hub, stream, (CarryWay)way, Rest(ref r, bytes)) : null,
        MeshTypes.Topic => TopicRecord.TryRead(ref r, out var topic) ? new MeshFrame.Topic(topic) : null,
        MeshTypes.Seek => r.TryU32(out uint question) && r.TryStr8(out string name) ? new MeshFrame.Seek(question, name) : null,
        MeshTypes.Sought => r.TryU32(out uint question) && TryList<TopicRecord>(ref r, TopicRecord.TryRead, out var sought) && sought.Length <= 1
            ? new MeshFrame.Sought(question, sought.Length == 0 ? null : sought[0]) : null,
        _ => new MeshFrame.Unknown(type),
    };

    private static ReadOnlyMemory<byte> Rest(ref ByteReader reader, ReadOnlyMemory<byte> bytes)
    {
        var rest = bytes[(bytes.Length - reader.Rest.Length)..];
        reader.TryBytes(reader.Rest.Length, out _);
        return rest;
    }

    private static bool TryFlag(ref ByteReader reader, out bool flag)
    {
        bool good = reader.TryU8(out byte value) && value <= 1;
        flag = value == 1;
        return good;
    }

    private static bool TryList<T>(ref ByteReader reader, Reads<T> read, out T[] list)
    {
        list = [];
        if (!reader.TryU16(out ushort count) || count > MeshTypes.MaxItems || count > reader.Rest.Length)
        {
            return false;
        }
        list = new T[count];
        for (int i = 0; i < count; i++)
        {
            if (!read(ref reader, out var item))
            {
                return false;
            }
            list[i] = item;
        }
        return true;
    }

    private static bool TryNumber(ref ByteReader reader, out ulong value) => reader.TryU64(out value);

    private static bool TryRange(ref ByteReader reader, out (byte Range, ulong Fingerprint) range)
    {
        bool good = reader.TryU8(out byte of) & reader.TryU64(out ulong fingerprint);
        range = (of, fingerprint);
        return good;
    }

    private static bool TryView(ref ByteReader reader, out HubView view)
    {
        bool good = reader.TryHub(out var hub) & reader.TryU64(out ulong incarnation) & TryFlag(ref reader, out bool dead);
        view = new(hub, incarnation, dead);
        return good;
    }

    private static bool TryMember(ref ByteReader reader, [MaybeNullWhen(false)] out Member member)
    {
        bool good = reader.TryPeer(out var peer) & reader.TryId16(out var session) & TryFlag(ref reader, out bool isHost);
        member = new(peer, new SessionId(session), isHost);
        return good;
    }

    private static bool TryLease(ref ByteReader reader, [MaybeNullWhen(false)] out Lease lease)
    {
        lease = null;
        AuthProof? proof = null;
        if (!reader.TryKey(out PeerKey key) || !reader.TryU64(out ulong home) || !reader.TryU64(out ulong seq) || !reader.TryU16(out ushort ttl)
            || !TryFlag(ref reader, out bool bound) || (bound && !AuthProof.TryRead(ref reader, out proof)))
        {
            return false;
        }
        lease = new(key, home, seq, ttl, proof);
        return true;
    }

    private static MeshFrame.Signal? ReadSignal(ref ByteReader r, ReadOnlyMemory<byte> bytes) =>
        r.TryU64(out ulong network) && r.TryU8(out byte hops) && r.TryPeer(out var from) && r.TryPeer(out var to) && r.TryU8(out byte tag)
        && TryFlag(ref r, out bool settles) && r.TryU32(out uint re)
            ? new MeshFrame.Signal(new(network), hops, from, to, tag, settles, re, Rest(ref r, bytes)) : null;
}
