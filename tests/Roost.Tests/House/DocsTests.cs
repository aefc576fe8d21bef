using System.Text.RegularExpressions;
using Roost.Testing;

namespace Roost.Tests.House;

/// <summary>Docs that code can check: every error code has its row, every link leads somewhere.</summary>
public partial class DocsTests
{
    [Fact]
    public void Every_error_code_in_the_sources_has_its_row()
    {
        var rows = Code().Matches(File.ReadAllText(Path.Combine(RepoRoot.Path, "docs", "errors.md"))).Select(m => m.Value).ToHashSet();
        var used = Files("src", "*.cs").Concat(Files("web/app/src", "*.ts")).Concat(Files("web/client/src", "*.ts"))
            .SelectMany(f => Code().Matches(File.ReadAllText(f)).Select(m => m.Value)).Where(c => c != "ROOST-1000").ToHashSet();
        Assert.Empty(used.Except(rows));
    }

    [Fact]
    public void Every_relative_link_leads_to_a_file()
    {
        var dead =
            from file in Files("docs", "*.md").Concat(Directory.EnumerateFiles(RepoRoot.Path, "*.md")).Concat(Files("src", "README.md"))
            from Match link in Link().Matches(File.ReadAllText(file))
            let target = link.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, target))
            select $"{Path.GetRelativePath(RepoRoot.Path, file)}: {target}";
        Assert.Empty(dead);
    }

    [Theory]
    [InlineData("crdt-yjs-suite.md", 100)]
    [InlineData("protocol/documents.md", 50)]
    public void Every_test_that_a_page_names_exists(string page, int atLeast)
    {
        var known = Files("tests", "*.cs").SelectMany(f => TestMethod().Matches(File.ReadAllText(f)).Select(m => (Class: Path.GetFileNameWithoutExtension(f), Method: m.Groups[1].Value))).ToList();
        var methods = known.Select(k => k.Method).ToHashSet();
        var qualified = known.Select(k => $"{k.Class}.{k.Method}").ToHashSet();
        var named = TestName().Matches(File.ReadAllText(Path.Combine(RepoRoot.Path, "docs", page))).ToList();
        Assert.InRange(named.Select(m => m.Value).Distinct().Count(), atLeast, int.MaxValue);
        Assert.Empty(named.Where(m => m.Groups[1].Length > 0 ? !qualified.Contains(m.Value) : !methods.Contains(m.Groups[2].Value)).Select(m => m.Value));
    }

    [Fact]
    public void Every_test_of_Yjs_has_its_row()
    {
        var rows = File.ReadAllLines(Path.Combine(RepoRoot.Path, "docs", "crdt-yjs-suite.md")).Where(l => l.StartsWith("| test", StringComparison.Ordinal)).ToList();
        Assert.Equal(208, rows.Count);
        Assert.All(rows, row => Assert.Matches(@"^\| test\w+ \| (`\w+Tests\.\w+`|not here: .).* \|$", row));
    }

    private static IEnumerable<string> Files(string folder, string pattern)
    {
        string path = Path.Combine(RepoRoot.Path, folder);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Where(f => !f.Contains("/obj/") && !f.Contains("/node_modules/")) : [];
    }

    [GeneratedRegex("ROOST-[0-9]{4}")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    /// <summary>A name of at least three words, with its class if it is given.</summary>
    [GeneratedRegex(@"(?:\b(\w+Tests)\.)?\b([A-Z]\w*?(?:_\w+?){2,})\b")]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (?:async Task|static void|void|Task) ([A-Z]\w*_\w+)\(")]
    private static partial Regex TestMethod();
}
