using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>Everything that was sent and is not yet safely at the peer: bookkeeping of flight, loss and abandonment.</summary>
internal sealed partial class RetransmissionQueue(SctpOptions options, uint initialTsn, SendQueue sendQueue)
{
    private readonly OutstandingChunks _chunks = new(initialTsn);
    private uint _lowestLost = initialTsn;

    internal RoundTripEstimator RoundTrip { get; } = new(options);
    internal CubicCongestionControl Congestion { get; } = new(options);

    /// <summary>Bytes sent and neither acknowledged nor taken for lost.</summary>
    internal long InFlight { get; private set; }
    internal int LostCount { get; private set; }
    internal bool HasOutstanding => _chunks.Count > 0;
    internal bool IsFull => _chunks.Count >= options.MaxOutstandingChunks;
    internal uint NextTsn => _chunks.Next;
    internal uint CumulativeAck => _chunks.First - 1;

    /// <summary>RFC 3758 §3.5: everything up to here is acknowledged or given up.</summary>
    internal uint AdvancedAck { get; private set; } = initialTsn - 1;
    internal bool NeedsForwardTsn => SctpWire.After(AdvancedAck, CumulativeAck);

    /// <summary>Whether the peer understands FORWARD-TSN; without it every message is reliable.</summary>
    internal bool PartialReliability { get; set; }

    internal long Retransmissions { get; private set; }
    internal long BytesAcked { get; private set; }
    internal long MessagesAbandoned { get; private set; }

    /// <summary>Whether the congestion window held sending back when it was last tried; only then may it grow.</summary>
    internal bool WindowWasFull { get; set; }

    /// <summary>Bytes the congestion window still allows; the peer's window is the association's business.</summary>
    internal bool MaySend(int cost) => InFlight == 0 || InFlight + cost <= Congestion.Window;

    /// <summary>Gives the next fragment of a message a TSN and counts it as sent.</summary>
    internal uint Send(OutgoingMessage message, int length, byte flags, Instant now)
    {
        ref var chunk = ref _chunks.Add(out var tsn);
        chunk.Message = message;
        chunk.Offset = message.SentOffset;
        chunk.Fsn = message.NextFsn;
        chunk.Length = (ushort)length;
        chunk.Flags = flags;
        message.Outstanding++;
        sendQueue.Stream(message.StreamId).Outstanding++;
        OnSent(ref chunk, tsn, now);
        return tsn;
    }

    internal ref OutstandingChunk Chunk(uint tsn) => ref _chunks[tsn];

    /// <summary>The lowest lost chunk that is still worth sending; those whose message ran out of tries or time are given up on the way.</summary>
    internal bool TryNextLost(Instant now, out uint tsn)
    {
        tsn = 0;
        if (LostCount == 0)
        {
            return false;
        }
        var from = SctpWire.After(_chunks.First, _lowestLost) ? _chunks.First : _lowestLost;
        for (; from != _chunks.Next && LostCount > 0; from++)
        {
            ref var chunk = ref _chunks[from];
            if (chunk.State != ChunkState.Lost)
            {
                continue;
            }
            if (IsHopeless(chunk, now))
            {
                Abandon(chunk.Message);
                _unblockedAt = now;
                continue;
            }
            _lowestLost = tsn = from;
            return true;
        }
        return false;
    }

    internal void Resend(uint tsn, Instant now)
    {
        ref var chunk = ref _chunks[tsn];
        LostCount--;
        Retransmissions++;
        OnSent(ref chunk, tsn, now);
    }

