using Roost.Mesh.Documents;
using Roost.Peer.Links;
using Roost.Peer.Streams;

namespace Roost.Peer.Documents;

/// <summary>What happens to a stream that becomes part of a document.</summary>
public enum DocumentStreamEvent
{
    /// <summary>The stream holds bytes that are no text in UTF-8; they stand as U+FFFD. Told once.</summary>
    NoText,

    /// <summary>The stream has brought <see cref="StreamedText.MaxLength"/> characters: the rest is not shared. Told once.</summary>
    Full,
}

/// <summary>
/// Appends a stream of text to a document that everybody in its room may edit meanwhile: at most one change per 40 ms, however fast it comes.
/// </summary>
/// <remarks>Writing never waits for anybody. Thread-safe. Events are raised on the stream's loop; don't block in them.</remarks>
public sealed class DocumentStream : ITextSink, IAsyncDisposable
{
    private readonly DocumentSession _session;
    private readonly Action<DocumentStreamEvent>? _happened;
    private readonly Pace _pace = new();
    private readonly CoreDriver<StreamedBytes, StreamedTextEffect> _driver;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Appends to <paramref name="session"/>, which stays the caller's.</summary>
    /// <param name="session">An open document that may be written.</param>
    /// <param name="happened">Hears events; null for none.</param>
    /// <exception cref="ArgumentException">The session may only read.</exception>
    public DocumentStream(DocumentSession session, Action<DocumentStreamEvent>? happened = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!session.CanWrite)
        {
            throw new ArgumentException("A stream is written into the document: the link has to allow that.", nameof(session));
        }
        _session = session;
        _happened = happened;
        _driver = new(new StreamedText(), Perform, InstantClock.System);
        _driver.Start();
    }

    /// <summary>Adds the next bytes; they are copied. Returns at once: who writes faster than <see cref="WriteAsync"/> would fills this machine's memory.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _driver.Post(new StreamedBytes(bytes.ToArray(), IsLast: false));

    /// <inheritdoc/>
    /// <remarks>It waits until what was written is in the document, after each mebibyte.</remarks>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        Write(bytes.Span);
        return _pace.AfterAsync(bytes.Length, _driver.HandledAsync, cancellation);
    }

    /// <summary>The stream is over; the document goes on.</summary>
    /// <param name="exit">Not told in a document.</param>
    /// <param name="reason">Not told in a document.</param>
    public void End(int? exit, string reason) => _driver.Post(new StreamedBytes(default, IsLast: true));

    /// <summary>Completes when the stream has ended and everybody in the room, and the hub if it keeps documents, holds all of it.</summary>
    public async Task HeldByAllAsync(CancellationToken cancellation)
    {
        await _ended.Task.WaitAsync(cancellation).ConfigureAwait(false);
        await _session.SettleAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts what was written into the document, and ends.</summary>
    public ValueTask DisposeAsync()
    {
        End(null, "");
        return _driver.DisposeAsync();
    }

    private void Perform(StreamedTextEffect effect)
    {
        switch (effect)
        {
            case StreamedTextEffect.Append append:
                _session.AppendStreamed(append.Text);
                break;
            case StreamedTextEffect.NoText:
                _happened?.Invoke(DocumentStreamEvent.NoText);
                break;
            case StreamedTextEffect.Full:
                _happened?.Invoke(DocumentStreamEvent.Full);
                break;
            case StreamedTextEffect.Ended:
                _ended.TrySetResult();
                break;
        }
    }
}
