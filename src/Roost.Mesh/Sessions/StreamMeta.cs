using System.Text.Json;
using System.Text.Json.Serialization;

namespace Roost.Mesh.Sessions;

/// <summary>Entry 1 of a stream (docs/protocol/feeds.md).</summary>
public sealed record StreamMeta
{
    /// <summary>Version of this JSON.</summary>
    [JsonPropertyName("v")]
    public int V { get; init; } = 1;

    /// <summary>What the host called it; may be empty.</summary>
    [JsonPropertyName("title")]
    public string Title { get; init; } = "";

    /// <summary>"plain", "ansi" or "md".</summary>
    [JsonPropertyName("format")]
    public string Format { get; init; } = "ansi";

    /// <summary>When it began, unix ms.</summary>
    [JsonPropertyName("t")]
    public long StartedMs { get; init; }

    /// <summary>Whether viewers may send questions (docs/protocol/questions.md).</summary>
    [JsonPropertyName("ask")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CanAsk { get; init; }

    /// <summary>The epoch that this one follows.</summary>
    [JsonPropertyName("prev")]
    public PreviousEpoch? Previous { get; init; }

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StreamJson.Default.StreamMeta);

    /// <summary>Reads JSON; null when it is none of ours.</summary>
    public static StreamMeta? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StreamJson.Default.StreamMeta);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Where an older epoch of the same author ended.</summary>
public sealed record PreviousEpoch(
    [property: JsonPropertyName("epoch")] string Epoch,
    [property: JsonPropertyName("n")] ulong N,
    [property: JsonPropertyName("chain")] string Chain);

/// <summary>The end of a stream.</summary>
public sealed record StreamEnd(
    [property: JsonPropertyName("exit")] int? Exit,
    [property: JsonPropertyName("reason")] string Reason)
{
    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StreamJson.Default.StreamEnd);

    /// <summary>Reads JSON; null when it is none of ours.</summary>
    public static StreamEnd? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StreamJson.Default.StreamEnd);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(StreamMeta))]
[JsonSerializable(typeof(StreamEnd))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
internal sealed partial class StreamJson : JsonSerializerContext;
