namespace Roost.Fuzz;

/// <summary>Sessions that once differed, one per line: seed, operations, mode; "#" begins a comment.</summary>
internal static class Corpus
{
    public static IEnumerable<(uint Seed, int Operations, Mode Mode)> Read(string path) =>
        File.ReadLines(path).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0).Select(Parse);

    public static (uint Seed, int Operations, Mode Mode) Parse(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (uint.Parse(parts[0]), int.Parse(parts[1]), (Mode)int.Parse(parts[2]));
    }
}
