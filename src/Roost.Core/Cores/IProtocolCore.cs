using System.Diagnostics.CodeAnalysis;

namespace Roost.Core.Cores;

/// <summary>
/// A protocol without a network: it is told what happened and when, and answers with what to do.
/// </summary>
/// <remarks>
/// <para>The drain law: after every <see cref="Handle"/> and every <see cref="Tick"/>, call <see cref="TryTake"/> until it
/// returns false, before the next call. Drivers obey it and the simulator asserts it.</para>
/// <para>Not thread-safe: one driver per core. A core holds no socket, clock, task, lock or randomness of its own.</para>
/// </remarks>
/// <typeparam name="TInput">What can happen to it.</typeparam>
/// <typeparam name="TEffect">What it can ask for.</typeparam>
public interface IProtocolCore<in TInput, TEffect>
{
    /// <summary>When to call <see cref="Tick"/> next and why; null while nothing is due. Never in the past after a tick.</summary>
    Wake? NextWake { get; }

    /// <summary>Takes in one event.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">When; never earlier than the last time given.</param>
    void Handle(TInput input, Instant now);

    /// <summary>Does what has become due by <paramref name="now"/>.</summary>
    void Tick(Instant now);

    /// <summary>Takes the next effect, oldest first.</summary>
    /// <returns>False when there is none.</returns>
    bool TryTake([MaybeNullWhen(false)] out TEffect effect);
}

/// <summary>When a core wants to be ticked, and why: shown when a simulation hangs.</summary>
/// <param name="At">The moment.</param>
/// <param name="Why">A few words, such as "ping a hub" or "retransmit flight 3".</param>
public readonly record struct Wake(Instant At, string Why)
{
    /// <summary>The earlier of two wakes; null counts as never.</summary>
    public static Wake? Earlier(Wake? left, Wake? right) =>
        left is null ? right : right is null ? left : left.Value.At <= right.Value.At ? left : right;
}
