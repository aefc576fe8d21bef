using System.Text;
using System.Threading.Channels;
using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Net.Loop;
using Roost.Rtc.Peer;
using Roost.Rtc.Sctp;

namespace Roost.Rtc.Net;

/// <summary>Gets a message on the connection's loop; must not block. The bytes are valid during the call.</summary>
public delegate void DataChannelMessageHandler(DataChannel channel, ReadOnlySpan<byte> message, bool isText);

/// <summary>A channel for messages between two peers; W3C words (RTCDataChannel).</summary>
/// <remarks>
/// Thread-safe. Messages that nobody reads keep the receive window shut, so a slow reader slows the sender down instead of
/// filling memory. Read either with <see cref="ReadAllAsync"/> or with <see cref="OnMessage(DataChannelMessageHandler)"/>.
/// </remarks>
public sealed partial class DataChannel
{
    private readonly RtcPeerConnection _connection;
    private readonly Channel<RtcMessage> _incoming = System.Threading.Channels.Channel.CreateUnbounded<RtcMessage>(
        new UnboundedChannelOptions { SingleWriter = true });
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PeerChannel? _core;
    private DataChannelMessageHandler? _handler;
    private int _state;

    internal DataChannel(RtcPeerConnection connection, DataChannelInit init)
    {
        _connection = connection;
        Init = init;
    }

    /// <summary>The properties it was made with.</summary>
    public DataChannelInit Init { get; }

    /// <summary>The name it was made with.</summary>
    public string Label => Init.Label;

    /// <summary>The subprotocol it was made with.</summary>
    public string Protocol => Init.Protocol;

    /// <summary>Stream id; null until the connection is up.</summary>
    public ushort? Id => _core?.Id;

    /// <summary>Where it stands.</summary>
    public DataChannelState ReadyState => (DataChannelState)Volatile.Read(ref _state);

    /// <summary>Completes when the channel is open; fails with <see cref="RtcException"/> when it closes before.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Completes when the channel is closed, by whichever side.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Raised when <see cref="ReadyState"/> changes; off the loop, in order.</summary>
    public event EventHandler<DataChannelState>? StateChanged;

    /// <summary>Messages as they come, until the channel closes. One reader.</summary>
    public async IAsyncEnumerable<RtcMessage> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_incoming.Reader.TryRead(out var message))
            {
                Credit(message.Data.Length);
                yield return message;
            }
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <returns>Null when the channel closed and all messages were read.</returns>
    public async ValueTask<RtcMessage?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_incoming.Reader.TryRead(out var message))
            {
                Credit(message.Data.Length);
                return message;
            }
        }
        return null;
    }

    /// <summary>Hands every message to a function on the connection's loop: the fastest way, without copy or allocation.</summary>
    /// <remarks>Messages that came before are handed over first. The function must not block: it holds up every connection of its loop. What it throws is logged.</remarks>
    public void OnMessage(DataChannelMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _connection.Post((peer, _) =>
        {
            while (_incoming.Reader.TryRead(out var early))
            {
                Call(handler, early.Data.Span, early.IsText);
                peer.CreditBytes += early.Data.Length;
                peer.CreditMessages++;
                early.Dispose();
            }
            _handler = handler;
        });
    }

    /// <summary>Closes the channel. What was sent before is still delivered; the other side sees the close.</summary>
    public void Close()
    {
        Interlocked.CompareExchange(ref _state, (int)DataChannelState.Closing, (int)DataChannelState.Open);
        _connection.Post((peer, now) =>
        {
            if (_core is not null)
            {
                peer.Core.CloseChannel(_core, now);
            }
        });
    }

    internal void Attach(PeerChannel core)
    {
        _core = core;
        core.Tag = this;
    }

    internal void OnMessage(LoopPeer peer, byte[] buffer, int length, bool isText)
    {
        if (_handler is { } handler)
        {
            peer.CreditBytes += length;
            peer.CreditMessages++;
            Call(handler, buffer.AsSpan(0, length), isText);
            MessagePool.Return(buffer);
            return;
        }
        if (!_incoming.Writer.TryWrite(new RtcMessage(buffer, length, isText)))
        {
            MessagePool.Return(buffer);
        }
    }

    private void Call(DataChannelMessageHandler handler, ReadOnlySpan<byte> message, bool isText)
    {
        try
        {
            handler(this, message, isText);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The application's fault must not cost it the connection, nor others theirs.
            _connection.OnHandlerThrew(e);
        }
    }

    /// <summary>On the loop.</summary>
    internal void OnState(DataChannelState state)
    {
        if (state == DataChannelState.Open && ReadyState == DataChannelState.Closing)
        {
            return;
        }
        Volatile.Write(ref _state, (int)state);
        switch (state)
        {
            case DataChannelState.Open:
                _opened.TrySetResult();
                break;
            case DataChannelState.Closed:
                _opened.TrySetException(new RtcException(RtcError.InvalidState, "The data channel closed before it opened." + Why));
                _ = _opened.Task.Exception;
                _incoming.Writer.TryComplete();
                _closed.TrySetResult();
                ReleaseSenders();
                break;
        }
        _connection.Raise(() => StateChanged?.Invoke(this, state));
    }

    /// <summary>Behind a sentence about a channel that is closed: the reason, where the connection knows one.</summary>
    private string Why => _connection.FailureReason is { } reason ? " " + reason : "";

    private void Credit(int length)
    {
        Interlocked.Add(ref _creditBytes, length);
        var messages = Interlocked.Increment(ref _creditMessages);
        // Reported in lumps, or when the reader has caught up: each report wakes the loop.
        if (_creditBytes >= CreditLump || messages >= CreditMessages || _incoming.Reader.Count == 0)
        {
            var bytes = Interlocked.Exchange(ref _creditBytes, 0);
            messages = Interlocked.Exchange(ref _creditMessages, 0);
            if (messages > 0)
            {
                _connection.PostRead(bytes, messages);
            }
        }
    }

    private const long CreditLump = 512 * 1024;
    private const int CreditMessages = 1024;
    private long _creditBytes;
    private int _creditMessages;
}
