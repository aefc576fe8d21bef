using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Roost.Bench.Crdt;

// dotnet run -c Release --project bench/crdt [PART OF A ROW'S NAME…]: the same work in C# and in Yjs under Node, one after the other, as a markdown table.
var repository = Repository.Find();
var trace = Roost.Bench.Crdt.Trace.Load(Environment.GetEnvironmentVariable("ROOST_TRACES"));
var file = Path.GetTempFileName();
File.WriteAllText(file, JsonSerializer.Serialize(trace.Edits.Select(edit => new object[] { edit.At, edit.Delete, edit.Insert })));
try
{
    var roost = new SortedDictionary<int, (string Name, string Unit, double Value)>();
    var number = 0;
    foreach (var (name, unit, run) in Rows.All(trace).Where(row => args.Length == 0 || args.Any(row.Name.Contains)))
    {
        roost[number++] = (name, unit, Rows.Best(run));
    }

    using var node = Process.Start(new ProcessStartInfo("node", ["--expose-gc", "bench.mjs", file, .. args])
    {
        WorkingDirectory = Path.Combine(repository, "tests", "Roost.Interop", "yjs"),
        RedirectStandardOutput = true,
    })!;
    var yjs = JsonSerializer.Deserialize<Dictionary<string, double>>(node.StandardOutput.ReadToEnd())!;
    Console.WriteLine($"Trace: {trace.Name} ({trace.Edits.Count:N0} edits). Best of {Rows.Runs} runs when warm; .NET {Environment.Version}, Yjs 13.6.33.");
    Console.WriteLine();
    Console.WriteLine("| what | unit | Roost.Crdt | Yjs | Yjs / Roost |");
    Console.WriteLine("|---|---|---:|---:|---:|");
    foreach (var (name, unit, value) in roost.Values)
    {
        var other = yjs[name];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {unit} | {Short(value)} | {Short(other)} | {other / value:0.0} |"));
    }
}
finally
{
    File.Delete(file);
}

static string Short(double value) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
