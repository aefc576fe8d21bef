using System.Diagnostics;
using Roost.Crdt;

namespace Roost.Bench.Crdt;

/// <summary>What is measured; bench.mjs has the same rows by the same names.</summary>
internal static partial class Rows
{
    public const int Runs = 5;

    // Until both compilers have had time: half a second, but three runs at least and fifty at most.
    private const double WarmUpMilliseconds = 500;
    private const int N = 6000;

    /// <summary>One run gives one figure, usually milliseconds.</summary>
    public static IEnumerable<(string Name, string Unit, Func<double> Run)> All(Trace trace)
    {
        yield return ("B1.1 append characters", "ms", Edited(doc => Repeat(i => doc.GetText("t").Insert(i, "x"))));
        yield return ("B1.2 insert one long string", "ms", Edited(doc => doc.GetText("t").Insert(0, new string('x', N))));
        yield return ("B1.3 prepend characters", "ms", Edited(doc => Repeat(_ => doc.GetText("t").Insert(0, "x"))));
        yield return ("B1.4 insert characters at random", "ms", Edited(doc =>
        {
            var dice = new BenchDice(14);
            Repeat(i => doc.GetText("t").Insert(dice.Below(i + 1), "x"));
        }));
        yield return ("B1.5 insert words at random", "ms", Edited(doc =>
        {
            var (dice, text) = (new BenchDice(15), doc.GetText("t"));
            Repeat(_ => text.Insert(dice.Below(text.Length + 1), Word(dice)));
        }));
        yield return ("B1.6 insert a string, delete it", "ms", Edited(doc =>
        {
            doc.GetText("t").Insert(0, new string('x', N));
            doc.GetText("t").Delete(0, N);
        }));
        yield return ("B1.7 insert and delete at random", "ms", Edited(doc => InsertAndDelete(doc, new BenchDice(17), N)));
        yield return ("B1.8 append numbers to an array", "ms", Edited(doc => Repeat(i => doc.GetArray("a").Insert(i, i))));
        yield return ("B1.9 insert an array of numbers", "ms", Edited(doc => doc.GetArray("a").Insert(0, Numbers())));
        yield return ("B1.10 prepend numbers", "ms", Edited(doc => Repeat(i => doc.GetArray("a").Insert(0, i))));
        yield return ("B1.11 insert numbers at random", "ms", Edited(doc =>
        {
            var dice = new BenchDice(111);
            Repeat(i => doc.GetArray("a").Insert(dice.Below(i + 1), i));
        }));
        foreach (var row in Concurrent().Concat(ManyClients()).Concat(Rich()).Concat(Traces(trace)).Concat(Streams()))
        {
            yield return row;
        }
    }

    /// <summary>The best of several: whatever else the machine does only ever adds time.</summary>
    public static double Best(Func<double> run)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 50 && (i < 3 || Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMilliseconds); i++)
        {
            run();
        }

        return Enumerable.Range(0, Runs).Min(_ => run());
    }

    /// <summary>Edits on one replica, each a V1 update that another applies.</summary>
    private static Func<double> Edited(Action<YDoc> edit) => () =>
    {
        var (doc, other) = (new YDoc(1), new YDoc(2));
        doc.Update += (update, _) => other.ApplyUpdate(update);
        return Timed(() => edit(doc));
    };

    private static double Timed(Action action)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Repeat(Action<int> step, int count = N)
    {
        for (var i = 0; i < count; i++)
        {
            step(i);
        }
    }

    private static void InsertAndDelete(YDoc doc, BenchDice dice, int count)
    {
        var text = doc.GetText("t");
        Repeat(
            _ =>
            {
                var at = dice.Below(text.Length + 1);
                if (text.Length == at || dice.Below(2) == 0)
                {
                    text.Insert(at, Word(dice));
                }
                else
                {
                    text.Delete(at, 1 + dice.Below(Math.Min(text.Length - at, 9)));
                }
            },
            count);
    }

    private static string Word(BenchDice dice) => new('w', 2 + dice.Below(8));

    private static YValue[] Numbers() => [.. Enumerable.Range(0, N).Select(i => (YValue)i)];
}
