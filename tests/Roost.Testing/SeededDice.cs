using Roost.Core.Cores;

namespace Roost.Testing;

/// <summary>Dice that roll the same for the same seed (xoshiro via <see cref="Random"/>); never for keys outside tests.</summary>
public sealed class SeededDice(int seed) : Dice
{
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> buffer) => _random.NextBytes(buffer);
}
