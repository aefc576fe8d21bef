using System.Text;

namespace Roost.Cli.Terminal.Editing;

/// <summary>A text laid out in rows of a width: where each row begins and ends, and where in it a character stands. Immutable.</summary>
internal sealed class TextLayout
{
    private const int TabStop = 4;

    private readonly string _text;
    private readonly List<(int Start, int End)> _rows = [];

    public TextLayout(string text, int width)
    {
        _text = text;
        int start = 0;
        int column = 0;
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == '\n')
            {
                _rows.Add((start, i));
                start = ++i;
                column = 0;
                continue;
            }
            int cells = WidthAt(text, i, column, out int units);
            if (column + cells > width && column > 0)
            {
                _rows.Add((start, i));
                start = i;
                column = 0;
                cells = WidthAt(text, i, column, out units);
            }
            column += cells;
            i += units;
        }
        _rows.Add((start, text.Length));
    }

    /// <summary>Rows; at least one.</summary>
    public int Count => _rows.Count;

    /// <summary>The part of the text that a row shows.</summary>
    public (int Start, int End) Row(int row) => _rows[row];

    /// <summary>Where a position of the text stands.</summary>
    public (int Row, int Column) At(int index)
    {
        int low = 0;
        int high = _rows.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_rows[middle].Start <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }
        int column = 0;
        for (int i = _rows[low].Start; i < index && i < _rows[low].End;)
        {
            column += WidthAt(_text, i, column, out int units);
            i += units;
        }
        return (low, column);
    }

    /// <summary>The position of the text that is nearest to a place.</summary>
    public int IndexAt(int row, int column)
    {
        var (start, end) = _rows[Math.Clamp(row, 0, _rows.Count - 1)];
        int at = 0;
        int i = start;
        while (i < end)
        {
            int cells = WidthAt(_text, i, at, out int units);
            if (at + cells > column)
            {
                break;
            }
            at += cells;
            i += units;
        }
        // The end of a row that goes on below is the start of the next.
        return i == end && end < _text.Length && _text[end] != '\n' && i > start ? Before(_text, i) : i;
    }

    /// <summary>The position before <paramref name="index"/>, never between the halves of a character.</summary>
    public static int Before(string text, int index) => index <= 0 ? 0 : index - (index > 1 && char.IsLowSurrogate(text[index - 1]) && char.IsHighSurrogate(text[index - 2]) ? 2 : 1);

    /// <summary>The position after <paramref name="index"/>.</summary>
    public static int After(string text, int index) => index >= text.Length ? text.Length : index + (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1);

    /// <summary>Cells that the character at <paramref name="index"/> takes, and its UTF-16 units.</summary>
    public static int WidthAt(string text, int index, int column, out int units)
    {
        units = 1;
        if (text[index] == '\t')
        {
            return TabStop - column % TabStop;
        }
        if (TerminalFilter.IsUnseen(text[index]) || !Rune.TryGetRuneAt(text, index, out var rune))
        {
            return 1; // a dot stands for what does not show
        }
        units = rune.Utf16SequenceLength;
        return Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark or System.Globalization.UnicodeCategory.Format
            ? 0
            : IsWide(rune.Value) ? 2 : 1;
    }

    // Unicode 16, EastAsianWidth W and F, by blocks.
    private static bool IsWide(int value) => value is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0x303E or >= 0x3041 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3
        or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x1F300 and <= 0x1F64F
        or >= 0x1F680 and <= 0x1F6FF or >= 0x1F900 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD;
}
