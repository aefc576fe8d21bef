using Roost.Mesh.Hubs;
using Roost.Testing;

namespace Roost.Tests.Mesh.Hubs;

public class RefusalsTests
{
    [Fact]
    public void Every_refusal_has_its_row_in_errors_md_with_name_and_close_code()
    {
        var rows = File.ReadAllLines(Path.Combine(RepoRoot.Path, "docs", "errors.md")).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length > 5).ToList();
        foreach (var refusal in Enum.GetValues<Refusal>().Where(refusal => refusal != Refusal.None))
        {
            var row = Assert.Single(rows, cells => cells[1] == refusal.Code());
            Assert.Equal(refusal.Row().Tag, row[2]);
            Assert.Equal(refusal.Row().CloseCode == 0 ? "" : $"{refusal.Row().CloseCode}", row[5]);
            Assert.All(refusal.Row().Text, letter => Assert.True(char.IsAscii(letter)));
            Assert.InRange(refusal.Row().Text.Length, 1, 123); // What a close frame holds.
        }
    }
}
