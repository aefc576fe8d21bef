using System.Diagnostics;
using Roost.Crdt;

namespace Roost.Bench.Crdt;

internal static partial class Rows
{
    private static IEnumerable<(string Name, string Unit, Func<double> Run)> Concurrent()
    {
        yield return ("B2.1 two write a string at the same place", "ms", Both((doc, _) => doc.GetText("t").Insert(0, new string('x', N))));
        yield return ("B2.2 two write characters at random", "ms", Both((doc, dice) => Repeat(i => doc.GetText("t").Insert(dice.Below(i + 1), "x"))));
        yield return ("B2.3 two write words at random", "ms", Both((doc, dice) =>
        {
            var text = doc.GetText("t");
            Repeat(_ => text.Insert(dice.Below(text.Length + 1), Word(dice)));
        }));
        yield return ("B2.4 two write and delete at random", "ms", Both((doc, dice) => InsertAndDelete(doc, dice, N)));
    }

    /// <summary>Two replicas edit apart, then exchange all their updates.</summary>
    private static Func<double> Both(Action<YDoc, BenchDice> edit) => () =>
    {
        var docs = new[] { new YDoc(1), new YDoc(2) };
        var sent = new[] { new List<byte[]>(), new List<byte[]>() };
        for (var i = 0; i < 2; i++)
        {
            var own = sent[i];
            docs[i].GetText("t").Insert(0, "start");
            docs[i].Update += (update, transaction) =>
            {
                if (transaction.IsLocal)
                {
                    own.Add(update.ToArray());
                }
            };
        }

        docs[1].ApplyUpdate(docs[0].EncodeStateAsUpdate());
        docs[0].ApplyUpdate(docs[1].EncodeStateAsUpdate());
        return Timed(() =>
        {
            edit(docs[0], new BenchDice(21));
            edit(docs[1], new BenchDice(22));
            sent[0].ForEach(update => docs[1].ApplyUpdate(update));
            sent[1].ForEach(update => docs[0].ApplyUpdate(update));
        });
    };

    private static IEnumerable<(string Name, string Unit, Func<double> Run)> ManyClients()
    {
        yield return ("B3.1 1,549 clients set a number in a map", "ms", FromMany((doc, i) => doc.GetMap("m").Set("v", i)));
        yield return ("B3.2 1,549 clients set an object in a map", "ms", FromMany((doc, i) =>
            doc.GetMap("m").Set("v", new YObject { ["name"] = "client " + i, ["address"] = "somewhere" })));
        yield return ("B3.3 1,549 clients set a string in a map", "ms", FromMany((doc, i) => doc.GetMap("m").Set("v", new string('x', 1000) + i)));
        yield return ("B3.4 1,549 clients insert into an array", "ms", FromMany((doc, i) => doc.GetArray("a").Insert(0, "client " + i)));
        yield return ("map: 6,000 overwrites of 50 keys", "ms", Edited(doc => Repeat(i => doc.GetMap("m").Set("key" + (i % 50), i))));
    }

    /// <summary>Each client makes one change on its own; one document applies them all.</summary>
    private static Func<double> FromMany(Action<YDoc, int> edit)
    {
        var updates = new List<byte[]>();
        for (var i = 0; i < 1549; i++)
        {
            var doc = new YDoc((ulong)i + 10);
            edit(doc, i);
            updates.Add(doc.EncodeStateAsUpdate());
        }

        return () =>
        {
            var doc = new YDoc(1);
            return Timed(() => updates.ForEach(update => doc.ApplyUpdate(update)));
        };
    }

    private static IEnumerable<(string Name, string Unit, Func<double> Run)> Rich()
    {
        yield return ("rich text: 2,000 formats of 20,000 characters", "ms", Edited(doc =>
        {
            var (dice, text) = (new BenchDice(31), doc.GetText("t"));
            text.Insert(0, new string('x', 20_000));
            Repeat(i => text.Format(dice.Below(19_900), 1 + dice.Below(90), new YObject { [i % 2 == 0 ? "bold" : "italic"] = i % 3 == 0 ? YValue.Null : true }), 2000);
        }));
        yield return ("rich text: 3,000 words into formatted text", "ms", Edited(doc =>
        {
            var (dice, text) = (new BenchDice(32), doc.GetText("t"));
            text.Insert(0, new string('x', 2000));
            Repeat(i => text.Format(i * 10, 5, new YObject { ["bold"] = true }), 200);
            Repeat(_ => text.Insert(dice.Below(text.Length + 1), Word(dice)), 3000);
        }));
        yield return ("xml: 3,000 elements with an attribute and text", "ms", Edited(doc => Repeat(
            i =>
            {
                var element = new YXmlElement("p");
                element.SetAttribute("class", "c" + (i % 10));
                element.Insert(0, new YXmlText("text"));
                doc.GetXmlFragment("x").Insert(i / 2, element);
            },
            3000)));
    }

