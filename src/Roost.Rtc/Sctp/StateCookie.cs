using System.Security.Cryptography;
using Roost.Core.Cores;

namespace Roost.Rtc.Sctp;

/// <summary>The state cookie: what the responder must remember, kept by the initiator (RFC 9260 §5.1.3).</summary>
/// <remarks>Authenticated by HMAC with a key of this association's own; DTLS already keeps strangers out, so this guards against our own old packets.</remarks>
internal sealed class StateCookie
{
    internal const int Length = BodyLength + MacLength;
    private const int BodyLength = 24;
    private const int MacLength = 16;

    private readonly byte[] _key = new byte[16];

    internal StateCookie(Dice dice) => dice.Fill(_key);

    internal void Write(Span<byte> destination, in InitChunk peer, uint ownTag)
    {
        SctpWire.U32(destination, 0, ownTag);
        SctpWire.U32(destination, 4, peer.Tag);
        SctpWire.U32(destination, 8, peer.InitialTsn);
        SctpWire.U32(destination, 12, peer.ReceiveWindow);
        SctpWire.U16(destination, 16, peer.OutboundStreams);
        SctpWire.U16(destination, 18, peer.InboundStreams);
        SctpWire.U32(destination, 20, (peer.ForwardTsn ? 1u : 0) | (peer.Interleaving ? 2u : 0) | (peer.ReConfig ? 4u : 0) | (peer.ZeroChecksum ? 8u : 0));
        Mac(destination[..BodyLength], destination.Slice(BodyLength, MacLength));
    }

    internal bool TryRead(ReadOnlySpan<byte> cookie, uint ownTag, out InitChunk peer)
    {
        peer = default;
        Span<byte> mac = stackalloc byte[MacLength];
        if (cookie.Length != Length || SctpWire.U32(cookie, 0) != ownTag)
        {
            return false;
        }
        Mac(cookie[..BodyLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, cookie[BodyLength..]))
        {
            return false;
        }
        var flags = SctpWire.U32(cookie, 20);
        peer = new InitChunk
        {
            Tag = SctpWire.U32(cookie, 4),
            InitialTsn = SctpWire.U32(cookie, 8),
            ReceiveWindow = SctpWire.U32(cookie, 12),
            OutboundStreams = SctpWire.U16(cookie, 16),
            InboundStreams = SctpWire.U16(cookie, 18),
            ForwardTsn = (flags & 1) != 0,
            Interleaving = (flags & 2) != 0,
            ReConfig = (flags & 4) != 0,
            ZeroChecksum = (flags & 8) != 0,
        };
        return true;
    }

    private void Mac(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        Span<byte> full = stackalloc byte[32];
        HMACSHA256.HashData(_key, body, full);
        full[..MacLength].CopyTo(destination);
    }
}
