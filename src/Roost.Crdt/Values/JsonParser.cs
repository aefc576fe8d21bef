using System.Globalization;
using System.Text;

namespace Roost.Crdt;

/// <summary>Strict RFC 8259 JSON as <c>JSON.parse</c> reads it: the last of equal keys wins, lone surrogates are kept.</summary>
internal ref struct JsonParser
{
    public const int MaxDepth = 64;

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private JsonParser(ReadOnlySpan<char> text) => _text = text;

    public static YValue Parse(ReadOnlySpan<char> text)
    {
        var parser = new JsonParser(text);
        var value = parser.ReadValue(0);
        parser.SkipSpace();
        return parser._at == text.Length ? value : throw parser.Bad("end of text");
    }

    private YValue ReadValue(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"JSON deeper than {MaxDepth} levels.");
        }

        SkipSpace();
        switch (_at < _text.Length ? _text[_at] : '\0')
        {
            case '{': return ReadObject(depth);
            case '[': return ReadArray(depth);
            case '"': return ReadString();
            case 't': return ReadWord("true", true);
            case 'f': return ReadWord("false", false);
            case 'n': return ReadWord("null", YValue.Null);
            default: return ReadNumber();
        }
    }

    private YValue ReadObject(int depth)
    {
        var result = new YObject();
        _at++;
        SkipSpace();
        if (TryTake('}'))
        {
            return result;
        }

        do
        {
            SkipSpace();
            var key = ReadString();
            SkipSpace();
            Take(':');
            result[key] = ReadValue(depth + 1);
            SkipSpace();
        }
        while (TryTake(','));
        Take('}');
        return result;
    }

    private YValue ReadArray(int depth)
    {
        var items = new List<YValue>();
        _at++;
        SkipSpace();
        if (TryTake(']'))
        {
            return Array.Empty<YValue>();
        }

        do
        {
            items.Add(ReadValue(depth + 1));
            SkipSpace();
        }
        while (TryTake(','));
        Take(']');
        return items.ToArray();
    }

    private string ReadString()
    {
        Take('"');
        var rest = _text[_at..];
        var end = rest.IndexOfAny('"', '\\');
        if (end >= 0 && rest[end] == '"' && rest[..end].IndexOfAnyInRange('\0', '\u001f') < 0)
        {
            _at += end + 1;
            return rest[..end].ToString();
        }

        var output = new StringBuilder();
        while (true)
        {
            var c = Next();
            if (c == '"')
            {
                return output.ToString();
            }

            if (c < ' ')
            {
                throw Bad("an escaped control character");
            }

            output.Append(c == '\\' ? ReadEscape() : c);
        }
    }

    private char ReadEscape()
    {
        var c = Next();
        switch (c)
        {
            case '"' or '\\' or '/': return c;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 <= _text.Length
                && ushort.TryParse(_text.Slice(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                _at += 4;
                return (char)unit;
            default: throw Bad("an escape");
        }
    }

    private YValue ReadNumber()
    {
        var start = _at;
        TryTake('-');
        if (!TryTake('0') && Digits() == 0)
        {
            throw Bad("a value");
        }

        if (TryTake('.') && Digits() == 0)
        {
            throw Bad("a digit");
        }

        if (TryTake('e') || TryTake('E'))
        {
            _ = TryTake('+') || TryTake('-');
            if (Digits() == 0)
            {
                throw Bad("a digit");
            }
        }

        return double.Parse(_text[start.._at], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private int Digits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        return _at - start;
    }

    private YValue ReadWord(string word, YValue value)
    {
        if (!_text[_at..].StartsWith(word, StringComparison.Ordinal))
        {
            throw Bad(word);
        }

        _at += word.Length;
        return value;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }
    }

    private char Next() => _at < _text.Length ? _text[_at++] : throw Bad("more text");

    private bool TryTake(char wanted)
    {
        if (_at < _text.Length && _text[_at] == wanted)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Take(char wanted)
    {
        if (!TryTake(wanted))
        {
            throw Bad($"'{wanted}'");
        }
    }

    private readonly FormatException Bad(string wanted) => new($"JSON: expected {wanted} at {_at}.");
}
