using System.Diagnostics;
using System.Text;

namespace Roost.Fuzz;

/// <summary>Compares sessions with Yjs until time or operations run out; failures of the past are tried first.</summary>
internal static class Runner
{
    private const Mode AllTypes = Mode.Text | Mode.Format | Mode.Array | Mode.Map | Mode.Xml | Mode.Nested;

    private static readonly Mode[] Modes =
    [
        Mode.Text, Mode.Text | Mode.Tools, Mode.Format, Mode.Format | Mode.Tools, Mode.Array, Mode.Array | Mode.Nested,
        Mode.Map, Mode.Map | Mode.Array | Mode.Nested, Mode.Xml, Mode.Xml | Mode.Format | Mode.Tools, AllTypes, AllTypes | Mode.Subdocs,
        AllTypes | Mode.Tools | Mode.Subdocs, Mode.Text | Mode.Undo, Mode.Format | Mode.Undo, Mode.Array | Mode.Map | Mode.Nested | Mode.Undo,
        AllTypes | Mode.Undo | Mode.Tools, Mode.Text | Mode.Observe, Mode.Format | Mode.Observe, AllTypes | Mode.Observe,
        AllTypes | Mode.Observe | Mode.Undo, AllTypes | Mode.Undo | Mode.Observe | Mode.Tools | Mode.Subdocs,
        Mode.Text | Mode.Array | Mode.Map | Mode.Events, Mode.Format | Mode.Events | Mode.Undo, AllTypes | Mode.Subdocs | Mode.Events | Mode.Observe,
        Mode.Text | Mode.Array | Mode.Users, AllTypes | Mode.Undo | Mode.Users | Mode.Tools,
    ];

    public static int Run(string[] args)
    {
        var options = Options.Parse(args);
        if (options is null)
        {
            return 2;
        }

        if (options.Mutate)
        {
            return MutationRunner.Run(options);
        }

        using var oracle = new Oracle(options.Yjs);
        var watch = Stopwatch.StartNew();
        long operations = 0, entries = 0, sessions = 0;
        var waiting = new Queue<(uint Seed, int Operations, Mode Mode)>();
        foreach (var next in Plan(options))
        {
            // One session ahead, so that Node and .NET work at the same time.
            oracle.Ask(next.Seed, next.Operations, next.Mode);
            waiting.Enqueue(next);
            if (waiting.Count > 1 && !Settle())
            {
                return 1;
            }

            if (watch.Elapsed.TotalSeconds >= options.Seconds || operations >= options.Operations)
            {
                break;
            }
        }

        while (waiting.Count > 0)
        {
            if (!Settle())
            {
                return 1;
            }
        }

        Console.WriteLine($"crdt fuzz: {sessions} sessions, {operations} operations, {entries} byte comparisons equal to Yjs in {watch.Elapsed.TotalSeconds:F0} s (seed {options.Seed})");
        return 0;

        bool Settle()
        {
            var (seed, count, mode) = waiting.Dequeue();
            var compared = Compare(oracle.Answer(), seed, count, mode);
            operations += count;
            entries += compared;
            sessions++;
            return compared >= 0;
        }
    }

    private static IEnumerable<(uint Seed, int Operations, Mode Mode)> Plan(Options options)
    {
        if (options.One is { } one)
        {
            yield return one;
            yield break;
        }

        foreach (var kept in Corpus.Read(options.Corpus))
        {
            yield return kept;
        }

        var dice = new ScriptDice(options.Seed);
        for (var i = 0; ; i++)
        {
            int[] sizes = [20, 60, 150, 400];
            yield return (dice.Next(), sizes[dice.Below(sizes.Length)], Modes[i % Modes.Length]);
        }
    }

    /// <summary>How many entries were equal, or −1 after printing the first difference.</summary>
    private static int Compare(List<byte[]> expected, uint seed, int operations, Mode mode)
    {
        var session = new Session(seed, operations, mode);
        Exception? thrown = null;
        try
        {
            session.Run();
        }
#pragma warning disable CA1031 // A crash is a finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            thrown = error;
        }

        var actual = session.Log.Entries;
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            if (i >= expected.Count || i >= actual.Count || !expected[i].AsSpan().SequenceEqual(actual[i]))
            {
                Report(session, expected, i, $"{seed} {operations} {(int)mode}", mode, thrown);
                return -1;
            }
        }

        return actual.Count;
    }

    private static void Report(Session session, List<byte[]> expected, int at, string line, Mode mode, Exception? thrown)
    {
        Console.WriteLine($"DIFFERENT FROM YJS: --one \"{line}\" ({mode}), entry {at}");
        foreach (var (entry, what) in session.Log.Steps.Where(step => step.Entry <= at).TakeLast(12))
        {
            Console.WriteLine($"  [{entry}] {what}");
        }

        Console.WriteLine("  Yjs:   " + (at < expected.Count ? Show(expected[at]) : "(no more)"));
        Console.WriteLine("  Roost: " + (at < session.Log.Entries.Count ? Show(session.Log.Entries[at]) : "(no more)"));
        if (thrown is not null)
        {
            Console.WriteLine(thrown);
        }
    }

    private static string Show(byte[] bytes) => bytes.Length > 0 && bytes[0] is (byte)'[' or (byte)'{' or (byte)'"' or (byte)'Y' or (byte)'<'
        ? Encoding.UTF8.GetString(bytes)
        : $"{Convert.ToHexStringLower(bytes)} \"{string.Concat(Encoding.UTF8.GetString(bytes).Select(c => char.IsControl(c) ? '.' : c))}\"";
}
