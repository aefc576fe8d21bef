using Roost.Crdt;

namespace Roost.Fuzz;

internal sealed partial class Session
{
    private static readonly string[] Words = ["a", "bc", "def", " ", "\n", "é", "😀", "x😀y", "hello world", "\"\\", "日本", "\u2028"];
    private static readonly string[] FormatKeys = ["bold", "italic", "color", "link"];
    private static readonly string[] MapKeys = ["a", "b", "c", "d", "7"];
    private static readonly string[] Nodes = ["p", "div", "LI"];
    private static readonly string[] Colors = ["red", "blue"];

    private void Edit(Replica replica)
    {
        var kinds = new List<int>();
        kinds.AddRange(Mode.HasFlag(Mode.Text) ? [0, 0] : []);
        kinds.AddRange(Mode.HasFlag(Mode.Format) ? [1, 1] : []);
        kinds.AddRange(Mode.HasFlag(Mode.Array) ? [2] : []);
        kinds.AddRange(Mode.HasFlag(Mode.Map) ? [3] : []);
        kinds.AddRange(Mode.HasFlag(Mode.Xml) ? [4] : []);
        var kind = Dice.Pick(kinds);
        YType target = kind switch { 0 or 1 => replica.Text, 2 => replica.Array, 3 => replica.Map, _ => replica.Xml };
        for (var depth = 0; kind >= 2 && depth < 3 && Dice.Chance(40); depth++)
        {
            var inner = Children(target);
            if (inner.Count == 0)
            {
                break;
            }

            target = Dice.Pick(inner);
            kind = KindOf(target);
        }

        Log.Note($"{replica.Index} edits {target.GetType().Name} {target.Id}");
        switch (kind)
        {
            case 0: PlainText((YText)target); break;
            case 1: RichText((YText)target); break;
            case 2: List((YArray)target); break;
            case 3: Entries((YMap)target); break;
            case 4: Tree((YXmlFragment)target); break;
        }
    }

    private void PlainText(YText text)
    {
        if (text.Length > 0 && Dice.Chance(35))
        {
            var at = Dice.Below(text.Length);
            var length = 1 + Dice.Below(Math.Min(text.Length - at, 8));
            Log.Note($"delete {at} {length}");
            text.Delete(at, length);
        }
        else
        {
            var at = Dice.Chance(30) ? text.Length : Dice.Below(text.Length + 1);
            var word = Dice.Pick(Words);
            Log.Note($"insert {at} {word}");
            text.Insert(at, word);
        }
    }

    private void RichText(YText text)
    {
        var what = Dice.Below(8);
        Log.Note($"rich {what}");
        switch (what)
        {
            case 0:
                text.Insert(Dice.Below(text.Length + 1), Dice.Pick(Words), Attributes(false));
                break;
            case 1:
                text.InsertEmbed(Dice.Below(text.Length + 1), new YObject { ["image"] = Dice.Pick(Words) }, Dice.Chance(50) ? Attributes(false) : null);
                break;
            case 2 or 3 or 4:
                if (text.Length > 0)
                {
                    var at = Dice.Below(text.Length);
                    text.Format(at, 1 + Dice.Below(Math.Min(text.Length - at, 10)), Attributes(true));
                }

                break;
            case 5:
                if (text.Length > 0)
                {
                    Delta(text);
                }

                break;
            case 6:
                text.SetAttribute(Dice.Pick(MapKeys), Dice.Pick(Words));
                break;
            default:
                PlainText(text);
                break;
        }
    }

    private void Delta(YText text)
    {
        var skip = Dice.Below(text.Length);
        var delta = new List<DeltaOp>();
        if (skip > 0)
        {
            delta.Add(DeltaOp.Retaining(skip, Dice.Chance(30) ? Attributes(true) : null));
        }

        if (Dice.Chance(60))
        {
            delta.Add(DeltaOp.Inserting(Dice.Pick(Words), Dice.Chance(50) ? Attributes(false) : null));
        }

        if (Dice.Chance(60))
        {
            delta.Add(DeltaOp.Deleting(1 + Dice.Below(Math.Min(text.Length - skip, 5))));
        }

        text.ApplyDelta(delta, sanitize: Dice.Chance(50));
    }

    private YObject Attributes(bool mayEnd)
    {
        var result = new YObject();
        for (var left = 1 + Dice.Below(2); left > 0; left--)
        {
            var key = Dice.Pick(FormatKeys);
            var draw = Dice.Below(5);
            result[key] = mayEnd && draw < 2 ? YValue.Null
                : draw == 3 ? new YObject { ["href"] = Dice.Pick(Words) }
                : draw == 4 ? Dice.Pick(Colors)
                : true;
        }

        return result;
    }

    private void List(YArray list)
    {
        if (list.Count > 0 && Dice.Chance(35))
        {
            var at = Dice.Below(list.Count);
            list.Delete(at, 1 + Dice.Below(Math.Min(list.Count - at, 4)));
            return;
        }

        var values = new List<YValue>();
        for (var left = 1 + Dice.Below(3); left > 0; left--)
        {
            values.Add(SharedOrPlain());
        }

        if (Dice.Chance(25))
        {
            list.Push(values.ToArray());
        }
        else
        {
            list.Insert(Dice.Below(list.Count + 1), values.ToArray());
        }
    }

    private void Entries(YMap map)
    {
        var key = Dice.Pick(MapKeys);
        var draw = Dice.Below(20);
        Log.Note($"key {key} {draw}");
        if (draw < 4)
        {
            map.Delete(key);
        }
        else if (draw == 4)
        {
            map.Clear();
        }
        else
        {
            map.Set(key, SharedOrPlain());
        }
    }

    private void Tree(YXmlFragment node)
    {
        if (node is YXmlElement element && Dice.Chance(40))
        {
            var key = Dice.Pick(MapKeys);
            if (Dice.Chance(25))
            {
                element.RemoveAttribute(key);
            }
            else
            {
                element.SetAttribute(key, Dice.Pick(Words));
            }

            return;
        }

        if (node.Count > 0 && Dice.Chance(30))
        {
            var at = Dice.Below(node.Count);
            node.Delete(at, 1 + Dice.Below(Math.Min(node.Count - at, 3)));
            return;
        }

        var fresh = new List<YType>();
        for (var left = 1 + Dice.Below(2); left > 0; left--)
        {
            fresh.Add(Dice.Chance(50) ? Element() : new YXmlText(Dice.Pick(Words)));
        }

        node.Insert(Dice.Below(node.Count + 1), fresh.ToArray());
    }

    private YXmlElement Element()
    {
        var element = new YXmlElement(Dice.Pick(Nodes));
        if (Dice.Chance(50))
        {
            element.SetAttribute("id", Dice.Pick(Words));
        }

        if (Dice.Chance(30))
        {
            element.Insert(0, new YXmlText(Dice.Pick(Words)));
        }

        return element;
    }

    private static List<YType> Children(YType type) => type switch
    {
        YMap map => [.. map.Values.Where(IsType).Select(value => value.As<YType>())],
        YArray list => [.. list.Where(IsType).Select(value => value.As<YType>())],
        YXmlFragment node => [.. node],
        _ => [],
    };

    private static bool IsType(YValue value) => value.Kind == YValueKind.Type;

    private int KindOf(YType type) => type switch
    {
        YText => Mode.HasFlag(Mode.Format) ? 1 : 0,
        YArray => 2,
        YMap => 3,
        _ => 4,
    };
}
