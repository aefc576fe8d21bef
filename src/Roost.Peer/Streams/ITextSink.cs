namespace Roost.Peer.Streams;

/// <summary>Something that a program's output is shared through, as it comes.</summary>
public interface ITextSink
{
    /// <summary>Shares the next bytes; they are copied. Returns at once.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Shares the next bytes; they are copied. Waits where more comes than can be taken in, and never for those who read.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default);

    /// <summary>Nothing more comes.</summary>
    /// <param name="exit">The command's exit code, if there was a command.</param>
    /// <param name="reason">"eof" or "interrupted".</param>
    void End(int? exit, string reason);
}
