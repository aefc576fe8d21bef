using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Roost.Core.Codec;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Mesh.Wire;

/// <summary>Bytes of the <c>/roost</c> door to frames and back (docs/protocol/door.md). Stateless; thread-safe.</summary>
public static partial class DoorCodec
{
    /// <summary>Reads one message. False: not a frame that <paramref name="from"/> may send, or its length is wrong. Never throws.</summary>
    /// <remarks>Payloads stay slices of <paramref name="message"/>; nothing is copied.</remarks>
    public static bool TryRead(ReadOnlyMemory<byte> message, DoorSide from, [NotNullWhen(true)] out DoorFrame? frame)
    {
        frame = null;
        int limit = from == DoorSide.Peer ? DoorTypes.MaxFromPeer : DoorTypes.MaxMessage;
        if (message.IsEmpty || message.Length > limit)
        {
            return false;
        }
        byte type = message.Span[0];
        var body = message[1..];
        bool fromHub = from == DoorSide.Hub;
        frame = type switch
        {
            DoorTypes.Hello => fromHub ? ReadHello(body) : null,
            DoorTypes.Auth => fromHub ? null : ReadAuth(body),
            DoorTypes.Welcome => fromHub ? ReadWelcome(body) : null,
            DoorTypes.Join => fromHub ? null : ReadJoin(body),
            DoorTypes.Leave => fromHub ? null : ReadLeave(body),
            DoorTypes.Members => fromHub ? ReadMembers(body) : null,
            DoorTypes.Joined => fromHub ? ReadJoined(body) : null,
            DoorTypes.Left => fromHub ? ReadLeft(body) : null,
            DoorTypes.Signal or DoorTypes.Cast or DoorTypes.Send => ReadRelayed(type, body, fromHub),
            DoorTypes.Gap => fromHub ? ReadGap(body) : null,
            DoorTypes.Ping => body.Length <= DoorTypes.MaxEcho ? new DoorFrame.Ping(body) : null,
            DoorTypes.Pong => body.Length <= DoorTypes.MaxEcho ? new DoorFrame.Pong(body) : null,
            DoorTypes.Error => fromHub ? ReadError(body) : null,
            DoorTypes.Goodbye => !fromHub && body.IsEmpty ? new DoorFrame.Goodbye() : null,
            _ => new DoorFrame.Unknown(type),
        };
        return frame is not null;
    }

    private static DoorFrame.Hello? ReadHello(ReadOnlyMemory<byte> body) =>
        body.Length == 1 + PublicKey.Size + DoorTypes.NonceSize
            ? new(body.Span[0], PublicKey.FromBytes(body.Span.Slice(1, PublicKey.Size)), body[33..])
            : null;

    private static DoorFrame.Auth? ReadAuth(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        return reader.TryBytes(PublicKey.Size, out var key)
            && reader.TryBytes(DoorTypes.NonceSize, out _)
            && reader.TryStr8(out string network)
            && reader.TryStr8(out string authority)
            && reader.Rest.Length == Ed25519.SignatureSize
                ? new(PublicKey.FromBytes(key), body.Slice(PublicKey.Size, DoorTypes.NonceSize), network, authority, body[^Ed25519.SignatureSize..])
                : null;
    }

    private static DoorFrame.Welcome? ReadWelcome(ReadOnlyMemory<byte> body) =>
        body.Length > Ed25519.SignatureSize ? new(body[..Ed25519.SignatureSize], body[Ed25519.SignatureSize..]) : null;

    private static DoorFrame.Join? ReadJoin(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        return reader.TryId16(out var room)
            && reader.TryId16(out var owner)
            && reader.TryBytes(PublicKey.Size, out var key)
            && reader.TryId16(out var session)
            && reader.TryU8(out byte flags)
            && reader.Rest.Length == Ed25519.SignatureSize
                ? new(new(room), new(owner), PublicKey.FromBytes(key), new(session), flags, body[^Ed25519.SignatureSize..])
                : null;
    }

    private static DoorFrame.Leave? ReadLeave(ReadOnlyMemory<byte> body) =>
        body.Length == Id16.Size ? new(new RoomId(Id16.Read(body.Span))) : null;

    private static DoorFrame.Members? ReadMembers(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        if (!reader.TryId16(out var room) || !reader.TryU8(out byte more) || more > 1
            || !reader.TryU16(out ushort count) || reader.Rest.Length != count * DoorTypes.MemberSize)
        {
            return null;
        }
        var list = new Member[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryMember(ref reader, out list[i]))
            {
                return null;
            }
        }
        return new(new(room), more == 1, list);
    }

    private static DoorFrame.Joined? ReadJoined(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        return reader.TryId16(out var room) && TryMember(ref reader, out var member) && reader.AtEnd ? new(new(room), member) : null;
    }

    private static DoorFrame.Left? ReadLeft(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        return reader.TryId16(out var room) && reader.TryPeerId(out var peer) && reader.TryU8(out byte reason) && reader.AtEnd
            ? new(new(room), peer, (LeftReason)reason)
            : null;
    }

    private static DoorFrame? ReadRelayed(byte type, ReadOnlyMemory<byte> body, bool fromHub)
    {
        var reader = new ByteReader(body.Span);
        PeerId from = default, to = default;
        Id16 room = default;
        bool good = (!fromHub || reader.TryPeerId(out from))
            && (type == DoorTypes.Signal || reader.TryId16(out room))
            && (type == DoorTypes.Cast || reader.TryPeerId(out to));
        if (!good)
        {
            return null;
        }
        var payload = body[^reader.Rest.Length..];
        return type switch
        {
            DoorTypes.Signal => new DoorFrame.Signal(from, to, payload),
            DoorTypes.Cast => new DoorFrame.Cast(from, new(room), payload),
            _ => new DoorFrame.Send(from, new(room), to, payload),
        };
    }

    private static DoorFrame.Gap? ReadGap(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        return reader.TryId16(out var room) && reader.TryPeerId(out var from) && reader.TryU32(out uint dropped) && reader.AtEnd
            ? new(new(room), from, dropped)
            : null;
    }

    private static DoorFrame.Error? ReadError(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        return reader.TryU16(out ushort code) && reader.TryU32(out uint re) && Utf8.IsValid(reader.Rest)
            ? new(code, re, Encoding.UTF8.GetString(reader.Rest))
            : null;
    }

    private static bool TryMember(ref ByteReader reader, out Member member)
    {
        bool good = reader.TryPeerId(out var peer) & reader.TryId16(out var session) & reader.TryU8(out byte role) && role <= 1;
        member = new(peer, new(session), role == 1);
        return good;
    }
}
