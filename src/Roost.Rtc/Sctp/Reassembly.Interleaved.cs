namespace Roost.Rtc.Sctp;

/// <summary>I-DATA (RFC 8260): messages have numbers of their own and fragments count within them.</summary>
internal sealed partial class Reassembly
{
    private readonly Dictionary<(ushort Stream, bool Unordered, uint Mid), IncomingMessage> _byMid = [];
    private readonly Dictionary<(ushort Stream, bool Unordered, uint Mid, uint Fsn), StrayFragment> _straysByFsn = [];

    internal void AddInterleaved(in ReceivedChunk chunk)
    {
        var key = (chunk.StreamId, chunk.IsUnordered, chunk.MessageId);
        IncomingMessage? message = null;
        if (chunk.IsBeginning ? _byMid.ContainsKey(key) : !_byMid.TryGetValue(key, out message) || message.NextFsn != chunk.Fsn)
        {
            Keep(_straysByFsn, (chunk.StreamId, chunk.IsUnordered, chunk.MessageId, chunk.Fsn), chunk);
            return;
        }
        if (message is null)
        {
            message = Start(chunk.StreamId, chunk.MessageId, chunk.Ppid, chunk.IsUnordered);
            if (!chunk.IsEnd)
            {
                _byMid[key] = message;
            }
        }
        var done = Extend(message, chunk.Payload, chunk.IsEnd);
        message.NextFsn++;
        while (!done && _straysByFsn.Count > 0
            && _straysByFsn.Remove((chunk.StreamId, chunk.IsUnordered, chunk.MessageId, message.NextFsn), out var stray))
        {
            message.NextFsn++;
            done = Consume(message, stray);
        }
        if (done)
        {
            _byMid.Remove(key);
        }
    }

    /// <summary>Drops what FORWARD-TSN passed over: fragments up to the new point, and unordered messages that end there.</summary>
    internal void ForwardTo(uint cumulative)
    {
        foreach (var (tsn, stray) in _straysByTsn)
        {
            if (!SctpWire.After(tsn, cumulative) && _straysByTsn.Remove(tsn))
            {
                DropStray(stray);
            }
        }
        foreach (var (next, message) in _byNextTsn)
        {
            if ((message.IsUnordered ? !SctpWire.After(next, cumulative + 1) : !SctpWire.After(next, cumulative))
                && _byNextTsn.Remove(next))
            {
                Drop(message);
            }
        }
    }

    private void DropSkippedOrdered(ushort id, ReceiveStream stream)
    {
        foreach (var (next, message) in _byNextTsn)
        {
            if (message.StreamId == id && !message.IsUnordered && !IsNextOrAhead(stream, message.MessageId) && _byNextTsn.Remove(next))
            {
                Drop(message);
            }
        }
        foreach (var (key, message) in _byMid)
        {
            if (key.Stream == id && !key.Unordered && !IsNextOrAhead(stream, key.Mid) && _byMid.Remove(key))
            {
                Drop(message);
            }
        }
        foreach (var (key, stray) in _straysByFsn)
        {
            if (key.Stream == id && !key.Unordered && !IsNextOrAhead(stream, key.Mid) && _straysByFsn.Remove(key))
            {
                DropStray(stray);
            }
        }
    }

    private void DropSkippedUnordered(ushort id, uint mid)
    {
        foreach (var (key, message) in _byMid)
        {
            if (key.Stream == id && key.Unordered && !SctpWire.After(key.Mid, mid) && _byMid.Remove(key))
            {
                Drop(message);
            }
        }
        foreach (var (key, stray) in _straysByFsn)
        {
            if (key.Stream == id && key.Unordered && !SctpWire.After(key.Mid, mid) && _straysByFsn.Remove(key))
            {
                DropStray(stray);
            }
        }
    }

    private void DropUnfinished(ushort id)
    {
        foreach (var (next, message) in _byNextTsn)
        {
            if (message.StreamId == id && _byNextTsn.Remove(next))
            {
                Drop(message);
            }
        }
        foreach (var (tsn, stray) in _straysByTsn)
        {
            if (stray.StreamId == id && _straysByTsn.Remove(tsn))
            {
                DropStray(stray);
            }
        }
        foreach (var (key, message) in _byMid)
        {
            if (key.Stream == id && _byMid.Remove(key))
            {
                Drop(message);
            }
        }
        foreach (var (key, stray) in _straysByFsn)
        {
            if (key.Stream == id && _straysByFsn.Remove(key))
            {
                DropStray(stray);
            }
        }
    }

    private void DropAllUnfinished()
    {
        foreach (var id in _byNextTsn.Values.Select(m => m.StreamId).Concat(_straysByTsn.Values.Select(s => s.StreamId))
            .Concat(_byMid.Keys.Select(k => k.Stream)).Concat(_straysByFsn.Keys.Select(k => k.Stream)).ToHashSet())
        {
            DropUnfinished(id);
        }
    }

    private static bool IsNextOrAhead(ReceiveStream stream, uint messageId) => messageId == stream.Next || stream.IsAhead(messageId);
}
