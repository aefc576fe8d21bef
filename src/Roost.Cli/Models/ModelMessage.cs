using System.Text.Json.Serialization;

namespace Roost.Cli.Models;

/// <summary>One turn of a conversation: "system", "user" or "assistant".</summary>
internal sealed record ModelMessage([property: JsonPropertyName("role")] string Role, [property: JsonPropertyName("content")] string Content);

/// <summary>What is sent to <c>/chat/completions</c>.</summary>
internal sealed record ModelRequest(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("messages")] IReadOnlyList<ModelMessage> Messages,
    [property: JsonPropertyName("stream")] bool Stream);

[JsonSerializable(typeof(ModelRequest))]
[JsonSerializable(typeof(ModelMessage[]))]
internal sealed partial class ModelJson : JsonSerializerContext;
