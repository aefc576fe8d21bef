namespace Roost.Rtc.Sctp;

internal sealed partial class RetransmissionQueue
{
    private const int ForwardHeader = 8;

    private readonly Dictionary<(ushort Stream, bool Unordered), uint> _skips = [];

    /// <summary>Writes FORWARD-TSN or I-FORWARD-TSN (RFC 3758 §3.2, RFC 8260 §2.3.1) into what room there is; 0 when it does not fit.</summary>
    /// <remarks>
    /// <code>
    /// | Type 192 | Flags 0 | Length | New Cumulative TSN (32) | *( Stream (16) | SSN (16) )
    /// | Type 194 | Flags 0 | Length | New Cumulative TSN (32) | *( Stream (16) | Reserved (15) U (1) | MID (32) )
    /// </code>
    /// </remarks>
    internal int WriteForwardTsn(Span<byte> destination, bool interleaving)
    {
        var entry = interleaving ? 8 : 4;
        if (destination.Length < ForwardHeader + entry)
        {
            return 0;
        }
        _skips.Clear();
        var room = (destination.Length - ForwardHeader) / entry;
        var newCumulative = CumulativeAck;
        for (var tsn = CumulativeAck + 1; !SctpWire.After(tsn, AdvancedAck); tsn++)
        {
            var message = _chunks[tsn].Message;
            // Without interleaving an unordered message has no number to skip.
            if (interleaving || !message.Unordered)
            {
                if (_skips.Count == room && !_skips.ContainsKey((message.StreamId, message.Unordered)))
                {
                    break;
                }
                _skips[(message.StreamId, message.Unordered)] = message.MessageId;
            }
            newCumulative = tsn;
        }
        SctpWire.U32(destination, 4, newCumulative);
        var at = ForwardHeader;
        foreach (var ((stream, unordered), id) in _skips)
        {
            SctpWire.U16(destination, at, stream);
            if (interleaving)
            {
                SctpWire.U16(destination, at + 2, unordered ? 1 : 0);
                SctpWire.U32(destination, at + 4, id);
            }
            else
            {
                SctpWire.U16(destination, at + 2, (ushort)id);
            }
            at += entry;
        }
        SctpWire.WriteChunkHeader(destination, interleaving ? ChunkType.IForwardTsn : ChunkType.ForwardTsn, 0, at);
        return at;
    }
}
