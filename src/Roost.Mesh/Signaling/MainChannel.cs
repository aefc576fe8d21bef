using Roost.Core.Codec;

namespace Roost.Mesh.Signaling;

/// <summary>Kinds of messages on the channel <c>main</c> that sessions use (docs/protocol/signaling.md, "Channels").</summary>
public enum MainKind : byte
{
    /// <summary>A signal, as JSON.</summary>
    Signal = 0x03,

    /// <summary>Asks for a <see cref="Pong"/> with the same bytes.</summary>
    Ping = 0x07,

    /// <summary>Answers a <see cref="Ping"/>.</summary>
    Pong = 0x08,

    /// <summary>A frame of a feed.</summary>
    Feed = 0x0A,
}

/// <summary>Writes messages of <c>main</c> as frames: <c>more u8 ‖ part</c>.</summary>
public static class MainChannel
{
    /// <summary>The name of the channel; its id is 0, ordered and reliable.</summary>
    public const string Label = "main";

    /// <summary>The most bytes of a part.</summary>
    public const int MaxPart = 60_000;

    /// <summary>The longest message that a session sends or takes: a frame that would also fit the hub's SEND.</summary>
    public const int MaxMessage = 65_536;

    /// <summary>The most bytes that a PING may carry.</summary>
    public const int MaxPing = 64;

    /// <summary>The frames of one message, in order.</summary>
    public static IEnumerable<byte[]> Write(MainKind kind, ReadOnlyMemory<byte> body)
    {
        var message = new ByteWriter(1 + body.Length).U8((byte)kind).Bytes(body.Span).WrittenMemory;
        for (int at = 0; at < message.Length; at += MaxPart)
        {
            var part = message.Slice(at, Math.Min(MaxPart, message.Length - at));
            bool more = at + part.Length < message.Length;
            yield return new ByteWriter(1 + part.Length).U8(more ? (byte)1 : (byte)0).Bytes(part.Span).ToArray();
        }
    }
}

/// <summary>Joins the frames of one channel to messages. Not thread-safe.</summary>
public sealed class PartJoiner
{
    private readonly ByteWriter _parts = new(0);

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">As it came.</param>
    /// <param name="message">The message that it completes; null while more parts follow.</param>
    /// <returns>False for what no honest peer sends: the channel is of no use any more.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame, out byte[]? message)
    {
        message = null;
        if (frame.IsEmpty || frame[0] > 1 || _parts.Length + frame.Length - 1 > MainChannel.MaxMessage)
        {
            return false;
        }
        _parts.Bytes(frame[1..]);
        if (frame[0] == 0)
        {
            message = _parts.ToArray();
            _parts.Clear();
        }
        return true;
    }
}
