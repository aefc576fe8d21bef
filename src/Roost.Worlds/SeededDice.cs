using System.Buffers.Binary;
using Roost.Core.Cores;

namespace Roost.Worlds;

/// <summary>Dice that roll the same for the same seed (splitmix64); never for keys outside simulations.</summary>
public sealed class SeededDice(ulong seed) : Dice
{
    private ulong _state = seed;

    /// <inheritdoc/>
    public override void Fill(Span<byte> buffer)
    {
        Span<byte> word = stackalloc byte[8];
        while (!buffer.IsEmpty)
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            BinaryPrimitives.WriteUInt64LittleEndian(word, z ^ (z >> 31));
            int take = Math.Min(8, buffer.Length);
            word[..take].CopyTo(buffer);
            buffer = buffer[take..];
        }
    }
}
