using System.Runtime.CompilerServices;
using System.Text;
using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Net.Loop;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;

namespace Roost.Rtc.Net;

/// <summary>Sending, with back-pressure.</summary>
public sealed partial class DataChannel
{
    private long _buffered;

    /// <summary>Bytes handed over and not yet sent for the first time (W3C bufferedAmount).</summary>
    public long BufferedAmount => Volatile.Read(ref _buffered);

    /// <summary><see cref="BufferedAmountLow"/> is raised when the amount falls to this or below.</summary>
    public long BufferedAmountLowThreshold { get; set; }

    /// <summary>Raised when <see cref="BufferedAmount"/> falls to the threshold; off the loop.</summary>
    public event EventHandler? BufferedAmountLow;

    /// <summary>Sends bytes; waits until the channel is open and less than the high-water mark is buffered.</summary>
    /// <param name="message">Copied before the call returns its task.</param>
    /// <param name="cancellationToken">Ends the waiting; a message that was handed over is sent.</param>
    /// <exception cref="RtcException">The channel is closed, or the message is longer than the peer takes.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        SendAsync(message, isText: false, cancellationToken);

    /// <summary>Sends a string.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask SendAsync(string message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (MaySendAtOnce)
        {
            Enqueue(message);
            return ValueTask.CompletedTask;
        }
        return SendSlowlyAsync(Encoding.UTF8.GetBytes(message), isText: true, cancellationToken);
    }

    /// <summary>Sends bytes or UTF-8 text.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, bool isText, CancellationToken cancellationToken = default)
    {
        if (MaySendAtOnce)
        {
            Enqueue(message.Span, isText);
            return ValueTask.CompletedTask;
        }
        return SendSlowlyAsync(message, isText, cancellationToken);
    }

    /// <summary>Sends if that is possible at once.</summary>
    /// <returns>False when the channel is not open, or too much is buffered.</returns>
    /// <exception cref="RtcException">The message is longer than the peer takes.</exception>
    public bool TrySend(ReadOnlySpan<byte> message, bool isText = false)
    {
        if (!HasRoomFor(message.Length))
        {
            return false;
        }
        Enqueue(message, isText);
        return true;
    }

    /// <summary>Sends a string if that is possible at once.</summary>
    /// <inheritdoc cref="TrySend(ReadOnlySpan{byte}, bool)"/>
    public bool TrySend(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!HasRoomFor(Encoding.UTF8.GetByteCount(message)))
        {
            return false;
        }
        Enqueue(message);
        return true;
    }

    private bool MaySendAtOnce => ReadyState == DataChannelState.Open && BufferedAmount <= _connection.Configuration.SendHighWaterMark;

    private bool HasRoomFor(int length) =>
        ReadyState == DataChannelState.Open && BufferedAmount + length <= _connection.Configuration.MaxBufferedAmount;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendSlowlyAsync(ReadOnlyMemory<byte> message, bool isText, CancellationToken cancellationToken)
    {
        if (!_opened.Task.IsCompletedSuccessfully)
        {
            await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        while (IsFull)
        {
            await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        }
        if (ReadyState != DataChannelState.Open)
        {
            throw new RtcException(RtcError.InvalidState, "The data channel is closed." + Why);
        }
        Enqueue(message.Span, isText);
    }

    private void Enqueue(ReadOnlySpan<byte> message, bool isText)
    {
        var buffer = RentFor(message.Length);
        message.CopyTo(buffer);
        Post(buffer, message.Length, isText);
    }

    private void Enqueue(string message)
    {
        var length = Encoding.UTF8.GetByteCount(message);
        var buffer = RentFor(length);
        Encoding.UTF8.GetBytes(message, buffer);
        Post(buffer, length, isText: true);
    }

    private byte[] RentFor(int length) => length <= _connection.MaxMessageSize
        ? MessagePool.Rent(Math.Max(length, 1))
        : throw new RtcException(RtcError.Type, $"A message of {length} bytes is longer than the {_connection.MaxMessageSize} the peer takes. Send it in pieces.");

    private void Post(byte[] buffer, int length, bool isText)
    {
        // An empty message travels as one byte; counted as such so that the sum returns to zero.
        Interlocked.Add(ref _buffered, Math.Max(length, 1));
        _connection.Post(this, buffer, length, isText);
    }

    /// <summary>On the loop.</summary>
    internal void SendOnLoop(PeerCore core, byte[] buffer, int length, bool isText, Instant now)
    {
        if (_core is null)
        {
            MessagePool.Return(buffer);
            OnSent(Math.Max(length, 1));
        }
        else if (core.Send(_core, buffer, length, isText, now) != SctpSendResult.Queued)
        {
            OnSent(Math.Max(length, 1));
        }
    }

    /// <summary>On the loop.</summary>
    internal void OnSent(int length)
    {
        var after = Interlocked.Add(ref _buffered, -length);
        if (after <= _connection.Configuration.SendHighWaterMark / 2)
        {
            ReleaseSenders();
        }
        if (after <= BufferedAmountLowThreshold && after + length > BufferedAmountLowThreshold && BufferedAmountLow is not null)
        {
            _connection.Raise(() => BufferedAmountLow?.Invoke(this, EventArgs.Empty));
        }
    }
}
