using System.Buffers.Binary;

namespace Roost.Rtc.Sctp;

/// <summary>What INIT and INIT ACK say (RFC 9260 §3.3.2, §3.3.3).</summary>
/// <remarks>
/// <code>
/// | Type 1 or 2 | Flags | Length |  Initiate Tag (32) | a_rwnd (32) | Outbound (16) | Inbound Streams (16) | Initial TSN (32) | parameters
/// </code>
/// </remarks>
internal readonly record struct InitChunk
{
    private const int FixedLength = 20;

    internal uint Tag { get; init; }
    internal uint ReceiveWindow { get; init; }
    internal ushort OutboundStreams { get; init; }
    internal ushort InboundStreams { get; init; }
    internal uint InitialTsn { get; init; }
    internal bool ForwardTsn { get; init; }
    internal bool Interleaving { get; init; }
    internal bool ReConfig { get; init; }
    internal bool ZeroChecksum { get; init; }

    /// <summary>Reads either chunk; <paramref name="cookie"/> is the state cookie of an INIT ACK, empty otherwise.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> chunk, out InitChunk init, out ReadOnlySpan<byte> cookie)
    {
        init = default;
        cookie = default;
        // A zero tag or zero streams are errors by RFC 9260 §3.3.2.
        if (chunk.Length < FixedLength || SctpWire.U32(chunk, 4) == 0 || SctpWire.U16(chunk, 12) == 0 || SctpWire.U16(chunk, 14) == 0)
        {
            return false;
        }
        bool forward = false, interleaving = false, interleavedForward = false, reConfig = false, zeroChecksum = false;
        var parameters = new TlvReader(chunk[FixedLength..]);
        while (parameters.TryNext(out var parameter))
        {
            switch (SctpWire.U16(parameter, 0))
            {
                case ParameterType.StateCookie:
                    cookie = parameter[4..];
                    break;
                case ParameterType.ForwardTsnSupported:
                    forward = true;
                    break;
                case ParameterType.ZeroChecksumAcceptable:
                    // Error detection method 1 is DTLS (RFC 9653 §4).
                    zeroChecksum = parameter.Length == 8 && SctpWire.U32(parameter, 4) == 1;
                    break;
                case ParameterType.SupportedExtensions:
                    var list = parameter[4..];
                    // pion announces FORWARD-TSN only here.
                    forward |= list.Contains(ChunkType.ForwardTsn);
                    interleaving = list.Contains(ChunkType.IData);
                    interleavedForward = list.Contains(ChunkType.IForwardTsn);
                    reConfig = list.Contains(ChunkType.ReConfig);
                    break;
            }
        }
        init = new InitChunk
        {
            Tag = SctpWire.U32(chunk, 4),
            ReceiveWindow = SctpWire.U32(chunk, 8),
            OutboundStreams = SctpWire.U16(chunk, 12),
            InboundStreams = SctpWire.U16(chunk, 14),
            InitialTsn = SctpWire.U32(chunk, 16),
            ForwardTsn = forward,
            Interleaving = interleaving && interleavedForward,
            ReConfig = reConfig,
            ZeroChecksum = zeroChecksum,
        };
        return true;
    }

    /// <summary>Writes the chunk with everything this side supports; answers with its length.</summary>
    internal int Write(Span<byte> destination, byte type, ReadOnlySpan<byte> cookie)
    {
        SctpWire.U32(destination, 4, Tag);
        SctpWire.U32(destination, 8, ReceiveWindow);
        SctpWire.U16(destination, 12, OutboundStreams);
        SctpWire.U16(destination, 14, InboundStreams);
        SctpWire.U32(destination, 16, InitialTsn);
        var at = FixedLength;
        if (!cookie.IsEmpty)
        {
            at += WriteParameter(destination[at..], ParameterType.StateCookie, cookie);
        }
        ReadOnlySpan<byte> extensions = Interleaving
            ? [ChunkType.ReConfig, ChunkType.ForwardTsn, ChunkType.IData, ChunkType.IForwardTsn]
            : [ChunkType.ReConfig, ChunkType.ForwardTsn];
        at += WriteParameter(destination[at..], ParameterType.SupportedExtensions, extensions);
        at += WriteParameter(destination[at..], ParameterType.ForwardTsnSupported, default);
        if (ZeroChecksum)
        {
            Span<byte> method = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(method, 1);
            at += WriteParameter(destination[at..], ParameterType.ZeroChecksumAcceptable, method);
        }
        SctpWire.WriteChunkHeader(destination, type, 0, at);
        return at;
    }

    private static int WriteParameter(Span<byte> destination, ushort type, ReadOnlySpan<byte> value)
    {
        SctpWire.U16(destination, 0, type);
        SctpWire.U16(destination, 2, 4 + value.Length);
        value.CopyTo(destination[4..]);
        var padded = SctpWire.Padded(4 + value.Length);
        destination[(4 + value.Length)..padded].Clear();
        return padded;
    }
}
