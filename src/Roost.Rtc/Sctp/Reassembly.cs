
namespace Roost.Rtc.Sctp;

/// <summary>One DATA or I-DATA chunk as received.</summary>
internal readonly ref struct ReceivedChunk
{
    internal uint Tsn { get; init; }
    internal ushort StreamId { get; init; }

    /// <summary>SSN of DATA, MID of I-DATA.</summary>
    internal uint MessageId { get; init; }
    internal uint Ppid { get; init; }

    /// <summary>I-DATA only: place within the message.</summary>
    internal uint Fsn { get; init; }
    internal byte Flags { get; init; }
    internal ReadOnlySpan<byte> Payload { get; init; }

    internal bool IsBeginning => (Flags & DataFlags.Beginning) != 0;
    internal bool IsEnd => (Flags & DataFlags.End) != 0;
    internal bool IsUnordered => (Flags & DataFlags.Unordered) != 0;
}

/// <summary>A message being put together, or waiting for its turn; the buffer is pooled.</summary>
internal sealed class IncomingMessage
{
    internal byte[] Buffer = [];
    internal int Length;
    internal ushort StreamId;
    internal uint MessageId;
    internal uint Ppid;
    internal bool IsUnordered;

    /// <summary>I-DATA: the FSN that is appended next.</summary>
    internal uint NextFsn;

    internal void Append(ReadOnlySpan<byte> payload)
    {
        if (Length + payload.Length > Buffer.Length)
        {
            // Doubling keeps the copies below twice the message; the first guess is one fragment, which most messages are.
            var bigger = MessagePool.Rent(Math.Max(Length + payload.Length, Buffer.Length * 2));
            Buffer.AsSpan(0, Length).CopyTo(bigger);
            ReturnBuffer();
            Buffer = bigger;
        }
        payload.CopyTo(Buffer.AsSpan(Length));
        Length += payload.Length;
    }

    internal void ReturnBuffer()
    {
        if (Buffer.Length > 0)
        {
            MessagePool.Return(Buffer);
        }
        Buffer = [];
    }
}

/// <summary>A fragment that arrived before its predecessors, copied aside into a pooled array.</summary>
internal readonly record struct StrayFragment(byte[] Buffer, int Length, ushort StreamId, uint MessageId, uint Ppid, uint Fsn, byte Flags);

/// <summary>Puts fragments together and puts ordered messages in order, stream by stream: a gap in one never holds up another.</summary>
internal sealed partial class Reassembly(SctpOptions options)
{
    /// <summary>Counted against the window for each held message or fragment beside its bytes, so that empty ones cost something.</summary>
    internal const int Overhead = 64;

    /// <summary>Shells of messages kept for the next ones: a window of small ones may wait behind a gap; idle associations give them back.</summary>
    private const int MaxSpare = 65_536;

    private readonly Dictionary<ushort, ReceiveStream> _streams = [];
    private readonly Queue<IncomingMessage> _complete = new();
    private readonly Stack<IncomingMessage> _pool = new();

    /// <summary>Bytes held: fragments, incomplete messages and messages waiting for their turn.</summary>
    internal long HeldBytes { get; private set; }

    /// <summary>Fragments and messages held.</summary>
    internal int HeldCount { get; private set; }

    /// <summary>A message grew beyond the limit: the association must end.</summary>
    internal bool IsTooLong { get; private set; }

    /// <summary>Whether a chunk may be kept although it cannot be delivered at once.</summary>
    internal bool HasRoom(int length) =>
        HeldBytes + length + Overhead <= options.ReceiveWindowBytes && HeldCount < options.MaxHeldFragments;

    /// <summary>Takes the next finished message; the caller owns its buffer, then gives the shell back with <see cref="Recycle"/>.</summary>
    internal bool TryTake(out IncomingMessage? message) => _complete.TryDequeue(out message);

    internal void Recycle(IncomingMessage message)
    {
        message.Buffer = [];
        if (_pool.Count < MaxSpare)
        {
            _pool.Push(message);
        }
    }

