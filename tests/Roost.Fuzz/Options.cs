namespace Roost.Fuzz;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public double Seconds { get; init; } = 60;

    public long Operations { get; init; } = long.MaxValue;

    public uint Seed { get; init; } = 1;

    public string Yjs { get; init; } = "";

    public string Corpus { get; init; } = "";

    public (uint Seed, int Operations, Mode Mode)? One { get; init; }

    public bool Mutate { get; init; }

    public static Options? Parse(string[] args)
    {
        var tests = FindTests();
        var options = new Options { Yjs = Path.Combine(tests, "Roost.Interop", "yjs"), Corpus = Path.Combine(tests, "Roost.Fuzz", "corpus.txt") };
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--seconds": options = options with { Seconds = double.Parse(value) }; break;
                case "--ops": options = options with { Operations = long.Parse(value) }; break;
                case "--seed": options = options with { Seed = uint.Parse(value) }; break;
                case "--one": options = options with { One = Fuzz.Corpus.Parse(value) }; break;
                case "--mutate":
                    options = options with { Mutate = true };
                    continue;
                default:
                    Console.Error.WriteLine("Roost.Fuzz [--seconds N] [--ops N] [--seed S] [--one \"SEED OPS MODE\"] [--mutate]");
                    return null;
            }

            i++;
        }

        return options;
    }

    private static string FindTests()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Roost.slnx")))
            {
                return Path.Combine(folder.FullName, "tests");
            }
        }

        throw new DirectoryNotFoundException("Run it from a build inside the repository.");
    }
}
