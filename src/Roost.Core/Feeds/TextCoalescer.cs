using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Cores;

namespace Roost.Core.Feeds;

/// <summary>
/// Turns bytes as they come into entries worth sealing: the first byte after a pause goes out at once, then at most one entry per
/// <see cref="Window"/>, cut between UTF-8 characters where the bytes are UTF-8.
/// </summary>
/// <remarks>A pure core; not thread-safe. Effects are entry bodies of 1 to <see cref="FeedEntry.MaxBody"/> bytes; together they are the input, byte for byte.</remarks>
public sealed class TextCoalescer : IProtocolCore<ReadOnlyMemory<byte>, byte[]>
{
    /// <summary>The pace while text flows: 25 entries a second cost a reader one signature check and one change of the page each, and stay below what an eye notices (docs/stream.md).</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(40);

    // A character cut in two is held back this long; then it was no character.
    private static readonly TimeSpan HoldBack = TimeSpan.FromSeconds(1);

    private readonly Queue<byte[]> _effects = new();
    private readonly ByteWriter _pending = new(4096);
    private Instant _openAt = Instant.Epoch;
    private Instant? _flushAt;

    /// <inheritdoc/>
    public Wake? NextWake => _flushAt is { } at ? new Wake(at, "flush text") : null;

    /// <inheritdoc/>
    public void Handle(ReadOnlyMemory<byte> input, Instant now)
    {
        while (!input.IsEmpty)
        {
            int room = Math.Min(input.Length, FeedEntry.MaxBody - _pending.Length);
            _pending.Bytes(input.Span[..room]);
            input = input[room..];
            if (_pending.Length == FeedEntry.MaxBody)
            {
                Flush(now, Utf8Tail.WholeLength(_pending.Written));
            }
        }
        if (_pending.Length > 0 && now >= _openAt)
        {
            Flush(now, Utf8Tail.WholeLength(_pending.Written));
        }
        if (_pending.Length > 0)
        {
            _flushAt ??= Utf8Tail.WholeLength(_pending.Written) > 0 ? Later(_openAt, now) : now + HoldBack;
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (_flushAt > now || _flushAt is null)
        {
            return;
        }
        int whole = Utf8Tail.WholeLength(_pending.Written);
        Flush(now, whole > 0 ? whole : _pending.Length);
        if (_pending.Length > 0)
        {
            _flushAt = now + HoldBack;
        }
    }

    /// <summary>The input is over: gives out what is left.</summary>
    public void End(Instant now) => Flush(now, _pending.Length);

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out byte[] effect) => _effects.TryDequeue(out effect);

    private void Flush(Instant now, int length)
    {
        _flushAt = null;
        if (length == 0)
        {
            return;
        }
        _effects.Enqueue(_pending.Written[..length].ToArray());
        var rest = _pending.Written[length..].ToArray();
        _pending.Clear().Bytes(rest);
        _openAt = now + Window;
    }

    private static Instant Later(Instant left, Instant right) => left > right ? left : right;
}
