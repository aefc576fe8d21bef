using System.Text;
using Roost.Cli.Terminal;

namespace Roost.Cli.Features.Asking;

/// <summary>The answer on stdout: as it is, or rendered line by line.</summary>
/// <param name="render">Whether its Markdown is shown as what it means.</param>
/// <param name="readerGone">Told when nobody reads stdout any more; what follows is not printed.</param>
internal sealed class AnswerPrinter(bool render, Action readerGone)
{
    private readonly Stream _out = StandardOutput.Open();
    // A model writes what others made it write, too: on a terminal that is text and colours, nothing else.
    private readonly TerminalFilter? _filter = Console.IsOutputRedirected ? null : new();
    private readonly MarkdownLines? _markdown = render && Screen.OutputColors ? new() : null;
    private readonly StringBuilder _line = new();
    private bool _endsLine = true;
    private bool _isGone;

    public void Write(string text)
    {
        text = _filter?.Take(text.AsSpan()) ?? text;
        if (_markdown is null)
        {
            Put(text);
            return;
        }
        _line.Append(text);
        for (int cut; (cut = IndexOfLineEnd()) >= 0;)
        {
            Put(_markdown.Render(_line.ToString(0, cut)) + "\n");
            _line.Remove(0, cut + 1);
        }
    }

    /// <summary>The answer is over: what is left of a line, and its end.</summary>
    public void End()
    {
        if (_line.Length > 0)
        {
            Put(_markdown!.Render(_line.ToString()));
            _line.Clear();
        }
        _markdown?.Reset();
        Put((_filter?.End() ?? "") + (_endsLine ? "" : "\n"));
        _endsLine = true;
    }

    private int IndexOfLineEnd()
    {
        for (int i = 0; i < _line.Length; i++)
        {
            if (_line[i] == '\n')
            {
                return i;
            }
        }
        return -1;
    }

    private void Put(string text)
    {
        if (text.Length == 0 || _isGone)
        {
            return;
        }
        _endsLine = text[^1] == '\n';
        try
        {
            _out.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (ReaderGoneException)
        {
            _isGone = true;
            readerGone();
        }
    }
}
