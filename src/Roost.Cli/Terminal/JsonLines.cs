using System.Text;
using System.Text.Json;

namespace Roost.Cli.Terminal;

/// <summary><c>--json</c>: one object a line on stdout, <c>{"v":1,"t":…,"ev":…,…}</c>. Fields are only ever added within v 1 (docs/json.md). Thread-safe.</summary>
/// <remarks>Events come from many places, so a stdout that takes no more throws at none of them; it cancels <see cref="Broken"/>.</remarks>
internal sealed class JsonLines(bool enabled)
{
    // A process has one stdout.
    private static readonly CancellationTokenSource NoMore = new();

    private readonly Lock _lock = new();
    private readonly Stream _out = StandardOutput.Open();

    /// <summary>Whether anything is written.</summary>
    public bool Enabled => enabled;

    /// <summary>Cancelled when nothing more can be written: the command shall end in order.</summary>
    public CancellationToken Broken { get; } = NoMore.Token;

    /// <summary>Why nothing more can be written; null also when merely nobody reads any more.</summary>
    public string? Failure { get; private set; }

    /// <summary>Writes one event; fields that are null are left out.</summary>
    public void Write(string ev, params (string Name, object? Value)[] fields)
    {
        if (!enabled)
        {
            return;
        }
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("v", 1);
            json.WriteString("t", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
            json.WriteString("ev", ev);
            foreach (var (name, value) in fields)
            {
                WriteField(json, name, value);
            }
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        lock (_lock)
        {
            if (NoMore.IsCancellationRequested)
            {
                return;
            }
            try
            {
                _out.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
                return;
            }
            catch (IOException e)
            {
                Failure = e is ReaderGoneException ? null : e.Message;
            }
        }
        NoMore.Cancel();
    }

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                json.WriteString(name, text);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case ulong number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number:
                json.WriteNumber(name, number);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case ReadOnlyMemory<byte> bytes:
                // Text where it is text, base64 where JSON could not carry the bytes unchanged.
                if (System.Text.Unicode.Utf8.IsValid(bytes.Span))
                {
                    json.WriteString(name, Encoding.UTF8.GetString(bytes.Span));
                }
                else
                {
                    json.WriteBase64String(name + "Base64", bytes.Span);
                }
                break;
            default:
                json.WriteString(name, value.ToString());
                break;
        }
    }
}
