using System.Text;

namespace Roost.Cli.Terminal.Editing;

/// <summary>Turns what a terminal in raw mode sends into keys (ECMA-48 and what xterm made usual). A sequence may come in parts. Not thread-safe.</summary>
internal sealed class KeyDecoder
{
    private const string PasteEnd = "\e[201~";

    private static readonly Dictionary<string, KeyName> Sequences = new()
    {
        ["[A"] = KeyName.Up,
        ["[B"] = KeyName.Down,
        ["[C"] = KeyName.Right,
        ["[D"] = KeyName.Left,
        ["[H"] = KeyName.Home,
        ["[F"] = KeyName.End,
        ["OA"] = KeyName.Up,
        ["OB"] = KeyName.Down,
        ["OC"] = KeyName.Right,
        ["OD"] = KeyName.Left,
        ["OH"] = KeyName.Home,
        ["OF"] = KeyName.End,
        ["[1~"] = KeyName.Home,
        ["[7~"] = KeyName.Home,
        ["[4~"] = KeyName.End,
        ["[8~"] = KeyName.End,
        ["[3~"] = KeyName.Delete,
        ["[5~"] = KeyName.PageUp,
        ["[6~"] = KeyName.PageDown,
        ["[1;5H"] = KeyName.Top,
        ["[1;5F"] = KeyName.Bottom,
    };

    private readonly Decoder _utf8 = new UTF8Encoding(false, false).GetDecoder();
    private readonly StringBuilder _rest = new();
    private bool _pasting;

    /// <summary>Whether a sequence has begun that may still end: an Escape alone, or half of an arrow.</summary>
    public bool IsWaiting => _rest.Length > 0;

    /// <summary>Takes bytes, gives keys.</summary>
    public IReadOnlyList<Key> Take(ReadOnlySpan<byte> bytes)
    {
        var chars = new char[bytes.Length + 1];
        int count = _utf8.GetChars(bytes, chars, flush: false);
        _rest.Append(chars, 0, count);
        string text = _rest.ToString();
        _rest.Clear();
        var keys = new List<Key>();
        int at = 0;
        while (at < text.Length)
        {
            int next = _pasting ? TakePaste(text, at, keys) : text[at] == '\e' ? TakeSequence(text, at, keys) : TakePlain(text, at, keys);
            if (next < 0)
            {
                _rest.Append(text.AsSpan(at));
                break;
            }
            at = next;
        }
        return keys;
    }

    /// <summary>Nothing more came: what waits was an Escape, which does nothing.</summary>
    public void GiveUp() => _rest.Clear();

    private int TakePaste(string text, int at, List<Key> keys)
    {
        int end = text.IndexOf(PasteEnd, at, StringComparison.Ordinal);
        // The end mark may be cut in two: as much as it could have begun with is kept back.
        int stop = end >= 0 ? end : text.Length - Math.Min(PasteEnd.Length - 1, text.Length - at);
        if (end < 0 && !text.AsSpan(stop).Contains('\e'))
        {
            stop = text.Length;
        }
        string pasted = Clean(text[at..stop]);
        if (pasted.Length > 0)
        {
            keys.Add(new Key(KeyName.Text, pasted));
        }
        if (end >= 0)
        {
            _pasting = false;
            return end + PasteEnd.Length;
        }
        return stop == text.Length ? stop : stop > at ? Keep(text, stop) : -1;
    }

    private int Keep(string text, int from)
    {
        _rest.Append(text.AsSpan(from));
        return text.Length;
    }

    private int TakeSequence(string text, int at, List<Key> keys)
    {
        int end = at + 1;
        if (end >= text.Length)
        {
            return -1;
        }
        if (text[end] == 'O')
        {
            end++;
        }
        else if (text[end] == '[')
        {
            end++;
            while (end < text.Length && text[end] is >= '0' and <= '?')
            {
                end++;
            }
        }
        if (end >= text.Length)
        {
            return end - at > 32 ? end : -1;
        }
        string sequence = text[(at + 1)..(end + 1)];
        if (sequence == "[200~")
        {
            _pasting = true;
        }
        else if (Sequences.TryGetValue(sequence, out var name))
        {
            keys.Add(new Key(name));
        }
        return end + 1;
    }

    private static int TakePlain(string text, int at, List<Key> keys)
    {
        KeyName? name = text[at] switch
        {
            '\r' or '\n' => KeyName.Enter,
            '\t' => KeyName.Tab,
            '\b' or '\u007f' => KeyName.Backspace,
            '\u0001' => KeyName.Home,
            '\u0005' => KeyName.End,
            '\u0004' => KeyName.Delete,
            '\u0003' or '\u0011' or '\u0018' => KeyName.Quit,
            '\u0007' => KeyName.Invite,
            '\u000c' => KeyName.Refresh,
            '\u001a' => KeyName.Undo,
            '\u0019' => KeyName.Redo,
            _ => null,
        };
        if (name is { } known)
        {
            keys.Add(new Key(known));
            return at + 1;
        }
        int end = at;
        while (end < text.Length && text[end] >= ' ' && text[end] != '\u007f')
        {
            end++;
        }
        if (end > at)
        {
            keys.Add(new Key(KeyName.Text, text[at..end]));
        }
        return Math.Max(end, at + 1);
    }

    /// <summary>Pasted text without what would confuse a terminal; lines end in \n.</summary>
    private static string Clean(string pasted) =>
        string.Concat(pasted.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Where(c => c is '\n' or '\t' || !char.IsControl(c)));
}