    private static IEnumerable<(string Name, string Unit, Func<double> Run)> Traces(Trace trace)
    {
        yield return ("trace: an update per edit", "ms", () => Timed(() => Play(trace, listen: true)));
        yield return ("trace: nobody listens", "ms", () => Timed(() => Play(trace, listen: false)));
        var doc = Play(trace, listen: false);
        var (one, two) = (doc.EncodeStateAsUpdate(), doc.EncodeStateAsUpdateV2());
        yield return ("trace: encode V1", "ms", () => Timed(() => doc.EncodeStateAsUpdate()));
        yield return ("trace: encode V2", "ms", () => Timed(() => doc.EncodeStateAsUpdateV2()));
        yield return ("trace: parse V1", "ms", () => Timed(() => new YDoc(9).ApplyUpdate(one)));
        yield return ("trace: parse V2", "ms", () => Timed(() => new YDoc(9).ApplyUpdateV2(two)));
        yield return ("trace: memory of the parsed document", "MB", () => Memory(() =>
        {
            var parsed = new YDoc(9);
            parsed.ApplyUpdateV2(two);
            return parsed;
        }));
    }

    private static YDoc Play(Trace trace, bool listen)
    {
        var doc = new YDoc(1234567890);
        if (listen)
        {
            doc.Update += (_, _) => { };
        }

        var text = doc.GetText("text");
        foreach (var edit in trace.Edits)
        {
            if (edit.Delete > 0)
            {
                text.Delete(edit.At, edit.Delete);
            }

            if (edit.Insert.Length > 0)
            {
                text.Insert(edit.At, edit.Insert);
            }
        }

        return doc;
    }

    private static double Memory(Func<object> make)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = make();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return (after - before) / 1e6;
    }

    private static IEnumerable<(string Name, string Unit, Func<double> Run)> Streams()
    {
        const int tokens = 20_000;
        yield return ("stream: append a token, update included", "µs", () =>
        {
            var doc = new YDoc(0xDEADBEEF);
            long bytes = 0;
            doc.Update += (update, _) => bytes += update.Length;
            var text = doc.GetText("t");
            return Timed(() => Repeat(_ => text.Append("word"), tokens)) * 1000 / tokens;
        }
        );
        yield return ("stream: bytes of update per token", "B", () =>
        {
            var doc = new YDoc(0xDEADBEEF);
            long bytes = 0;
            doc.Update += (update, _) => bytes += update.Length;
            Repeat(_ => doc.GetText("t").Append("word"), tokens);
            return bytes / (double)tokens;
        }
        );
        yield return ("stream: bytes per token, ten per frame", "B", () =>
        {
            var doc = new YDoc(0xDEADBEEF);
            long bytes = 0;
            doc.Update += (update, _) => bytes += update.Length;
            Repeat(_ => doc.Transact(_ => Repeat(_ => doc.GetText("t").Append("word"), 10)), tokens / 10);
            return bytes / (double)tokens;
        }
        );
        yield return ("stream: receive a token", "µs", () =>
        {
            var updates = new List<byte[]>();
            var doc = new YDoc(0xDEADBEEF);
            doc.Update += (update, _) => updates.Add(update.ToArray());
            Repeat(_ => doc.GetText("t").Append("word"), tokens);
            var other = new YDoc(2);
            return Timed(() => updates.ForEach(update => other.ApplyUpdate(update))) * 1000 / tokens;
        }
        );
        yield return ("50 writers, 5,000 updates: p99 of one apply", "µs", FiftyWriters);
    }

    private static double FiftyWriters()
    {
        var dice = new BenchDice(50);
        var writers = Enumerable.Range(0, 50).Select(i => new YDoc((ulong)i + 100)).ToList();
        var updates = new List<byte[]>();
        writers.ForEach(writer => writer.Update += (update, transaction) =>
        {
            if (transaction.IsLocal)
            {
                updates.Add(update.ToArray());
            }
        });
        var hub = new YDoc(1);
        var times = new List<double>();
        for (var i = 0; i < 5000; i++)
        {
            var writer = writers[dice.Below(50)];
            var text = writer.GetText("t");
            text.Insert(dice.Below(text.Length + 1), Word(dice));
            if (i % 400 == 399)
            {
                foreach (var update in updates)
                {
                    var start = Stopwatch.GetTimestamp();
                    hub.ApplyUpdate(update);
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }

                updates.Clear();
                var state = hub.EncodeStateAsUpdate();
                writers.ForEach(other => other.ApplyUpdate(state));
            }
        }

        times.Sort();
        return times[(int)(times.Count * 0.99)];
    }
}
