using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Roost.Rtc.Stun;

/// <summary>Writes one STUN message into a buffer of the caller's (RFC 8489 §5).</summary>
/// <remarks>Attributes come first, then <see cref="Finish"/>. The buffer must be large enough: all callers write a known, bounded set.</remarks>
internal ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    internal StunWriter(Span<byte> buffer, ushort type, StunTransactionId id)
    {
        _buffer = buffer;
        _length = StunMessage.HeaderLength;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], id.Prefix);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[12..], id.Rest);
    }

    internal void Add(ushort type, scoped ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], type);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 2)..], (ushort)value.Length);
        value.CopyTo(_buffer[(_length + 4)..]);
        var padded = (value.Length + 3) & ~3;
        _buffer.Slice(_length + 4 + value.Length, padded - value.Length).Clear();
        _length += 4 + padded;
        SetLength(_length);
    }

    internal void Add(ushort type, string text)
    {
        Span<byte> utf8 = stackalloc byte[768];
        // RFC 8489 bounds USERNAME, REALM and NONCE below 763 bytes; longer text is cut, and the other side then refuses it.
        Encoding.UTF8.TryGetBytes(text, utf8, out var length);
        Add(type, utf8[..length]);
    }

    internal void AddUInt32(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Add(type, bytes);
    }

    internal void AddUInt64(ushort type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Add(type, bytes);
    }

    internal void AddXorAddress(ushort type, TransportAddress address)
    {
        Span<byte> value = stackalloc byte[20];
        value[0] = 0;
        value[1] = (byte)(address.IsIPv4 ? 1 : 2);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (StunMessage.MagicCookie >> 16)));
        var length = address.WriteAddress(value[4..]);
        for (var i = 0; i < length; i++)
        {
            value[4 + i] ^= _buffer[4 + i];
        }
        Add(type, value[..(4 + length)]);
    }

    internal void AddError(int code, scoped ReadOnlySpan<byte> reason)
    {
        Span<byte> value = stackalloc byte[4 + 64];
        value.Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
        Add(StunAttribute.ErrorCode, value[..(4 + reason.Length)]);
    }

    /// <summary>Adds MESSAGE-INTEGRITY when a key is given, then FINGERPRINT; answers with the message's length.</summary>
    internal int Finish(scoped ReadOnlySpan<byte> key, bool fingerprint = true)
    {
        if (!key.IsEmpty)
        {
            Span<byte> mac = stackalloc byte[20];
            SetLength(_length + 24);
            HMACSHA1.HashData(key, _buffer[.._length], mac);
            Add(StunAttribute.MessageIntegrity, mac);
        }
        if (fingerprint)
        {
            SetLength(_length + 8);
            AddUInt32(StunAttribute.Fingerprint, Crc32.Compute(_buffer[.._length]) ^ StunMessage.FingerprintXor);
        }
        return _length;
    }

    private readonly void SetLength(int end) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(end - StunMessage.HeaderLength));
}
