using System.Diagnostics;
using Roost.Crdt;

namespace Roost.Fuzz;

/// <summary>
/// Real updates with damage: each is refused, and then nothing changed, or applied, and then the document still encodes, reads and
/// takes part. None may take longer than a second or more memory than it is worth.
/// </summary>
internal static class MutationRunner
{
    private const int AllowedMilliseconds = 1000;

    // Generous: a struct of 60 bytes in two arrays for the two million structs that one update may have.
    private const long AllowedBytes = 600L * 1024 * 1024;

    public static int Run(Options options)
    {
        var current = "";
        var beat = Stopwatch.GetTimestamp();
        using var watchdog = new Timer(
            _ =>
            {
                if (Stopwatch.GetElapsedTime(Volatile.Read(ref beat)).TotalMilliseconds > AllowedMilliseconds * Slack)
                {
                    Console.WriteLine($"HANG: {current}");
                    Environment.Exit(1);
                }
            },
            null,
            dueTime: 50,
            period: 50);

        var watch = Stopwatch.StartNew();
        var dice = new ScriptDice(options.Seed);
        long count = 0, refused = 0;
        while (watch.Elapsed.TotalSeconds < options.Seconds && count < options.Operations)
        {
            Volatile.Write(ref beat, Stopwatch.GetTimestamp());
            var (base1, updates) = Material(dice);
            var doc = Fresh(base1);
            var before = doc.EncodeStateAsUpdate();
            for (var i = 0; i < 400; i++, count++)
            {
                var v2 = dice.Chance(50);
                var (one, two) = dice.Pick(updates);
                var bytes = Damage(dice, v2 ? two : one);
                current = $"{(v2 ? "V2" : "V1")} {Convert.ToHexStringLower(bytes)} on {Convert.ToHexStringLower(base1)}";
                Volatile.Write(ref beat, Stopwatch.GetTimestamp());
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    if (!doc.TryApplyUpdate(bytes, out _, v2))
                    {
                        refused++;
                        if (!doc.EncodeStateAsUpdate().AsSpan().SequenceEqual(before))
                        {
                            throw new InvalidOperationException("refused, but the document changed");
                        }

                        continue;
                    }

                    Use(doc);
                }
#pragma warning disable CA1031 // Any exception is a finding.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    Console.WriteLine($"CRASH: {current}\n{error}");
                    return 1;
                }

                if (GC.GetAllocatedBytesForCurrentThread() - allocated > AllowedBytes)
                {
                    Console.WriteLine($"MEMORY: {current}");
                    return 1;
                }

                doc = Fresh(base1);
            }
        }

        Console.WriteLine($"crdt mutations: {count} damaged updates, {refused} refused, the rest applied, in {watch.Elapsed.TotalSeconds:F0} s (seed {options.Seed})");
        return 0;
    }

    // On a machine shared with others a second of work may take a few seconds on the clock.
    private const int Slack = 5;

    private static void Use(YDoc doc)
    {
        _ = doc.EncodeStateAsUpdateV2();
        var one = doc.EncodeStateAsUpdate();
        _ = doc.GetText("t").ToDelta();
        _ = doc.GetXmlFragment("x").ToString();
        doc.GetText("t").Insert(doc.GetText("t").Length / 2, "z");
        doc.GetArray("a").Insert(doc.GetArray("a").Count / 2, 1);
        doc.GetMap("m").Set("z", 1);
        if (doc.GetText("t").Length > 2)
        {
            doc.GetText("t").Delete(1, 2);
        }

        var copy = new YDoc(1);
        if (!copy.TryApplyUpdate(one, out var refusal))
        {
            throw new InvalidOperationException("its own state is refused: " + refusal);
        }
    }

    private static YDoc Fresh(byte[] state)
    {
        var doc = new YDoc(0x7FFFFFFF);
        doc.GetText("t");
        doc.GetArray("a");
        doc.GetMap("m");
        doc.GetXmlFragment("x");
        doc.ApplyUpdate(state);
        return doc;
    }

    /// <summary>A document, and updates of others for it.</summary>
    private static (byte[] State, List<(byte[] V1, byte[] V2)> Updates) Material(ScriptDice dice)
    {
        const Mode all = Mode.Text | Mode.Format | Mode.Array | Mode.Map | Mode.Xml | Mode.Nested | Mode.Subdocs;
        var session = new Session(dice.Next(), 40 + dice.Below(60), all);
        session.Run();
        return session.Material();
    }

    private static byte[] Damage(ScriptDice dice, byte[] update)
    {
        var bytes = new List<byte>(update);
        for (var left = 1 + dice.Below(3); left > 0 && bytes.Count > 0; left--)
        {
            var at = dice.Below(bytes.Count);
            switch (dice.Below(7))
            {
                case 0: bytes[at] = (byte)dice.Below(256); break;
                case 1: bytes[at] ^= (byte)(1 << dice.Below(8)); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.Insert(at, (byte)dice.Below(256)); break;
                case 4: bytes.RemoveAt(at); break;
                case 5: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + dice.Below(8)))); break;
                default: bytes.InsertRange(at, [0xFF, 0xFF, 0xFF, (byte)dice.Below(16)]); break;
            }
        }

        return [.. bytes];
    }
}
