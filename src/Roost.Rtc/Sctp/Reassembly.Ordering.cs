namespace Roost.Rtc.Sctp;

/// <summary>Which message of each stream is next, and what waits behind it.</summary>
internal sealed partial class Reassembly
{
    private void Complete(IncomingMessage message)
    {
        if (message.IsUnordered)
        {
            Deliver(message);
            return;
        }
        var stream = StreamOf(message.StreamId);
        if (message.MessageId != stream.Next)
        {
            // Behind the next one it waits; a number that was already delivered or is taken is a peer's fault and dropped.
            if (!stream.IsAhead(message.MessageId) || !stream.Waiting.TryAdd(message.MessageId, message))
            {
                Drop(message);
            }
            return;
        }
        Deliver(message);
        stream.Step();
        DeliverWaiting(stream);
    }

    private void DeliverWaiting(ReceiveStream stream)
    {
        while (stream.Waiting.Count > 0 && stream.Waiting.Remove(stream.Next, out var next))
        {
            Deliver(next);
            stream.Step();
        }
    }

    private void Deliver(IncomingMessage message)
    {
        HeldCount--;
        HeldBytes -= message.Length + Overhead;
        _complete.Enqueue(message);
    }

    private ReceiveStream StreamOf(ushort id)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            _streams[id] = stream = new ReceiveStream(_interleaving);
        }
        return stream;
    }

    private bool _interleaving;

    /// <summary>Message numbers are 32 bits wide with I-DATA and 16 without; known once the handshake is done.</summary>
    internal void SetInterleaving(bool interleaving) => _interleaving = interleaving;

    /// <summary>The peer reset its outgoing side: numbers start over, and what was half there never completes.</summary>
    internal void ResetStream(ushort id)
    {
        if (_streams.Remove(id, out var stream))
        {
            foreach (var message in stream.Waiting.Values)
            {
                Drop(message);
            }
        }
        DropUnfinished(id);
    }

    /// <summary>The peer skips ordered (or, with I-DATA, unordered) messages up to a number.</summary>
    internal void Skip(ushort id, bool unordered, uint messageId)
    {
        if (unordered)
        {
            DropSkippedUnordered(id, messageId);
            return;
        }
        var stream = StreamOf(id);
        while (stream.Next == messageId || stream.IsAhead(messageId))
        {
            // Step by step only over what waits: numbers between waiting messages are jumped over.
            var earliest = messageId;
            foreach (var waiting in stream.Waiting.Keys)
            {
                earliest = stream.Distance(waiting) < stream.Distance(earliest) ? waiting : earliest;
            }
            stream.Next = earliest;
            if (stream.Waiting.Remove(earliest, out var message))
            {
                Deliver(message);
            }
            stream.Step();
        }
        DropSkippedOrdered(id, stream);
        DeliverWaiting(stream);
    }

    internal void Clear()
    {
        foreach (var id in _streams.Keys.ToArray())
        {
            ResetStream(id);
        }
        DropAllUnfinished();
        while (_complete.TryDequeue(out var message))
        {
            message.ReturnBuffer();
        }
    }
}

/// <summary>The incoming half of one stream: the number that is next, and complete messages behind it.</summary>
internal sealed class ReceiveStream(bool interleaving)
{
    internal readonly Dictionary<uint, IncomingMessage> Waiting = [];
    internal uint Next;

    private uint Mask => interleaving ? uint.MaxValue : ushort.MaxValue;

    internal void Step() => Next = (Next + 1) & Mask;

    internal uint Distance(uint messageId) => (messageId - Next) & Mask;

    internal bool IsAhead(uint messageId) => Distance(messageId) is var distance && distance > 0 && distance <= Mask / 2;
}