    /// <summary>Gives back what an idle association does not need.</summary>
    internal void Trim()
    {
        if (HeldCount == 0)
        {
            _pool.Clear();
            _pool.TrimExcess();
            _straysByTsn.TrimExcess();
            _straysByFsn.TrimExcess();
            _byNextTsn.TrimExcess();
            _byMid.TrimExcess();
        }
    }

    /// <summary>Takes in a new chunk of DATA. TSNs of one message are consecutive, so the TSN alone finds its place.</summary>
    internal void AddData(in ReceivedChunk chunk)
    {
        IncomingMessage? message = null;
        if (!chunk.IsBeginning && !_byNextTsn.Remove(chunk.Tsn, out message))
        {
            Keep(_straysByTsn, chunk.Tsn, chunk);
            return;
        }
        message ??= Start(chunk.StreamId, chunk.MessageId, chunk.Ppid, chunk.IsUnordered);
        if (Extend(message, chunk.Payload, chunk.IsEnd))
        {
            return;
        }
        var next = chunk.Tsn + 1;
        while (_straysByTsn.Count > 0 && _straysByTsn.TryGetValue(next, out var stray)
            && (stray.Flags & DataFlags.Beginning) == 0)
        {
            _straysByTsn.Remove(next++);
            if (Consume(message, stray))
            {
                return;
            }
        }
        if (!_byNextTsn.TryAdd(next, message))
        {
            Drop(message);
        }
    }

    private readonly Dictionary<uint, IncomingMessage> _byNextTsn = [];
    private readonly Dictionary<uint, StrayFragment> _straysByTsn = [];

    private IncomingMessage Start(ushort streamId, uint messageId, uint ppid, bool unordered)
    {
        var message = _pool.TryPop(out var pooled) ? pooled : new IncomingMessage();
        message.Length = 0;
        message.StreamId = streamId;
        message.MessageId = messageId;
        message.Ppid = ppid;
        message.IsUnordered = unordered;
        message.NextFsn = 0;
        HeldCount++;
        HeldBytes += Overhead;
        return message;
    }

    /// <summary>Appends; true when the message is finished with (complete, or refused as too long).</summary>
    private bool Extend(IncomingMessage message, ReadOnlySpan<byte> payload, bool isEnd)
    {
        if (message.Length + payload.Length > options.MaxMessageBytes)
        {
            IsTooLong = true;
            Drop(message);
            return true;
        }
        message.Append(payload);
        HeldBytes += payload.Length;
        if (isEnd)
        {
            Complete(message);
        }
        return isEnd;
    }

    private bool Consume(IncomingMessage message, in StrayFragment stray)
    {
        HeldCount--;
        HeldBytes -= stray.Length + Overhead;
        var done = Extend(message, stray.Buffer.AsSpan(0, stray.Length), (stray.Flags & DataFlags.End) != 0);
        MessagePool.Return(stray.Buffer);
        return done;
    }

    private void Keep<TKey>(Dictionary<TKey, StrayFragment> strays, TKey key, in ReceivedChunk chunk)
        where TKey : notnull
    {
        if (strays.ContainsKey(key))
        {
            return;
        }
        var copy = MessagePool.Rent(Math.Max(chunk.Payload.Length, 1));
        chunk.Payload.CopyTo(copy);
        strays[key] = new StrayFragment(copy, chunk.Payload.Length, chunk.StreamId, chunk.MessageId, chunk.Ppid, chunk.Fsn, chunk.Flags);
        HeldCount++;
        HeldBytes += chunk.Payload.Length + Overhead;
    }

    private void DropStray(in StrayFragment stray)
    {
        HeldCount--;
        HeldBytes -= stray.Length + Overhead;
        MessagePool.Return(stray.Buffer);
    }

    private void Drop(IncomingMessage message)
    {
        HeldCount--;
        HeldBytes -= message.Length + Overhead;
        message.ReturnBuffer();
        Recycle(message);
    }
}
