using System.Security.Cryptography;
using Roost.Core.Cores;

namespace Roost.Hub.Driving;

/// <summary>The system's cryptographic randomness. Thread-safe.</summary>
public sealed class SystemDice : Dice
{
    /// <inheritdoc/>
    public override void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
}
