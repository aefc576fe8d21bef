using System.Text;
using System.Text.RegularExpressions;

namespace Roost.Cli.Features.Asking;

/// <summary>Markdown for a terminal, line by line, so that an answer is shown while it is written. Control characters of the text are left out.</summary>
internal sealed partial class MarkdownLines
{
    private string? _fence;

    /// <summary>One line, with colours.</summary>
    public string Render(string line)
    {
        line = Controls().Replace(line.TrimEnd('\r'), "");
        if (Fence().Match(line) is { Success: true } fence)
        {
            return Toggle(line, fence);
        }
        if (_fence is not null)
        {
            return $"  \e[36m{line}\e[39m";
        }
        if (Heading().Match(line) is { Success: true } heading)
        {
            return heading.Groups[1].Length == 1 ? $"\e[1;4m{Inline(heading.Groups[2].Value)}\e[0m" : $"\e[1m{Inline(heading.Groups[2].Value)}\e[22m";
        }
        if (Rule().IsMatch(line))
        {
            return "\e[2m────────────\e[22m";
        }
        if (Quote().Match(line) is { Success: true } quote)
        {
            return $"\e[2m│\e[22m {Inline(quote.Groups[1].Value)}";
        }
        if (Item().Match(line) is { Success: true } item)
        {
            return $"{item.Groups[1].Value}\e[36m{(item.Groups[2].Value is "-" or "*" or "+" ? "•" : item.Groups[2].Value)}\e[39m {Inline(item.Groups[3].Value)}";
        }
        return Inline(line);
    }

    /// <summary>Another answer begins.</summary>
    public void Reset() => _fence = null;

    private string Toggle(string line, Match match)
    {
        string marks = match.Groups[1].Value;
        if (_fence is null)
        {
            _fence = marks;
            return match.Groups[2].Value is { Length: > 0 } language ? $"\e[2m  {language}\e[22m" : "";
        }
        if (marks[0] != _fence[0] || marks.Length < _fence.Length || match.Groups[2].Length > 0)
        {
            return $"  \e[36m{line}\e[39m";
        }
        _fence = null;
        return "";
    }

    /// <summary>Code first, since nothing within it means anything; then strong and emphasized words.</summary>
    private static string Inline(string text)
    {
        var whole = new StringBuilder();
        int at = 0;
        foreach (Match code in Code().Matches(text))
        {
            whole.Append(Words(text[at..code.Index])).Append("\e[36m").Append(code.Groups[1].Value).Append("\e[39m");
            at = code.Index + code.Length;
        }
        return whole.Append(Words(text[at..])).ToString();
    }

    private static string Words(string text) =>
        Link().Replace(Emphasis().Replace(Strong().Replace(text, "\e[1m$1\e[22m"), "\e[3m$1\e[23m"), "\e[4m$1\e[24m ($2)");

    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f-\x9f]")]
    private static partial Regex Controls();

    [GeneratedRegex(@"^ {0,3}(`{3,}|~{3,})\s*([^`\s]*)\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^ {0,3}(#{1,6})\s+(\S.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ {0,3}([-*_])( *\1){2,} *$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^ {0,3}> ?(.*)$")]
    private static partial Regex Quote();

    [GeneratedRegex(@"^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$")]
    private static partial Regex Item();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\*\*(?=\S)([^*]+)(?<=\S)\*\*")]
    private static partial Regex Strong();

    [GeneratedRegex(@"(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])")]
    private static partial Regex Emphasis();

    [GeneratedRegex(@"\[([^\]]+)\]\((https?://[^\s)]+)\)")]
    private static partial Regex Link();
}
