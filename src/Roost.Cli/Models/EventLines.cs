using System.Runtime.CompilerServices;
using System.Text;

namespace Roost.Cli.Models;

/// <summary>Reads <c>text/event-stream</c>: the data of each event. Pieces may end anywhere, even within a character.</summary>
internal static class EventLines
{
    /// <summary>A line longer than this is no chat completion.</summary>
    public const int MaxLineChars = 1024 * 1024;

    /// <summary>The data of each event, in order; an event that the end of the stream cuts off without its empty line is given too.</summary>
    /// <exception cref="InvalidDataException">A line over <see cref="MaxLineChars"/>.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[8192];
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var line = new StringBuilder();
        var data = new StringBuilder();
        bool afterReturn = false;
        while (await stream.ReadAsync(bytes, cancellationToken) is > 0 and var read)
        {
            int count = decoder.GetChars(bytes, 0, read, chars, 0);
            for (int i = 0; i < count; i++)
            {
                char c = chars[i];
                if (c is not ('\n' or '\r'))
                {
                    afterReturn = false;
                    if (line.Length >= MaxLineChars)
                    {
                        throw new InvalidDataException("a line of over a megabyte");
                    }
                    line.Append(c);
                    continue;
                }
                if (c == '\n' && afterReturn)
                {
                    afterReturn = false;
                    continue; // the second half of CR LF
                }
                afterReturn = c == '\r';
                if (Take(line, data) is { } whole)
                {
                    yield return whole;
                }
            }
        }
        Take(line, data);
        if (data.Length > 0)
        {
            yield return data.ToString();
        }
    }

    /// <summary>Takes a finished line in; an empty one completes the event.</summary>
    private static string? Take(StringBuilder line, StringBuilder data)
    {
        string text = line.ToString();
        line.Clear();
        if (text.Length == 0)
        {
            string? whole = data.Length > 0 ? data.ToString() : null;
            data.Clear();
            return whole;
        }
        if (text.StartsWith("data:", StringComparison.Ordinal))
        {
            data.Append(data.Length > 0 ? "\n" : "").Append(text.AsSpan(text.AsSpan(5).StartsWith(" ") ? 6 : 5));
        }
        return null;
    }
}
