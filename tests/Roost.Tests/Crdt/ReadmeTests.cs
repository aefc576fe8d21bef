using System.Text;
using Roost.Crdt;
using Roost.Testing;

namespace Roost.Tests.Crdt;

/// <summary>The page of code in the package's README runs, and is the code below.</summary>
public class ReadmeTests
{
    [Fact]
    public void The_example_of_the_readme_works()
    {
        var dice = new SeededDice(1);
        // readme: begin
        var doc = new YDoc(dice);
        var text = doc.GetText("notes");
        text.Insert(0, "Hello world");
        text.Format(0, 5, new YObject { ["bold"] = true });

        var todos = doc.GetArray("todos");
        todos.Push(new YMap { ["title"] = "buy milk", ["done"] = false });
        todos[0].As<YMap>()["done"] = true;

        // Another replica, anywhere: a browser with Yjs would do.
        var other = new YDoc(dice);
        other.ApplyUpdate(doc.EncodeStateAsUpdate(other.EncodeStateVector()));

        // From now on each change of one is a few bytes for the other.
        doc.Update += (update, transaction) => other.ApplyUpdate(update, "network");
        other.GetText("notes").Observe(e => Console.WriteLine(string.Join(", ", e.Delta)));
        text.Insert(11, "!");   // prints {"retain":11}, {"insert":"!"}

        // Changes that belong together, undone together, whatever others wrote meanwhile.
        using var undo = new UndoManager(text);
        doc.Transact(_ =>
        {
            text.Delete(0, 6);
            text.InsertEmbed(0, new YObject { ["image"] = "sun.png" });
        });
        undo.Undo();

        // A cursor that stays where it is.
        var cursor = RelativePosition.FromIndex(text, 6);
        text.Insert(0, ">> ");
        cursor.TryResolve(doc, out _, out var index);   // 9

        // Bytes of a stranger: false and a reason instead of an exception, and nothing has changed.
        if (!doc.TryApplyUpdate([1, 2, 3], out var refusal))
        {
            Console.WriteLine(refusal.Message);   // More structs than there is room or leave for. (OverBudget at byte 2)
        }
        // readme: end
        Assert.Equal(">> Hello world!", other.GetText("notes").ToString());
        Assert.Equal("""[{"title":"buy milk","done":true}]""", Bytes.Json(other.GetArray("todos")));
        Assert.Equal(9, index);
        Assert.Equal("More structs than there is room or leave for. (OverBudget at byte 2)", refusal!.Message);
    }

    [Fact]
    public void The_readme_shows_this_very_code()
    {
        var source = File.ReadAllLines(Path.Combine(RepoRoot.Path, "tests", "Roost.Tests", "Crdt", "ReadmeTests.cs"));
        var code = new StringBuilder();
        foreach (var line in source.SkipWhile(line => line.Trim() != "// readme: begin").Skip(1).TakeWhile(line => line.Trim() != "// readme: end"))
        {
            code.Append(line.Length > 8 ? line[8..] : "").Append('\n');
        }

        Assert.Contains(code.ToString(), File.ReadAllText(Path.Combine(RepoRoot.Path, "src", "Roost.Crdt", "README.md")));
    }
}
