using System.Text;

namespace Roost.Rtc.Net;

/// <summary>A received message in a pooled buffer. Dispose it to give the buffer back; forgetting that costs speed, nothing else.</summary>
/// <remarks>Read by one reader.</remarks>
public sealed class RtcMessage : IDisposable
{
    private byte[]? _buffer;
    private readonly int _length;

    internal RtcMessage(byte[] buffer, int length, bool isText)
    {
        _buffer = buffer;
        _length = length;
        IsText = isText;
    }

    /// <summary>Whether the sender sent a string.</summary>
    public bool IsText { get; }

    /// <summary>Bytes of the message; UTF-8 for a string.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public ReadOnlyMemory<byte> Data => _buffer is { } buffer ? buffer.AsMemory(0, _length) : throw new ObjectDisposedException(nameof(RtcMessage));

    /// <summary>The message as a string; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>Gives the buffer back; <see cref="Data"/> must not be used any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            MessagePool.Return(buffer);
        }
    }
}
