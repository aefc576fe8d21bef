using System.Buffers;
using System.Text;

namespace Roost.Cli.Terminal;

/// <summary>
/// What somebody else wrote, made fit for this terminal: text, its colours, and moves within the line stay; whatever would set the clipboard or the
/// title, ask the terminal to answer, move to other lines, change how it works, or turn the direction of the text behind it around goes.
/// </summary>
/// <remarks>Sequences as in ECMA-48. Takes pieces however they are cut. Not thread-safe.</remarks>
internal sealed class TerminalFilter
{
    // Colours are shorter; what is longer is no sequence that anybody needs.
    private const int LongestSequence = 64;

    private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: false).GetDecoder();
    private readonly StringBuilder _kept = new();
    private readonly StringBuilder _sequence = new();
    private State _state;
    private bool _isColoured;

    private enum State
    {
        Text,
        Escape,      // ESC
        Control,     // ESC [ … until @ to ~
        Command,     // ESC ] P X ^ _ … until BEL or ESC \
        CommandEnd,  // … ESC
        Designation, // ESC ( … one more
    }

    /// <summary>What of the next bytes may be shown.</summary>
    public byte[] Take(ReadOnlySpan<byte> bytes)
    {
        var characters = ArrayPool<char>.Shared.Rent(_decoder.GetCharCount(bytes, flush: false));
        int count = _decoder.GetChars(bytes, characters, flush: false);
        string shown = Take(characters.AsSpan(0, count));
        ArrayPool<char>.Shared.Return(characters);
        return Encoding.UTF8.GetBytes(shown);
    }

    /// <summary>What of the next characters may be shown.</summary>
    public string Take(ReadOnlySpan<char> text)
    {
        _kept.Clear();
        foreach (char c in text)
        {
            Take(c);
        }
        return _kept.ToString();
    }

    /// <summary>What leaves the terminal with its own colours; empty when no other are set.</summary>
    public string End()
    {
        string end = _isColoured ? "\e[0m" : "";
        _isColoured = false;
        return end;
    }

    /// <summary>A word of others within a line of our own: no control characters at all.</summary>
    public static string Plain(string text) =>
        text.Any(IsUnseen) ? string.Concat(text.Where(c => !Turns(c)).Select(c => char.IsControl(c) ? ' ' : c)) : text;

    /// <summary>Control characters, and what turns text around: nothing that shows, and nothing that a terminal of ours gets from others as it is.</summary>
    public static bool IsUnseen(char c) => char.IsControl(c) || Turns(c);

    /// <summary>Unicode's LRE to RLO and LRI to PDI: behind them a line may read otherwise than it is written.</summary>
    private static bool Turns(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    /// <summary>A whole text as a terminal may have it.</summary>
    public static string Safe(string text)
    {
        var filter = new TerminalFilter();
        return filter.Take(text.AsSpan()) + filter.End();
    }

    private void Take(char c)
    {
        if (_state != State.Text)
        {
            _state = Next(c);
            if (c is not ('\n' or '\r'))
            {
                return;
            }
        }
        switch (c)
        {
            case '\e':
                _state = State.Escape;
                break;
            case '\u009b':
                Begin();
                break;
            case '\u0090' or '\u0098' or '\u009d' or '\u009e' or '\u009f':
                _state = State.Command;
                break;
            case '\n' or '\r' or '\t' or '\b':
                _kept.Append(c);
                break;
            default:
                if (!IsUnseen(c))
                {
                    _kept.Append(c);
                }
                break;
        }
    }

    private State Begin()
    {
        _sequence.Clear();
        return _state = State.Control;
    }

    private State Next(char c)
    {
        if (c is '\n' or '\r' or '\x18' or '\x1a')
        {
            // A line's end is never part of one: what is not finished there would swallow the text that follows.
            return State.Text;
        }
        if (c == '\e')
        {
            return _state == State.Command ? State.CommandEnd : State.Escape;
        }
        switch (_state)
        {
            case State.Escape:
                return c switch
                {
                    '[' => Begin(),
                    ']' or 'P' or 'X' or '^' or '_' => State.Command,
                    >= ' ' and <= '/' => State.Designation,
                    _ => State.Text,
                };
            case State.Control when c is >= '@' and <= '~':
                Keep(c);
                return State.Text;
            case State.Control:
                if (_sequence.Length <= LongestSequence)
                {
                    _sequence.Append(c);
                }
                return State.Control;
            case State.Command:
                return c is '\a' or '\u009c' ? State.Text : State.Command;
            case State.CommandEnd:
                return c == '\\' ? State.Text : State.Command;
            default:
                return c is >= ' ' and <= '/' ? State.Designation : State.Text;
        }
    }

    /// <summary>Colours (m), erasing in the line (K), and moves within it (C, D, G), with numbers only: "?" and the like mean something else.</summary>
    private void Keep(char final)
    {
        string numbers = _sequence.ToString();
        if (final is not ('m' or 'K' or 'C' or 'D' or 'G') || numbers.Length > LongestSequence || !numbers.All(c => c is >= '0' and <= ';'))
        {
            return;
        }
        _kept.Append("\e[").Append(numbers).Append(final);
        if (final == 'm')
        {
            _isColoured = numbers.Trim('0', ';').Length > 0;
        }
    }
}
