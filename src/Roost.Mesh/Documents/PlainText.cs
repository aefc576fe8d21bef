using System.Buffers;
using System.Text;

namespace Roost.Mesh.Documents;

/// <summary>
/// Makes of what a program writes to a terminal the text that a document can hold: UTF-8 becomes characters, escape sequences and control characters
/// go, and every line ends with a line feed. What is cut between two pieces is put together again.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class PlainText
{
    private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: false).GetDecoder();
    private Escape _escape;
    private bool _afterReturn;

    /// <summary>Bytes that begin a sequence of a terminal, and where one ends (ECMA-48).</summary>
    private enum Escape
    {
        None,
        Begun,       // ESC
        Control,     // ESC [ … until @ to ~
        Command,     // ESC ] P X ^ _ … until BEL or ESC \
        CommandEnd,  // … ESC
        Designation, // ESC ( … one more
    }

    /// <summary>Whether something was no text: bytes that are not UTF-8, or NUL.</summary>
    public bool HasForeign { get; private set; }

    /// <summary>Adds the next bytes' text to <paramref name="text"/>.</summary>
    /// <param name="bytes">The next bytes.</param>
    /// <param name="isLast">Whether none follow: half a character is then none.</param>
    /// <param name="text">Where it goes.</param>
    public void Take(ReadOnlySpan<byte> bytes, bool isLast, StringBuilder text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(_decoder.GetCharCount(bytes, isLast));
        int count = _decoder.GetChars(bytes, buffer, isLast);
        int kept = 0;
        foreach (char c in buffer.AsSpan(0, count))
        {
            if (Keeps(c) is { } shown)
            {
                buffer[kept++] = shown;
            }
        }
        text.Append(buffer, 0, kept);
        ArrayPool<char>.Shared.Return(buffer);
    }

    private char? Keeps(char c)
    {
        if (_escape != Escape.None)
        {
            _escape = Next(_escape, c);
            if (c != '\n')
            {
                return null;
            }
        }
        bool endsReturn = _afterReturn && c == '\n';
        _afterReturn = c == '\r';
        switch (c)
        {
            case '\e':
                _escape = Escape.Begun;
                return null;
            case '\r':
                return '\n';
            case '\n':
                return endsReturn ? null : c;
            case '\t':
                return c;
            case '\0' or '\uFFFD':
                HasForeign = true;
                return '\uFFFD';
            default:
                return char.IsControl(c) ? null : c;
        }
    }

    private static Escape Next(Escape state, char c) => state switch
    {
        // A line ends what no terminal would have waited for longer.
        _ when c is '\n' or '\x18' or '\x1a' => Escape.None,
        Escape.Begun => c switch
        {
            '[' => Escape.Control,
            ']' or 'P' or 'X' or '^' or '_' => Escape.Command,
            >= ' ' and <= '/' => Escape.Designation,
            '\e' => Escape.Begun,
            _ => Escape.None,
        },
        Escape.Control => c is >= '@' and <= '~' ? Escape.None : Escape.Control,
        Escape.Command => c == '\a' ? Escape.None : c == '\e' ? Escape.CommandEnd : Escape.Command,
        Escape.CommandEnd => c == '\\' ? Escape.None : Escape.Command,
        Escape.Designation => c is >= ' ' and <= '/' ? Escape.Designation : Escape.None,
        _ => Escape.None,
    };
}
