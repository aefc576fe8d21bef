using Roost.Core.Cores;

namespace Roost.Rtc.Simulation;

/// <summary>A machine busy with other things: a loop that has something to do waits for a processor, now and then for long.</summary>
/// <param name="Usual">Each turn waits up to twice this.</param>
/// <param name="StallShare">Share of turns that wait for longer.</param>
/// <param name="Stall">Those wait up to twice this.</param>
public sealed record MachineLoad(TimeSpan Usual, double StallShare = 0, TimeSpan Stall = default)
{
    /// <summary>How long the next turn waits.</summary>
    public TimeSpan Wait(Dice dice) => dice.Jitter(dice.NextDouble() < StallShare ? Stall : Usual, 1);
}
