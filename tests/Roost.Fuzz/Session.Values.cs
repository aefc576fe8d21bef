using Roost.Crdt;

namespace Roost.Fuzz;

internal sealed partial class Session
{
    private static readonly double[] Numbers = [-0.0, 0.5, 0.1, 2147483648, 1e21, 1e-7, -1.5e300, 123456789012, 4294967296.5];

    private YValue SharedOrPlain() => Shared() is { IsUndefined: false } shared ? shared : Value(0);

    private YValue Value(int depth)
    {
        switch (Dice.Below(depth > 1 ? 9 : 11))
        {
            case 0: return YValue.Null;
            case 1: return Dice.Chance(50);
            case 2: return Dice.Below(1000) - 500;
            case 3: return Dice.Pick(Numbers);
            case 4 or 5 or 6: return Dice.Pick(Words);
            case 7:
                var first = (byte)Dice.Below(256);
                return new[] { first, (byte)Dice.Below(256) };
            case 8: return Dice.Below(10);
            case 9:
                var item = Plain(Value(depth + 1));
                return new[] { item, Dice.Below(10) };
            default:
                var result = new YObject { ["k"] = Plain(Value(depth + 1)) };
                var key = Dice.Pick(MapKeys);
                result[key] = Dice.Below(10);
                return result;
        }
    }

    private YValue Shared()
    {
        if (!Mode.HasFlag(Mode.Nested) || !Dice.Chance(30))
        {
            return YValue.Undefined;
        }

        switch (Dice.Below(5))
        {
            case 0:
                return new YText(Dice.Pick(Words));
            case 1:
                var first = Plain(Value(0));
                return new YArray([first, Dice.Below(10)]);
            case 2:
                return new YMap(new YObject { ["k"] = Plain(Value(0)), ["n"] = new YMap() });
            case 3:
                return new YMap();
            default:
                return Mode.HasFlag(Mode.Subdocs) ? Subdoc() : new YArray();
        }
    }

    private YDoc Subdoc()
    {
        var guid = "sub" + Dice.Below(100);
        var autoLoad = Dice.Chance(50);
        return new YDoc(0, new YDocOptions { Guid = guid, AutoLoad = autoLoad, Gc = Dice.Chance(50) });
    }

    private static YValue Plain(YValue value) => value.Kind == YValueKind.Binary ? YValue.Null : value;
}
