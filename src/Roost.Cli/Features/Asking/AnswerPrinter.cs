using System.Text;
using Roost.Cli.Terminal;

namespace Roost.Cli.Features.Asking;

/// <summary>The answer on stdout: as it is, or rendered line by line.</summary>
internal sealed class AnswerPrinter(bool render)
{
    private readonly Stream _out = Console.OpenStandardOutput();
    private readonly MarkdownLines? _markdown = render && Screen.OutputColors ? new() : null;
    private readonly StringBuilder _line = new();
    private bool _endsLine = true;

    public void Write(string text)
    {
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
        if (!_endsLine)
        {
            Put("\n");
        }
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
        if (text.Length == 0)
        {
            return;
        }
        _endsLine = text[^1] == '\n';
        _out.Write(Encoding.UTF8.GetBytes(text));
        _out.Flush();
    }
}
