namespace Roost.Core.Cores;

/// <summary>
/// A moment that cores are told about: ticks of 100 ns since the Unix epoch as the host's wall clock stood when the process started.
/// </summary>
/// <remarks>
/// Within one process it never goes back (it advances with a monotonic clock), so durations are safe;
/// across hosts it is as wrong as their clocks are. Immutable; safe to share.
/// </remarks>
/// <param name="Ticks">100 ns units since 1970-01-01T00:00:00Z.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The Unix epoch; where simulations usually start.</summary>
    public static readonly Instant Epoch;

    /// <summary>A moment later than any other: "never".</summary>
    public static readonly Instant Never = new(long.MaxValue);

    /// <summary>Milliseconds since the Unix epoch, as JSON timestamps and feed epochs want them.</summary>
    public long UnixMilliseconds => Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>The moment that many milliseconds after the Unix epoch.</summary>
    public static Instant FromUnixMilliseconds(long milliseconds) => new(milliseconds * TimeSpan.TicksPerMillisecond);

    /// <summary>Later by <paramref name="span"/>; <see cref="Never"/> stays <see cref="Never"/>.</summary>
    public static Instant operator +(Instant at, TimeSpan span) =>
        at == Never ? Never : new(at.Ticks + span.Ticks);

    /// <summary>Earlier by <paramref name="span"/>.</summary>
    public static Instant operator -(Instant at, TimeSpan span) => new(at.Ticks - span.Ticks);

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;

    /// <summary>The earlier of two moments.</summary>
    public static Instant Min(Instant left, Instant right) => left < right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>ISO 8601 in UTC with milliseconds.</summary>
    public override string ToString() =>
        this == Never ? "never" : DateTime.UnixEpoch.AddTicks(Ticks).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
}
