using System.Text.Json;

namespace Roost.Mesh.Signaling;

/// <summary>What two peers say to agree on a connection (docs/protocol/signaling.md, "Payload", kind 00).</summary>
public abstract record Signal
{
    private Signal()
    {
    }

    /// <summary>Makes, renegotiates or restarts connection <paramref name="C"/>.</summary>
    public sealed record Offer(string Sdp, string C) : Signal;

    /// <summary>Answers an offer of connection <paramref name="C"/>.</summary>
    public sealed record Answer(string Sdp, string C) : Signal;

    /// <summary>One more address of the sender; null after the last.</summary>
    public sealed record Candidate(string? Line, string C) : Signal;

    /// <summary>There is no connection, and none is wanted for now.</summary>
    public sealed record Bye : Signal;

    /// <summary>As JSON.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", this switch { Offer => "offer", Answer => "answer", Candidate => "ice-candidate", _ => "bye" });
            switch (this)
            {
                case Offer offer:
                    json.WriteString("sdp", offer.Sdp);
                    json.WriteString("c", offer.C);
                    break;
                case Answer answer:
                    json.WriteString("sdp", answer.Sdp);
                    json.WriteString("c", answer.C);
                    break;
                case Candidate candidate:
                    WriteCandidate(json, candidate.Line);
                    json.WriteString("c", candidate.C);
                    break;
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>Reads JSON; null for anything that is not in the table.</summary>
    public static Signal? TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var said = JsonDocument.Parse(json);
            return Read(said.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Signal? Read(JsonElement said)
    {
        if (Text(said, "type") is not { } type)
        {
            return null;
        }
        if (type == "bye")
        {
            return new Bye();
        }
        if (Text(said, "c") is not { Length: 8 } c || !c.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }
        return type switch
        {
            "offer" when Text(said, "sdp") is { } sdp => new Offer(sdp, c),
            "answer" when Text(said, "sdp") is { } sdp => new Answer(sdp, c),
            "ice-candidate" when said.TryGetProperty("candidate", out var none) && none.ValueKind == JsonValueKind.Null => new Candidate(null, c),
            "ice-candidate" when said.TryGetProperty("candidate", out var candidate) && Text(candidate, "candidate") is { } line => new Candidate(line, c),
            _ => null,
        };
    }

    private static string? Text(JsonElement said, string name) =>
        said.ValueKind == JsonValueKind.Object && said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Decoded(value) : null;

    private static string? Decoded(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate: no text
        }
    }

    private static void WriteCandidate(Utf8JsonWriter json, string? line)
    {
        if (line is null)
        {
            json.WriteNull("candidate");
            return;
        }
        json.WriteStartObject("candidate");
        json.WriteString("candidate", line);
        json.WriteNumber("sdpMLineIndex", 0);
        json.WriteEndObject();
    }
}
