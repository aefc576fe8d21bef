using System.Text.Json;

namespace Roost.Cli.Models;

/// <summary>One event of a streamed chat completion.</summary>
/// <param name="Text">What it adds to the answer; may be empty.</param>
/// <param name="IsLast">Whether the answer is complete.</param>
/// <param name="Error">What went wrong at the model's end, in its words.</param>
internal readonly record struct CompletionChunk(string Text, bool IsLast, string? Error)
{
    /// <summary>Reads an event; null for what is none of a chat completion.</summary>
    public static CompletionChunk? TryRead(string data)
    {
        if (data.Trim() == "[DONE]")
        {
            return new("", IsLast: true, null);
        }
        try
        {
            using var json = JsonDocument.Parse(data);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }
            if (root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
            {
                return new("", IsLast: true, ErrorText(error));
            }
            if (!root.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0 || choices[0].ValueKind != JsonValueKind.Object)
            {
                return null;
            }
            var choice = choices[0];
            bool isLast = choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String;
            string text = choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object
                && delta.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String
                ? content.GetString()!
                : "";
            return new(text, isLast, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Broken JSON, or a string that is not UTF-16 (half of a surrogate pair).
            return null;
        }
    }

    /// <summary>The words of an <c>error</c> member, whatever its form.</summary>
    public static string ErrorText(JsonElement error)
    {
        string text = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) ? message.ToString() : error.ToString();
        return text.Length > 300 ? text[..300] + "…" : text;
    }
}
