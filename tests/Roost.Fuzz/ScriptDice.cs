namespace Roost.Fuzz;

/// <summary>Dice that roll the same in JavaScript (script.mjs).</summary>
internal sealed class ScriptDice(uint seed)
{
    private uint _state = seed;

    public uint Next()
    {
        _state += 0x6D2B79F5;
        var t = _state;
        t = (t ^ (t >> 15)) * (t | 1);
        t ^= t + ((t ^ (t >> 7)) * (t | 61));
        return t ^ (t >> 14);
    }

    public int Below(int n) => (int)(Next() % (uint)n);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];
}
