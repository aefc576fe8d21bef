using System.Diagnostics;
using System.Security.Cryptography;
using Roost.Core.Cores;

namespace Roost.Rtc.Net.Loop;

/// <summary>The time cores are told: wall clock at start, monotonic from there.</summary>
internal static class LoopClock
{
    private static readonly long StartTicks = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks;
    private static readonly long StartStamp = Stopwatch.GetTimestamp();

    internal static Instant Now => new(StartTicks + Stopwatch.GetElapsedTime(StartStamp).Ticks);
}

/// <summary>Cryptographic randomness.</summary>
internal sealed class CryptoDice : Dice
{
    internal static readonly CryptoDice Instance = new();

    /// <inheritdoc/>
    public override void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
}
