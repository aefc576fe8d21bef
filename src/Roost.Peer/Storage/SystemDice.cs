using System.Security.Cryptography;
using Roost.Core.Cores;

namespace Roost.Peer.Storage;

/// <summary>The operating system's cryptographic randomness. Thread-safe.</summary>
public sealed class SystemDice : Dice
{
    /// <summary>The one instance there needs to be.</summary>
    public static readonly SystemDice Instance = new();

    /// <inheritdoc/>
    public override void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
}
