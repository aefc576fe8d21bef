using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;
using Roost.Rtc.DataChannels;
using Roost.Rtc.Dtls;
using Roost.Rtc.Sctp;

namespace Roost.Rtc.Peer;

/// <summary>Data channels over the association (RFC 8831, RFC 8832).</summary>
public sealed partial class PeerCore
{
    private readonly Dictionary<ushort, PeerChannel> _channels = [];
    private readonly List<PeerChannel> _waitingChannels = [];
    private readonly Dictionary<ushort, List<SctpEffect>> _early = [];
    private int _earlyMessages;
    private int _nextId;

    /// <summary>Channels that are not closed.</summary>
    public int ChannelCount => _channels.Count + _waitingChannels.Count;

    /// <summary>Bytes of messages that were not yet sent for the first time, all channels together.</summary>
    public long QueuedBytes => _sctp?.QueuedBytes ?? 0;

    /// <summary>Makes a channel; it opens when the association is up.</summary>
    /// <param name="init">Its properties.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">What is wrong, when the result is null.</param>
    public PeerChannel? CreateChannel(DataChannelInit init, Instant now, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(init);
        _now = now;
        problem = init.Problem
            ?? (State == PeerState.Closed ? "The connection is closed." : _hasFailed ? "The connection has failed." : null)
            ?? (ChannelCount >= _options.MaxChannels ? $"There are {ChannelCount} channels already." : null)
            ?? (init.Id is { } taken && (_channels.ContainsKey(taken) || _waitingChannels.Exists(c => c.Init.Id == taken)) ? $"Channel id {taken} is in use." : null);
        if (problem is not null)
        {
            return null;
        }
        var channel = new PeerChannel(init);
        if (_sctp?.State == SctpState.Established)
        {
            Open(channel);
        }
        else
        {
            _waitingChannels.Add(channel);
        }
        return channel;
    }

