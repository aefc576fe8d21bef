using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Identity;

namespace Roost.Dialects.Pigeon;

public static partial class PigeonCodec
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@ ");

    /// <summary>An offer, answer or candidate with its <c>data</c> as it came, stamped with who sent it and in which network.</summary>
    public static void WriteSignal(ByteWriter output, PigeonType type, ReadOnlySpan<byte> data, PeerId from, PeerId to, string network, Instant now) =>
        output.Type(type switch { PigeonType.Offer => "offer", PigeonType.Answer => "answer", _ => "ice-candidate" })
            .Data(data).From(from).Target(to).Network(network).Stamp(now);

    /// <summary>The first frame: both dialects' fields in one.</summary>
    public static void WriteConnected(ByteWriter output, PeerId peer, Instant now) =>
        output.Type("connected").Label(",\"peerId\":\"").Hex(peer).Label("\",\"data\":{\"peerId\":\"").Hex(peer)
            .Label("\"},\"fromPeerId\":\"system\"").Network(PigeonSession.DefaultNetwork).Stamp(now);

    /// <summary>Tells of a peer. <paramref name="card"/> is what <see cref="CardOf"/> made.</summary>
    public static void WriteDiscovered(ByteWriter output, PeerId peer, ReadOnlySpan<byte> card, PeerId to, string network, Instant now) =>
        output.Type("peer-discovered").Label(",\"data\":{\"peerId\":\"").Hex(peer).Label("\",\"isHub\":false").Bytes(card)
            .Label("}").Network(network).Label(",\"fromPeerId\":\"system\"").Target(to).Stamp(now);

    /// <summary>Tells that a peer's connection is gone.</summary>
    public static void WriteDisconnected(ByteWriter output, PeerId peer, PeerId to, string network, Instant now) =>
        output.Type("peer-disconnected").Label(",\"data\":{\"peerId\":\"").Hex(peer).Label("\",\"isHub\":false}")
            .Network(network).From(peer).Target(to).Stamp(now);

    /// <summary>Passes a goodbye on, with the network the sender announced: its client may have left that out.</summary>
    public static void WriteGoodbye(ByteWriter output, ReadOnlySpan<byte> data, PeerId from, string network, Instant now) =>
        output.Type("goodbye").Data(data).From(from).Network(network).Stamp(now);

    /// <summary>Answers a ping of version 0.1.</summary>
    public static void WritePong(ByteWriter output, PeerId to, string network, Instant now) =>
        output.Type("pong").Label(",\"data\":{\"timestamp\":").Number(now.UnixMilliseconds).Label("},\"fromPeerId\":\"system\"")
            .Target(to).Network(network).Stamp(now);

    /// <summary>Says why something was not done.</summary>
    public static void WriteError(ByteWriter output, string error, string? originalType, string network, Instant now)
    {
        output.Type("error").Label(",\"error\":").Text(error);
        if (originalType is not null)
        {
            output.Label(",\"originalType\":").Text(originalType);
        }
        output.Network(network).Stamp(now);
    }

    private static ByteWriter Type(this ByteWriter output, string type) => output.Label("{\"type\":\"").Label(type).U8((byte)'"');

    private static ByteWriter Data(this ByteWriter output, ReadOnlySpan<byte> data) =>
        data.IsEmpty ? output : output.Label(",\"data\":").Bytes(data);

    private static ByteWriter From(this ByteWriter output, PeerId id) => output.Label(",\"fromPeerId\":\"").Hex(id).U8((byte)'"');

    private static ByteWriter Target(this ByteWriter output, PeerId id) => output.Label(",\"targetPeerId\":\"").Hex(id).U8((byte)'"');

    private static ByteWriter Network(this ByteWriter output, string network) => output.Label(",\"networkName\":").Text(network);

    private static ByteWriter Stamp(this ByteWriter output, Instant now) => output.Label(",\"timestamp\":").Number(now.UnixMilliseconds).U8((byte)'}');

    private static ByteWriter Number(this ByteWriter output, long value)
    {
        var span = output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out int written);
        output.Advance(written);
        return output;
    }

    private static ByteWriter Text(this ByteWriter output, string text)
    {
        output.U8((byte)'"');
        if (text.AsSpan().ContainsAnyExcept(Plain))
        {
            output.Bytes(JsonEncodedText.Encode(text, JavaScriptEncoder.Default).EncodedUtf8Bytes);
        }
        else
        {
            output.Label(text);
        }
        return output.U8((byte)'"');
    }

    private static ByteWriter Hex(this ByteWriter output, PeerId id)
    {
        if (id.UpperCase != 0)
        {
            return output.Label(id.ToString());
        }
        Span<byte> bytes = stackalloc byte[PeerId.Size];
        id.CopyTo(bytes);
        Convert.TryToHexStringLower(bytes, output.GetSpan(2 * PeerId.Size), out int written);
        output.Advance(written);
        return output;
    }
}
