using System.Diagnostics.CodeAnalysis;
using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Messages waiting for their first transmission, per stream, and the order in which streams take turns.</summary>
/// <remarks>
/// Weighted fair queueing: the stream that has sent least in proportion to its priority is next (RFC 8260 §3.6). Without
/// interleaving a stream keeps its turn until its message is out; with it, turns change at every fragment.
/// </remarks>
internal sealed class SendQueue(SctpOptions options)
{
    internal const ushort DefaultPriority = 256;

    /// <summary>Shells of messages kept for the next ones: as many as 4 MiB of small ones that wait to be sent; idle associations give them back.</summary>
    private const int MaxSpare = 65_536;

    private readonly Dictionary<ushort, SendStream> _streams = [];
    private readonly PriorityQueue<SendStream, (double Time, long Order)> _turns = new();
    private readonly Stack<OutgoingMessage> _pool = new();
    private SendStream? _current;
    private double _virtualTime;
    private long _order;

    internal long QueuedBytes { get; private set; }
    internal int QueuedMessages { get; private set; }
    internal bool IsEmpty => QueuedMessages == 0;

    internal bool HasRoom(int length) =>
        QueuedMessages < options.MaxQueuedMessages && QueuedBytes + length <= options.MaxQueuedBytes;

    internal SendStream Stream(ushort id)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            _streams[id] = stream = new SendStream(id);
        }
        return stream;
    }

    internal bool TryGetStream(ushort id, [NotNullWhen(true)] out SendStream? stream) => _streams.TryGetValue(id, out stream);

    /// <summary>Forgets a stream that was reset and has nothing left; a new one under the same id starts at SSN 0.</summary>
    internal void Forget(ushort id) => _streams.Remove(id);

    internal OutgoingMessage Rent() => _pool.TryPop(out var message) ? message : new OutgoingMessage();

    internal void Return(OutgoingMessage message)
    {
        message.ReturnBuffer();
        if (_pool.Count < MaxSpare)
        {
            _pool.Push(message);
        }
    }

    /// <summary>Gives back what an idle association does not need.</summary>
    internal void Trim()
    {
        _pool.Clear();
        _pool.TrimExcess();
    }

    internal void Enqueue(OutgoingMessage message)
    {
        var stream = Stream(message.StreamId);
        stream.Messages.Enqueue(message);
        QueuedBytes += message.Length;
        QueuedMessages++;
        if (!stream.HasTurn)
        {
            TakeTurn(stream);
        }
    }

    /// <summary>The message whose fragment is sent next; <see cref="OnFragment"/> must follow before another call.</summary>
    internal OutgoingMessage? Peek()
    {
        if (_current is null)
        {
            if (_turns.Count == 0)
            {
                return null;
            }
            _turns.TryDequeue(out _current, out var turn);
            _virtualTime = turn.Time;
        }
        return _current!.Messages.Peek();
    }

    /// <summary>A fragment of the current message was sent.</summary>
    /// <returns>True when that was its last.</returns>
    internal bool OnFragment(OutgoingMessage message, int length, bool interleaving)
    {
        var stream = _current!;
        message.SentOffset += length;
        message.NextFsn++;
        QueuedBytes -= length;
        stream.FinishTime = Math.Max(stream.FinishTime, _virtualTime) + Math.Max(length, 1) / (double)stream.Priority;
        if (message.IsFullySent)
        {
            EndOfTurn(stream);
            return true;
        }
        if (interleaving && _turns.Count > 0)
        {
            _current = null;
            _turns.Enqueue(stream, (stream.FinishTime, _order++));
        }
        return false;
    }

    /// <summary>Drops the unsent rest of a message that was given up; answers with the bytes dropped, −1 when it was not queued.</summary>
    internal int DropRest(OutgoingMessage message)
    {
        if (message.IsFullySent || !_streams.TryGetValue(message.StreamId, out var stream)
            || !stream.Messages.TryPeek(out var head) || head != message)
        {
            return -1;
        }
        var rest = message.Length - message.SentOffset;
        QueuedBytes -= rest;
        message.SentOffset = message.Length;
        if (_current == stream)
        {
            EndOfTurn(stream);
        }
        else
        {
            // Not its turn: it stays in the queue of turns if it has more to say, and is skipped over otherwise.
            Dequeue(stream);
            if (stream.Messages.Count == 0)
            {
                _turns.Remove(stream, out _, out _);
                stream.HasTurn = false;
            }
        }
        return rest;
    }

    /// <summary>Drops everything, as when the association ends.</summary>
    internal void Clear()
    {
        foreach (var stream in _streams.Values)
        {
            while (stream.Messages.TryDequeue(out var message))
            {
                // A partly sent message is still referred to by chunks in flight, which return it.
                if (message.Outstanding == 0)
                {
                    Return(message);
                }
            }
        }
        _streams.Clear();
        _turns.Clear();
        _current = null;
        QueuedBytes = QueuedMessages = 0;
    }

    private void EndOfTurn(SendStream stream)
    {
        Dequeue(stream);
        _current = null;
        stream.HasTurn = false;
        if (stream.Messages.Count > 0)
        {
            TakeTurn(stream);
        }
    }

    private void Dequeue(SendStream stream)
    {
        stream.Messages.Dequeue();
        QueuedMessages--;
    }

    private void TakeTurn(SendStream stream)
    {
        stream.HasTurn = true;
        stream.FinishTime = Math.Max(stream.FinishTime, _virtualTime);
        _turns.Enqueue(stream, (stream.FinishTime, _order++));
    }
}

/// <summary>The outgoing half of one stream.</summary>
internal sealed class SendStream(ushort id)
{
    internal readonly Queue<OutgoingMessage> Messages = new();
    internal readonly ushort Id = id;
    internal ushort Priority = SendQueue.DefaultPriority;
    internal uint NextOrdered;
    internal uint NextUnordered;
    internal double FinishTime;
    internal bool HasTurn;

    /// <summary>Chunks with a TSN that are not cumulatively acknowledged; a reset waits until there are none (RFC 8831 §6.7).</summary>
    internal int Outstanding;
    internal bool IsClosing;
}