    /// <summary>Queues a message; <paramref name="buffer"/> comes from <see cref="MessagePool"/> and is taken over whatever the result.</summary>
    /// <param name="channel">An open channel.</param>
    /// <param name="buffer">The message; at least one byte long even for an empty message.</param>
    /// <param name="length">Bytes of the message; may be 0.</param>
    /// <param name="isText">Whether it is a string, which must be UTF-8.</param>
    /// <param name="now">The time.</param>
    public SctpSendResult Send(PeerChannel channel, byte[] buffer, int length, bool isText, Instant now)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(buffer);
        _now = now;
        if (_sctp is null || channel.State != DataChannelState.Open || channel.Id is not { } id)
        {
            MessagePool.Return(buffer);
            return SctpSendResult.StreamClosed;
        }
        var ppid = (isText, length) switch
        {
            (true, 0) => Ppid.StringEmpty,
            (true, _) => Ppid.String,
            (false, 0) => Ppid.BinaryEmpty,
            _ => Ppid.Binary,
        };
        if (length == 0)
        {
            buffer[0] = 0;
        }
        var how = new SctpSendOptions(
            // Until the OPEN is acknowledged data must not overtake it (RFC 8832 §6).
            Unordered: !channel.Init.Ordered && channel.IsAcknowledged,
            channel.Init.MaxRetransmits, channel.Init.MaxPacketLifeTime);
        return _sctp.SendOwned(id, ppid, buffer, Math.Max(length, 1), how, now);
    }

    /// <summary>The application took messages, so the receive window may open.</summary>
    public void Consumed(long bytes, int messages, Instant now)
    {
        _now = now;
        _sctp?.Consumed(bytes, messages, now);
    }

    /// <summary>Closes a channel after what is queued on it was delivered.</summary>
    public void CloseChannel(PeerChannel channel, Instant now)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _now = now;
        if (_waitingChannels.Remove(channel))
        {
            SetState(channel, DataChannelState.Closed);
        }
        else if (channel.State is DataChannelState.Open or DataChannelState.Connecting && channel.Id is { } id)
        {
            SetState(channel, DataChannelState.Closing);
            _sctp!.ResetStream(id, now);
        }
    }

    private void Open(PeerChannel channel)
    {
        var id = channel.Init.Id ?? NextFreeId();
        if (id is null || id >= _sctp!.MaxOutgoingStreams || !_channels.TryAdd(id.Value, channel))
        {
            SetState(channel, DataChannelState.Closed);
            return;
        }
        channel.Id = id;
        _sctp.SetPriority(id.Value, channel.Init.Priority);
        if (channel.Init.Negotiated)
        {
            channel.IsAcknowledged = true;
        }
        else
        {
            // Always ordered and reliable, whatever the channel is (RFC 8832 §6).
            _sctp.Send(id.Value, Ppid.Dcep, DcepOpen.Write(channel.Init), default, _now);
        }
        SetState(channel, DataChannelState.Open);
    }

    /// <summary>The DTLS client takes even ids, the server odd ones (RFC 8832 §6).</summary>
    private ushort? NextFreeId()
    {
        var first = _dtlsRole == DtlsRole.Client ? 0 : 1;
        var limit = Math.Min(_sctp!.MaxOutgoingStreams, ushort.MaxValue);
        for (var tried = 0; tried < limit; tried += 2)
        {
            var id = (ushort)((_nextId + tried) % (limit & ~1) + first);
            if (!_channels.ContainsKey(id))
            {
                _nextId = id - first + 2;
                return id;
            }
        }
        return null;
    }

    private void OnSctp(in SctpEffect effect)
    {
        switch (effect.Kind)
        {
            case SctpEffectKind.Established:
                foreach (var channel in _waitingChannels.ToArray())
                {
                    Open(channel);
                }
                _waitingChannels.Clear();
                break;
            case SctpEffectKind.Message:
                OnMessage(effect);
                break;
            case SctpEffectKind.MessageSent when effect.PayloadProtocol != Ppid.Dcep && _channels.TryGetValue(effect.StreamId, out var sender):
                _effects.Enqueue(new PeerEffect(PeerEffectKind.MessageSent, Channel: sender, Length: effect.Length));
                break;
            case SctpEffectKind.IncomingStreamReset:
                OnIncomingReset(effect.StreamId);
                break;
            case SctpEffectKind.OutgoingStreamReset when _channels.TryGetValue(effect.StreamId, out var reset):
                reset.OutgoingReset = true;
                FinishIfReset(reset);
                break;
            case SctpEffectKind.Closed when State != PeerState.Closed && !_hasFailed:
                OnAssociationEnd(effect.Reason);
                break;
        }
    }

    private void OnAssociationEnd(SctpCloseReason reason)
    {
        switch (reason)
        {
            case SctpCloseReason.PeerAborted or SctpCloseReason.PeerShutdown:
                Close(_now);
                break;
            case SctpCloseReason.Timeout:
                Fail("The peer acknowledges nothing any more (SCTP timed out). Make a new connection.");
                break;
            case SctpCloseReason.ProtocolViolation:
                Fail($"The peer sent a message longer than the {_options.Sctp.MaxMessageBytes} bytes of the description (SCTP was aborted). Make a new connection.");
                break;
        }
    }

    private void OnMessage(in SctpEffect message)
    {
        if (message.PayloadProtocol == Ppid.Dcep)
        {
            OnDcep(message);
            return;
        }
        if (!_channels.TryGetValue(message.StreamId, out var channel))
        {
            KeepEarly(message);
            return;
        }
        Deliver(channel, message);
    }

    private void Deliver(PeerChannel channel, in SctpEffect message)
    {
        if (channel.State == DataChannelState.Closed || !TryKind(message.PayloadProtocol, out var isText, out var isEmpty))
        {
            Discard(message);
            return;
        }
        if (isEmpty)
        {
            // The placeholder byte is ours to give back at once.
            _sctp!.Consumed(message.Length, 0, _now);
        }
        _effects.Enqueue(new PeerEffect(
            PeerEffectKind.Message, Channel: channel, Buffer: message.Buffer, Length: isEmpty ? 0 : message.Length, IsText: isText));
    }

    private static bool TryKind(uint ppid, out bool isText, out bool isEmpty)
    {
        isText = ppid is Ppid.String or Ppid.StringPartial or Ppid.StringEmpty;
        isEmpty = ppid is Ppid.StringEmpty or Ppid.BinaryEmpty;
        return isText || isEmpty || ppid is Ppid.Binary or Ppid.BinaryPartial;
    }

    private void Discard(in SctpEffect message)
    {
        MessagePool.Return(message.Buffer!);
        _sctp!.Consumed(message.Length, 1, _now);
    }

    private void KeepEarly(in SctpEffect message)
    {
        if (_earlyMessages >= _options.MaxEarlyMessages)
        {
            Discard(message);
            return;
        }
        _earlyMessages++;
        (_early.TryGetValue(message.StreamId, out var list) ? list : _early[message.StreamId] = []).Add(message);
    }

    private void OnDcep(in SctpEffect message)
    {
        var bytes = message.Buffer.AsSpan(0, message.Length);
        if (bytes is [DcepOpen.AckType, ..] && _channels.TryGetValue(message.StreamId, out var acknowledged))
        {
            acknowledged.IsAcknowledged = true;
        }
        else if (DcepOpen.TryRead(bytes, out var init))
        {
            OnOpen(message.StreamId, init);
        }
        Discard(message);
    }

    private void OnOpen(ushort id, DataChannelInit init)
    {
        if (_channels.ContainsKey(id))
        {
            return; // an OPEN on a used stream is the peer's mistake; the channel goes on
        }
        if (ChannelCount >= _options.MaxChannels)
        {
            _sctp!.ResetStream(id, _now);
            return;
        }
        var channel = new PeerChannel(init) { Id = id, IsAcknowledged = true };
        _channels[id] = channel;
        _sctp!.SetPriority(id, init.Priority);
        _sctp.Send(id, Ppid.Dcep, [DcepOpen.AckType], default, _now);
        channel.State = DataChannelState.Open;
        Notice(new PeerNotice.ChannelArrived(channel));
        if (_early.Remove(id, out var early))
        {
            _earlyMessages -= early.Count;
            foreach (var message in early)
            {
                Deliver(channel, message);
            }
        }
    }

    private void OnIncomingReset(ushort id)
    {
        if (_channels.TryGetValue(id, out var channel))
        {
            channel.IncomingReset = true;
            CloseChannel(channel, _now);
            FinishIfReset(channel);
        }
    }

    private void FinishIfReset(PeerChannel channel)
    {
        // An id is free again only when both directions are (RFC 8831 §6.7).
        if (channel is { IncomingReset: true, OutgoingReset: true } && _channels.Remove(channel.Id!.Value))
        {
            SetState(channel, DataChannelState.Closed);
        }
    }

    private void CloseChannels()
    {
        foreach (var channel in _channels.Values.Concat(_waitingChannels).ToArray())
        {
            SetState(channel, DataChannelState.Closed);
        }
        _channels.Clear();
        _waitingChannels.Clear();
        foreach (var message in _early.Values.SelectMany(list => list))
        {
            MessagePool.Return(message.Buffer!);
        }
        _early.Clear();
        _earlyMessages = 0;
    }

    private void SetState(PeerChannel channel, DataChannelState state)
    {
        if (channel.State != state)
        {
            channel.State = state;
            Notice(new PeerNotice.ChannelChanged(channel, state));
        }
    }
}
