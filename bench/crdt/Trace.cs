using System.IO.Compression;
using System.Text.Json;

namespace Roost.Bench.Crdt;

internal readonly record struct Edit(int At, int Delete, string Insert);

/// <summary>A keystroke history: the one of the Automerge paper if it is there, else one made from a fixed seed.</summary>
internal sealed record Trace(string Name, List<Edit> Edits)
{
    public static Trace Load(string? folder)
    {
        var path = folder is null ? null : Path.Combine(folder, "automerge-paper.json.gz");
        return path is not null && File.Exists(path) ? Read(path) : Synthetic();
    }

    /// <summary>The format of github.com/josephg/editing-traces.</summary>
    private static Trace Read(string path)
    {
        using var file = File.OpenRead(path);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var document = JsonDocument.Parse(unpacked);
        var edits = new List<Edit>();
        foreach (var transaction in document.RootElement.GetProperty("txns").EnumerateArray())
        {
            foreach (var patch in transaction.GetProperty("patches").EnumerateArray())
            {
                edits.Add(new Edit(patch[0].GetInt32(), patch[1].GetInt32(), patch[2].GetString()!));
            }
        }

        return new Trace("automerge-paper (B4), M. Kleppmann, CC BY 4.0", edits);
    }

    /// <summary>Bursts of typing at places that are near each other, with corrections.</summary>
    private static Trace Synthetic()
    {
        var dice = new BenchDice(4);
        var edits = new List<Edit>();
        var (length, at) = (0, 0);
        while (edits.Count < 250_000)
        {
            at = dice.Below(10) < 7 ? Math.Clamp(at + dice.Below(400) - 200, 0, length) : dice.Below(length + 1);
            for (var left = 3 + dice.Below(60); left > 0; left--)
            {
                if (at > 0 && dice.Below(100) < 25)
                {
                    edits.Add(new Edit(--at, 1, ""));
                    length--;
                }
                else
                {
                    edits.Add(new Edit(at++, 0, ((char)('a' + dice.Below(26))).ToString()));
                    length++;
                }
            }
        }

        return new Trace("synthetic, seed 4", edits);
    }
}

/// <summary>The same numbers as in bench.mjs.</summary>
internal sealed class BenchDice(uint seed)
{
    private uint _state = seed;

    public int Below(int n)
    {
        _state += 0x6D2B79F5;
        var t = _state;
        t = (t ^ (t >> 15)) * (t | 1);
        t ^= t + ((t ^ (t >> 7)) * (t | 61));
        return (int)((t ^ (t >> 14)) % (uint)n);
    }
}
