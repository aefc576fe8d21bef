using System.Diagnostics.CodeAnalysis;
using System.Text;
using Roost.Core.Cores;
using Roost.Core.Feeds;

namespace Roost.Mesh.Documents;

/// <summary>The next bytes of a stream that becomes part of a document.</summary>
/// <param name="Bytes">The bytes; may be empty.</param>
/// <param name="IsLast">Whether the stream ends with them.</param>
public readonly record struct StreamedBytes(ReadOnlyMemory<byte> Bytes, bool IsLast);

/// <summary>What <see cref="StreamedText"/> gives out.</summary>
public abstract record StreamedTextEffect
{
    private StreamedTextEffect()
    {
    }

    /// <summary>Put this behind what was put there before: one change.</summary>
    public sealed record Append(string Text) : StreamedTextEffect;

    /// <summary>The stream holds what is no text; it stands as U+FFFD. Told once.</summary>
    public sealed record NoText : StreamedTextEffect;

    /// <summary>The limit is reached: the rest is left out. Told once.</summary>
    public sealed record Full : StreamedTextEffect;

    /// <summary>The stream is over, and all of it has been given out.</summary>
    public sealed record Ended : StreamedTextEffect;
}

/// <summary>
/// Gathers what a program writes into changes of a document: the first text after a pause at once, then at most one change per
/// <see cref="TextCoalescer.Window"/>, however many pieces come.
/// </summary>
/// <remarks>A pure core; not thread-safe.</remarks>
public sealed class StreamedText : IProtocolCore<StreamedBytes, StreamedTextEffect>
{
    /// <summary>Characters that one stream adds at most; an editor and a checkpoint have to hold them whole.</summary>
    public const int MaxLength = 32 * 1024 * 1024;

    private readonly Queue<StreamedTextEffect> _effects = new();
    private readonly PlainText _plain = new();
    private readonly StringBuilder _pending = new();
    private readonly int _maxLength;
    private Instant _openAt = Instant.Epoch;
    private Instant? _flushAt;
    private long _length;
    private bool _toldForeign;
    private bool _full;

    /// <summary>Starts empty.</summary>
    /// <param name="maxLength">Characters that are given out at most.</param>
    public StreamedText(int maxLength = MaxLength) => _maxLength = maxLength;

    /// <inheritdoc/>
    public Wake? NextWake => _flushAt is { } at ? new Wake(at, "flush text") : null;

    /// <inheritdoc/>
    public void Handle(StreamedBytes input, Instant now)
    {
        Take(input);
        if (_pending.Length > 0)
        {
            if (input.IsLast || now >= _openAt)
            {
                Flush(now);
            }
            else
            {
                _flushAt ??= _openAt;
            }
        }
        if (input.IsLast)
        {
            _effects.Enqueue(new StreamedTextEffect.Ended());
        }
    }

    /// <inheritdoc/>
    public void Tick(Instant now)
    {
        if (_flushAt <= now)
        {
            Flush(now);
        }
    }

    /// <inheritdoc/>
    public bool TryTake([MaybeNullWhen(false)] out StreamedTextEffect effect) => _effects.TryDequeue(out effect);

    private void Take(StreamedBytes input)
    {
        if (_full)
        {
            return;
        }
        _plain.Take(input.Bytes.Span, input.IsLast, _pending);
        if (_plain.HasForeign && !_toldForeign)
        {
            _toldForeign = true;
            _effects.Enqueue(new StreamedTextEffect.NoText());
        }
        if (_length + _pending.Length > _maxLength)
        {
            _full = true;
            _pending.Length = (int)(_maxLength - _length);
            if (_pending.Length > 0 && char.IsHighSurrogate(_pending[^1]))
            {
                _pending.Length--;
            }
            _effects.Enqueue(new StreamedTextEffect.Full());
        }
    }

    private void Flush(Instant now)
    {
        _effects.Enqueue(new StreamedTextEffect.Append(_pending.ToString()));
        _length += _pending.Length;
        _pending.Clear();
        _openAt = now + TextCoalescer.Window;
        _flushAt = null;
    }
}
