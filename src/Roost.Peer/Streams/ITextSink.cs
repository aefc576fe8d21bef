namespace Roost.Peer.Streams;

/// <summary>Something that a program's output is shared through, as it comes.</summary>
public interface ITextSink
{
    /// <summary>Shares the next bytes; they are copied. Returns at once.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Nothing more comes.</summary>
    /// <param name="exit">The command's exit code, if there was a command.</param>
    /// <param name="reason">"eof" or "interrupted".</param>
    void End(int? exit, string reason);
}
