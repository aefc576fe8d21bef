using System.Diagnostics;
using System.Text;
using Roost.Core.Codec;
using Roost.Core.Crypto;

namespace Roost.Mesh.Wire;

public static partial class DoorCodec
{
    /// <summary>Appends one message. What <paramref name="from"/> may not send is the caller's mistake and throws.</summary>
    /// <exception cref="UnreachableException"><see cref="DoorFrame.Unknown"/>.</exception>
    public static void Write(DoorFrame frame, DoorSide from, ByteWriter output)
    {
        bool stamped = from == DoorSide.Hub;
        _ = frame switch
        {
            DoorFrame.Hello f => output.U8(DoorTypes.Hello).U8(f.Version).Key(f.HubKey).Bytes(f.HubNonce.Span),
            DoorFrame.Auth f => output.U8(DoorTypes.Auth).Key(f.PeerKey).Bytes(f.PeerNonce.Span).Str8(f.Network).Str8(f.Authority).Bytes(f.Signature.Span),
            DoorFrame.Welcome f => output.U8(DoorTypes.Welcome).Bytes(f.Signature.Span).Bytes(f.Json.Span),
            DoorFrame.Join f => output.U8(DoorTypes.Join).Id(f.Room.Value).Id(f.Owner.Value).Key(f.JoinKey).Id(f.Session.Value).U8(f.Flags).Bytes(f.Signature.Span),
            DoorFrame.Leave f => output.U8(DoorTypes.Leave).Id(f.Room.Value),
            DoorFrame.Members f => WriteMembers(f, output),
            DoorFrame.Joined f => WriteMember(f.Member, output.U8(DoorTypes.Joined).Id(f.Room.Value)),
            DoorFrame.Left f => output.U8(DoorTypes.Left).Id(f.Room.Value).Id(f.Peer).U8((byte)f.Reason),
            DoorFrame.Signal f => Stamp(output.U8(DoorTypes.Signal), stamped, f.From).Id(f.To).Bytes(f.Payload.Span),
            DoorFrame.Cast f => Stamp(output.U8(DoorTypes.Cast), stamped, f.From).Id(f.Room.Value).Bytes(f.Payload.Span),
            DoorFrame.Send f => Stamp(output.U8(DoorTypes.Send), stamped, f.From).Id(f.Room.Value).Id(f.To).Bytes(f.Payload.Span),
            DoorFrame.Gap f => output.U8(DoorTypes.Gap).Id(f.Room.Value).Id(f.From).U32(f.Dropped),
            DoorFrame.Ping f => output.U8(DoorTypes.Ping).Bytes(f.Echo.Span),
            DoorFrame.Pong f => output.U8(DoorTypes.Pong).Bytes(f.Echo.Span),
            DoorFrame.Error f => output.U8(DoorTypes.Error).U16(f.Code).U32(f.Re).Bytes(Encoding.UTF8.GetBytes(f.Text)),
            DoorFrame.Goodbye => output.U8(DoorTypes.Goodbye),
            _ => throw new UnreachableException($"{frame} is never written"),
        };
    }

    /// <summary>One message in an array of its own.</summary>
    public static byte[] ToArray(DoorFrame frame, DoorSide from)
    {
        var writer = new ByteWriter(128);
        Write(frame, from, writer);
        return writer.ToArray();
    }

    private static ByteWriter WriteMembers(DoorFrame.Members frame, ByteWriter output)
    {
        output.U8(DoorTypes.Members).Id(frame.Room.Value).U8(frame.More ? (byte)1 : (byte)0).U16((ushort)frame.List.Count);
        foreach (var member in frame.List)
        {
            WriteMember(member, output);
        }
        return output;
    }

    private static ByteWriter WriteMember(Member member, ByteWriter output) =>
        output.Id(member.Peer).Id(member.Session.Value).U8(member.IsHost ? (byte)1 : (byte)0);

    private static ByteWriter Stamp(ByteWriter output, bool stamped, Core.Identity.PeerId from) => stamped ? output.Id(from) : output;

    private static ByteWriter Key(this ByteWriter output, PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.Size];
        key.CopyTo(bytes);
        return output.Bytes(bytes);
    }
}
