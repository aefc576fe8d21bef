using System.Text;

namespace Roost.Cli.Terminal.Editing;

/// <summary>Somebody else's cursor.</summary>
/// <param name="Index">Where in the text.</param>
/// <param name="Color">Red, green, blue.</param>
internal readonly record struct RemoteCursor(int Index, (byte R, byte G, byte B) Color);

/// <summary>What the editor shows at one moment.</summary>
/// <param name="Text">The document.</param>
/// <param name="Cursor">Our own cursor.</param>
/// <param name="Others">Where others are.</param>
/// <param name="Status">The last line.</param>
internal sealed record EditorView(string Text, int Cursor, IReadOnlyList<RemoteCursor> Others, string Status);

/// <summary>Draws an <see cref="EditorView"/> and gives only what differs from what the terminal shows. Pure; not thread-safe.</summary>
/// <param name="colors">Whether colours may be used; without, others' cursors are underlined.</param>
internal sealed class EditorScreen(bool colors)
{
    private string[] _shown = [];
    private int _top;

    /// <summary>Forgets what the terminal shows: all is drawn anew.</summary>
    public void Invalidate() => _shown = [];

    /// <summary>The rows that a page key moves by.</summary>
    public static int Page(int height) => Math.Max(1, height - 2);

    /// <summary>What to write to the terminal.</summary>
    public string Draw(EditorView view, int width, int height)
    {
        int rows = Math.Max(1, height - 1);
        var layout = new TextLayout(view.Text, Math.Max(1, width - 1));
        var (row, column) = layout.At(view.Cursor);
        _top = Math.Clamp(_top, Math.Max(0, row - rows + 1), row);
        var frame = new string[rows + 1];
        for (int i = 0; i < rows; i++)
        {
            frame[i] = _top + i < layout.Count ? DrawRow(view, layout.Row(_top + i), isLast: _top + i == layout.Count - 1) : colors ? "\e[2m~\e[0m" : "~";
        }
        frame[rows] = "\e[7m" + Fit(view.Status, width) + "\e[0m";
        var output = new StringBuilder("\e[?25l");
        bool all = _shown.Length != frame.Length;
        for (int i = 0; i < frame.Length; i++)
        {
            if (all || _shown[i] != frame[i])
            {
                output.Append($"\e[{i + 1};1H").Append(frame[i]).Append("\e[K");
            }
        }
        _shown = frame;
        return output.Append($"\e[{row - _top + 1};{column + 1}H\e[?25h").ToString();
    }

    private string DrawRow(EditorView view, (int Start, int End) row, bool isLast)
    {
        var line = new StringBuilder();
        int column = 0;
        for (int i = row.Start; i < row.End;)
        {
            int cells = TextLayout.WidthAt(view.Text, i, column, out int units);
            string shown = view.Text[i] == '\t' ? new string(' ', cells) : TerminalFilter.IsUnseen(view.Text[i]) ? "·" : view.Text.Substring(i, units);
            line.Append(Mark(view, i, i + units, shown));
            column += cells;
            i += units;
        }
        // A cursor behind the last character of a line stands on nothing: it gets a space to stand on.
        bool endsHere = isLast || (row.End < view.Text.Length && view.Text[row.End] == '\n');
        return endsHere && view.Others.Any(o => o.Index == row.End) ? line.Append(Mark(view, row.End, row.End + 1, " ")).ToString() : line.ToString();
    }

    private string Mark(EditorView view, int from, int to, string shown)
    {
        foreach (var other in view.Others)
        {
            if (other.Index >= from && other.Index < to)
            {
                var (r, g, b) = other.Color;
                // Dark letters on bright colours and the other way round.
                int ink = (r * 299 + g * 587 + b * 114) / 1000 > 128 ? 30 : 97;
                return colors ? $"\e[{ink};48;2;{r};{g};{b}m{shown}\e[0m" : $"\e[4m{shown}\e[0m";
            }
        }
        return shown;
    }

    /// <summary>Cut or filled to a width, counted in cells.</summary>
    private static string Fit(string text, int width)
    {
        var line = new StringBuilder();
        int column = 0;
        for (int i = 0; i < text.Length;)
        {
            int cells = TextLayout.WidthAt(text, i, column, out int units);
            if (column + cells > width)
            {
                break;
            }
            line.Append(text, i, units);
            column += cells;
            i += units;
        }
        return line.Append(' ', Math.Max(0, width - column)).ToString();
    }
}
