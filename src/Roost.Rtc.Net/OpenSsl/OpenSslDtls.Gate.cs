using System.Buffers.Binary;
using static Roost.Rtc.Net.OpenSsl.NativeMethods;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>What libssl is shown: a protected record too short for its own tag makes OpenSSL 3.0 end the connection, where RFC 6347 §4.1.2.7 wants it dropped.</summary>
internal sealed unsafe partial class OpenSslDtls
{
    private const int TagBytes = 16;
    private const int FirstChaChaSuite = 0xCCA8; // RFC 7905: 0xCCA8 to 0xCCAE

    /// <summary>The least a protected record holds: nonce and tag with AES-GCM, the tag alone with ChaCha20.</summary>
    private int _leastProtected = GcmRecords.Nonce + TagBytes;

    /// <summary>How much of a datagram, from its start, is made of records that libssl can take.</summary>
    private int Presentable(ReadOnlySpan<byte> datagram)
    {
        var at = 0;
        while (datagram.Length - at >= RecordHeader)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + RecordHeader - 2)..]);
            var isProtected = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 3)..]) > 0;
            if (at + RecordHeader + length > datagram.Length || (isProtected && length < _leastProtected))
            {
                break;
            }
            at += RecordHeader + length;
        }
        return at;
    }

    /// <summary>Once the handshake is over the suite is known.</summary>
    private void LearnSuite()
    {
        if (SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(_ssl)) >= FirstChaChaSuite)
        {
            _leastProtected = TagBytes;
        }
    }
}
