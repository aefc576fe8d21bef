using System.Text.Json;
using System.Text.Unicode;
using Roost.Core.Codec;
using Roost.Core.Identity;

namespace Roost.Dialects.Pigeon;

/// <summary>PeerPigeon's JSON messages to envelopes and back (docs/protocol/pigeon.md). Stateless; thread-safe.</summary>
public static partial class PigeonCodec
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = PigeonLimits.MaxDepth };

    /// <summary>Reads one message. False: not a JSON object in valid UTF-8, too deep, or followed by something. Never throws.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> message, out PigeonFrame frame)
    {
        frame = default;
        // data is sent on as text: bytes that are not UTF-8 would make the receiver close its connection.
        if (!Utf8.IsValid(message.Span))
        {
            return false;
        }
        try
        {
            var reader = new Utf8JsonReader(message.Span, Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && TryReadObject(ref reader, message, out frame) && !reader.Read();
        }
        catch (JsonException)
        {
            return false; // The BCL's reader has no other way to say so.
        }
    }

    private static bool TryReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> message, out PigeonFrame frame)
    {
        frame = new(PigeonType.Unknown, "", default, null, null, null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                var type = TypeOf(ref reader);
                frame = frame with { Type = type, TypeText = type == PigeonType.Unknown ? ShortText(ref reader) : "" };
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                frame = frame with { Data = message[start..(int)reader.BytesConsumed] };
            }
            else if (reader.ValueTextEquals("targetPeerId"u8))
            {
                reader.Read();
                frame = frame with { Target = IdOf(ref reader) };
            }
            else if (reader.ValueTextEquals("networkName"u8))
            {
                reader.Read();
                frame = frame with { Network = reader.TokenType == JsonTokenType.String ? Text(ref reader) : null };
            }
            else if (reader.ValueTextEquals("maxPeers"u8))
            {
                reader.Read();
                frame = frame with { MaxPeers = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int most) ? most : null };
            }
            else
            {
                reader.Read();
            }
            reader.Skip(); // What is no scalar where one belongs.
        }
        return reader.TokenType == JsonTokenType.EndObject;
    }

    /// <summary>The members of an announcement's <c>data</c> as they came, without those that only the hub may say.</summary>
    /// <remarks>PeerPigeon's server lets a client's <c>peerId</c> and <c>isHub</c> override its own: that is how one poses as another, or as a hub.</remarks>
    public static byte[] CardOf(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
        {
            return [];
        }
        var card = new ByteWriter(data.Length);
        var reader = new Utf8JsonReader(data.Span, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return [];
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool ours = reader.ValueTextEquals("peerId"u8) || reader.ValueTextEquals("isHub"u8);
            int start = (int)reader.TokenStartIndex;
            reader.Read();
            reader.Skip();
            if (!ours)
            {
                card.U8((byte)',').Bytes(data.Span[start..(int)reader.BytesConsumed]);
            }
        }
        return card.ToArray();
    }

    private static PigeonType TypeOf(ref Utf8JsonReader reader) => reader.TokenType != JsonTokenType.String ? PigeonType.Unknown
        : reader.ValueTextEquals("offer"u8) ? PigeonType.Offer
        : reader.ValueTextEquals("answer"u8) ? PigeonType.Answer
        : reader.ValueTextEquals("ice-candidate"u8) ? PigeonType.IceCandidate
        : reader.ValueTextEquals("announce"u8) ? PigeonType.Announce
        : reader.ValueTextEquals("goodbye"u8) ? PigeonType.Goodbye
        : reader.ValueTextEquals("ping"u8) ? PigeonType.Ping
        : reader.ValueTextEquals("cleanup"u8) ? PigeonType.Cleanup
        : PigeonType.Unknown;

    private static string ShortText(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && Text(ref reader) is { } text ? text[..Math.Min(text.Length, PigeonLimits.MaxEchoedType)] : "undefined";

    private static PeerId? IdOf(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && PeerId.TryParse(Text(ref reader), out var id) ? id : null;

    // An escape of half a surrogate pair is valid JSON and no text; it names nothing here.
    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