    /// <summary>Gives a message up (RFC 3758 §3.5): what was sent is skipped by FORWARD-TSN, what was not is dropped.</summary>
    internal void Abandon(OutgoingMessage message)
    {
        if (message.Abandoned)
        {
            return;
        }
        message.Abandoned = true;
        MessagesAbandoned++;
        var partlySent = !message.IsFullySent && message.SentOffset > 0;
        var dropped = sendQueue.DropRest(message);
        if (partlySent)
        {
            // The receiver may hold all fragments sent so far. A TSN that is never sent makes FORWARD-TSN reach past them.
            ref var placeholder = ref _chunks.Add(out _);
            placeholder.Message = message;
            placeholder.Flags = (byte)(DataFlags.End | (message.Unordered ? DataFlags.Unordered : 0));
            placeholder.State = ChunkState.Abandoned;
            message.Outstanding++;
            sendQueue.Stream(message.StreamId).Outstanding++;
        }
        for (var tsn = _chunks.First; tsn != _chunks.Next && message.Outstanding > 0; tsn++)
        {
            ref var chunk = ref _chunks[tsn];
            if (chunk.Message == message && chunk.State is (ChunkState.InFlight or ChunkState.Lost))
            {
                SetState(tsn, ref chunk, ChunkState.Abandoned);
            }
        }
        Advance();
        if (dropped >= 0)
        {
            // The message counts as having left the queue, whole: bufferedAmount must fall by what it rose.
            LeftQueue?.Invoke(message);
        }
        if (message.Outstanding == 0)
        {
            sendQueue.Return(message);
        }
    }

    /// <summary>Told of messages that were given up before they were sent whole.</summary>
    internal Action<OutgoingMessage>? LeftQueue { get; set; }

    /// <summary>Gives back what an idle association does not need.</summary>
    internal void Trim() => _chunks.Trim();

    /// <summary>Returns all buffers, as when the association ends.</summary>
    internal void Clear()
    {
        while (_chunks.Count > 0)
        {
            Release(_chunks[_chunks.First].Message);
            _chunks.RemoveFirst();
        }
        InFlight = LostCount = 0;
    }

    /// <summary>Counts a chunk as lost so that it is sent once more: a tail loss probe.</summary>
    internal void MarkForProbe(uint tsn) => SetState(tsn, ref _chunks[tsn], ChunkState.Lost);

    private bool IsHopeless(in OutstandingChunk chunk, Instant now) =>
        PartialReliability && (chunk.Message.Expires <= now
            || (chunk.Message.MaxRetransmits >= 0 && chunk.Transmissions > chunk.Message.MaxRetransmits));

    private void OnSent(ref OutstandingChunk chunk, uint tsn, Instant now)
    {
        chunk.State = ChunkState.InFlight;
        chunk.SentAt = now;
        chunk.Transmissions += (ushort)(chunk.Transmissions < ushort.MaxValue ? 1 : 0);
        InFlight += chunk.Cost;
        Congestion.OnSent(chunk.Cost);
        _chunks.Link(tsn);
    }

    private void SetState(uint tsn, ref OutstandingChunk chunk, ChunkState state)
    {
        if (chunk.State == ChunkState.InFlight)
        {
            InFlight -= chunk.Cost;
            _chunks.Unlink(tsn);
        }
        LostCount += (state == ChunkState.Lost ? 1 : 0) - (chunk.State == ChunkState.Lost ? 1 : 0);
        if (state == ChunkState.Lost && SctpWire.After(_lowestLost, tsn))
        {
            _lowestLost = tsn;
        }
        chunk.State = state;
    }

    private void Advance()
    {
        if (SctpWire.After(CumulativeAck, AdvancedAck))
        {
            AdvancedAck = CumulativeAck;
        }
        while (_chunks.Contains(AdvancedAck + 1) && _chunks[AdvancedAck + 1].State == ChunkState.Abandoned)
        {
            AdvancedAck++;
        }
    }

    private void Release(OutgoingMessage message)
    {
        message.Outstanding--;
        if (sendQueue.TryGetStream(message.StreamId, out var stream))
        {
            stream.Outstanding--;
        }
        if (message.Outstanding == 0 && message.IsFullySent)
        {
            sendQueue.Return(message);
        }
    }
}
