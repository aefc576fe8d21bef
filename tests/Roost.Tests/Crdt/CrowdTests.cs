using Roost.Crdt;
using Roost.Testing;

namespace Roost.Tests.Crdt;

/// <summary>Five users who edit, come and go; messages of the sync protocol wait in a queue for each pair and are delivered in any order between pairs.</summary>
public class CrowdTests
{
    private const int Users = 5;

    private readonly List<YDoc> _docs = [];
    private readonly HashSet<int> _online = [.. Enumerable.Range(0, Users)];
    private readonly Dictionary<(int From, int To), Queue<byte[]>> _queues = [];
    private readonly List<byte[]>[] _made = [.. Enumerable.Range(0, Users).Select(_ => new List<byte[]>())];

    public static TheoryData<string, int, int> Crowds
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (string kind in new[] { "array", "map", "text", "rich", "xml", "all" })
            {
                foreach (int steps in new[] { 6, 30, 120, 400 })
                {
                    data.Add(kind, steps, steps * 7);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Crowds))]
    public void Users_who_come_and_go_end_with_one_document(string kind, int steps, int seed)
    {
        var dice = new SeededDice(seed);
        for (int user = 0; user < Users; user++)
        {
            Join(user);
        }
        for (int step = 0; step < steps; step++)
        {
            if (dice.Next(50) == 0)
            {
                Toggle(dice.Next(Users));
            }
            if (dice.Next(100) == 0)
            {
                DeliverAll();
            }
            else if (dice.Next(2) == 0)
            {
                DeliverOne(dice);
            }
            Edit(_docs[dice.Next(Users)], kind, dice);
        }
        foreach (int user in Enumerable.Range(0, Users).Except(_online).ToList())
        {
            Toggle(user);
        }
        DeliverAll();
        Compare();
    }

    private void Join(int user)
    {
        var doc = new YDoc((ulong)user);
        _docs.Add(doc);
        doc.Update += (update, transaction) =>
        {
            _made[user].Add(update.ToArray());
            if (transaction.IsLocal)
            {
                Say(user, SyncProtocol.WriteUpdate(update));
            }
        };
    }

    private void Say(int user, byte[] message)
    {
        foreach (int other in _online.Where(o => o != user && _online.Contains(user)))
        {
            Queue(user, other).Enqueue(message);
        }
    }

    /// <summary>Whoever goes loses what is under way to it; whoever comes asks everybody for what it lacks, and is asked.</summary>
    private void Toggle(int user)
    {
        if (_online.Remove(user))
        {
            foreach (var key in _queues.Keys.Where(k => k.From == user || k.To == user).ToList())
            {
                _queues.Remove(key);
            }
            return;
        }
        foreach (int other in _online)
        {
            Queue(user, other).Enqueue(SyncProtocol.WriteStep1(_docs[user]));
            Queue(other, user).Enqueue(SyncProtocol.WriteStep1(_docs[other]));
        }
        _online.Add(user);
    }

    private Queue<byte[]> Queue(int from, int to)
    {
        if (!_queues.TryGetValue((from, to), out var queue))
        {
            _queues.Add((from, to), queue = new());
        }
        return queue;
    }

    private void DeliverOne(SeededDice dice)
    {
        var waiting = _queues.Where(q => q.Value.Count > 0).OrderBy(q => q.Key).ToList();
        if (waiting.Count > 0)
        {
            Deliver(waiting[dice.Next(waiting.Count)].Key);
        }
    }

    private void DeliverAll()
    {
        while (_queues.Where(q => q.Value.Count > 0).Select(q => ((int, int)?)q.Key).FirstOrDefault() is { } next)
        {
            Deliver(next);
        }
    }

    private void Deliver((int From, int To) way)
    {
        Assert.True(SyncProtocol.TryHandle(_docs[way.To], _queues[way].Dequeue(), out var reply));
        if (reply is not null)
        {
            Queue(way.To, way.From).Enqueue(reply);
        }
    }

    private static void Edit(YDoc doc, string kind, SeededDice dice)
    {
        switch (kind == "all" ? dice.Next(5) : Array.IndexOf(["array", "map", "text", "rich", "xml"], kind))
        {
            case 0: EditArray(doc.GetArray("array"), dice); break;
            case 1: EditMap(doc.GetMap("map"), dice); break;
            case 2: EditText(doc.GetText("text"), dice); break;
            case 3: EditRich(doc.GetText("rich"), dice); break;
            default: EditXml(doc.GetXmlFragment("xml"), dice); break;
        }
    }

    private static void EditArray(YArray list, SeededDice dice)
    {
        int at = dice.Next(list.Count + 1);
        switch (dice.Next(5))
        {
            case 0: list.Insert(at, [.. Enumerable.Range(0, 1 + dice.Next(4)).Select(_ => (YValue)dice.Next(1000))]); break;
            case 1: list.Insert(at, new YArray([1, 2, 3])); break;
            case 2: list.Insert(at, new YMap { ["someprop"] = 42, ["list"] = new YArray([1]) }); break;
            case 3: list.Insert(at, YValue.Null); break;
            case 4 when list.Count > 0:
                int from = dice.Next(list.Count);
                if (list[from].Kind == YValueKind.Type && list[from].As<YType>() is YArray { Count: > 0 } inner && dice.Next(2) == 0)
                {
                    inner.Delete(dice.Next(inner.Count));
                }
                else
                {
                    list.Delete(from, 1 + dice.Next(Math.Min(2, list.Count - from)));
                }
                break;
        }
    }

    private static void EditMap(YMap map, SeededDice dice)
    {
        string key = dice.Next(2) == 0 ? "one" : "two";
        switch (dice.Next(3))
        {
            case 0: map[key] = $"word {dice.Next(1000)} 🐦"; break;
            case 1: map[key] = dice.Next(2) == 0 ? new YArray([1, 2, 3, 4]) : new YMap { ["deepkey"] = "deepvalue" }; break;
            default: map.Delete(key); break;
        }
    }

    private static void EditText(YText text, SeededDice dice)
    {
        int at = dice.Next(text.Length + 1);
        if (dice.Next(2) == 0 || text.Length == at)
        {
            text.Insert(at, $"{dice.Next(1000)}word");
        }
        else
        {
            text.Delete(at, 1 + dice.Next(Math.Min(5, text.Length - at)));
        }
    }

    private static void EditRich(YText text, SeededDice dice)
    {
        int at = dice.Next(text.Length + 1);
        int length = Math.Min(text.Length - at, 1 + dice.Next(5));
        YObject? format = dice.Next(3) switch { 0 => new() { ["bold"] = dice.Next(2) == 0 ? true : YValue.Null }, 1 => new() { ["color"] = $"#{dice.Next(3)}" }, _ => null };
        switch (dice.Next(5))
        {
            case 0: text.Insert(at, $"{dice.Next(100)}", format); break;
            case 1: text.InsertEmbed(at, new YObject { ["image"] = "https://example.org/a.png" }, format); break;
            case 2: text.ApplyDelta([DeltaOp.Retaining(at), DeltaOp.Inserting("{code}"), DeltaOp.Inserting("\n", new YObject { ["code-block"] = true })]); break;
            case 3 when length > 0: text.Format(at, length, format ?? new YObject { ["italic"] = true }); break;
            case 4 when length > 0: text.Delete(at, length); break;
        }
    }

    private static void EditXml(YXmlFragment fragment, SeededDice dice)
    {
        int at = dice.Next(fragment.Count + 1);
        switch (dice.Next(4))
        {
            case 0: fragment.Insert(at, new YXmlElement("p")); break;
            case 1: fragment.Insert(at, new YXmlText("text")); break;
            case 2 when at < fragment.Count && fragment[at] is YXmlElement element:
                element.SetAttribute("class", $"c{dice.Next(4)}");
                element.Insert(0, new YXmlElement("b"));
                break;
            case 3 when at < fragment.Count: fragment.Delete(at); break;
        }
    }

    /// <summary>Equal content, states, structs and snapshots, nothing pending; and what each user's updates say together is the same document.</summary>
    private void Compare()
    {
        var docs = _docs.ToList();
        foreach (var updates in _made)
        {
            var merged = new YDoc(100);
            merged.ApplyUpdate(updates.Count == 0 ? new YDoc(1).EncodeStateAsUpdate() : YUpdates.Merge(updates));
            docs.Add(merged);
        }
        foreach (var doc in docs)
        {
            Assert.False(doc.HasPending);
            Assert.Equal(Bytes.Hex(docs[0].EncodeStateAsUpdate()), Bytes.Hex(doc.EncodeStateAsUpdate()));
            Assert.Equal(Bytes.Hex(docs[0].EncodeStateAsUpdateV2()), Bytes.Hex(doc.EncodeStateAsUpdateV2()));
            Assert.True(Snapshot.Of(docs[0]).SameAs(Snapshot.Of(doc)));
            Assert.Equal(Bytes.Delta(docs[0].GetText("rich")), Bytes.Delta(doc.GetText("rich")));
            Assert.Equal(Show(docs[0]), Show(doc));
        }

        static string Show(YDoc doc) => $"{Bytes.Json(doc.GetArray("array"))} {string.Join(',', doc.GetMap("map").OrderBy(e => e.Key).Select(e => $"{e.Key}:{e.Value.ToJson()}"))} {doc.GetText("text")} {doc.GetXmlFragment("xml")}";
    }
}
