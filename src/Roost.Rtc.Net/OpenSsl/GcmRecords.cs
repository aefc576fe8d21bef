using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using static Roost.Rtc.Net.OpenSsl.NativeMethods;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>Records of DTLS 1.2 with AES-GCM (RFC 6347 §4.1, RFC 5288), in one epoch, after the handshake. The cipher is OpenSSL's, the framing ours.</summary>
/// <remarks>
/// <code>
/// | type (8) | version FE FD | epoch (16) | sequence (48) | length (16) | explicit nonce (64) | ciphertext | tag (128) |
/// nonce = salt (32) + explicit nonce;  additional data = epoch, sequence, type, version, length of the plaintext
/// </code>
/// OpenSSL's GCM has an entry for exactly this, the one libssl uses: it takes the additional data, makes or reads the explicit nonce and seals or opens
/// in place, in one call. A nonce is never used twice: they are counted on from the last one libssl wrote, and libssl writes no more.
/// Not thread-safe.
/// </remarks>
internal sealed unsafe class GcmRecords : IDisposable
{
    internal const int Header = 13;
    internal const int Nonce = 8;
    internal const int Overhead = Header + Nonce + Tag;
    internal const byte Alert = 21;
    internal const byte ApplicationData = 23;

    /// <summary>The only epoch: there is no renegotiation, and epoch 0 is not encrypted.</summary>
    internal const ushort Epoch = 1;

    internal const ulong MaxSequence = (1UL << 48) - 1;

    private const int Tag = 16;
    private const int MaxPlaintext = 16_384; // RFC 5246 §6.2.1
    private const ushort Version = 0xFEFD;

    private readonly nint _seal;
    private readonly nint _open;
    private ReplayWindow _taken;
    private ulong _nextSequence;

    /// <summary>Goes on where libssl stopped.</summary>
    /// <param name="keys">The keys of the connection.</param>
    /// <param name="isClient">Which side this is.</param>
    /// <param name="taken">All records of the peer up to this sequence number count as taken.</param>
    /// <param name="nextSequence">The next sequence number of ours.</param>
    /// <param name="nextNonce">The next explicit nonce of ours.</param>
    internal GcmRecords(GcmKeys keys, bool isClient, ulong taken, ulong nextSequence, ulong nextNonce)
    {
        _taken = new ReplayWindow(taken);
        _nextSequence = nextSequence;
        var (own, ownSalt, peer, peerSalt) = isClient
            ? (keys.Client, keys.ClientSalt, keys.Server, keys.ServerSalt) : (keys.Server, keys.ServerSalt, keys.Client, keys.ClientSalt);
        _seal = NewContext(own, ownSalt, nextNonce, isSealing: true);
        _open = NewContext(peer, peerSalt, 0, isSealing: false);
    }

    /// <summary>False when OpenSSL has no such cipher; then nothing here may be used.</summary>
    internal bool IsUsable => _seal != 0 && _open != 0;

    /// <summary>Writes one record.</summary>
    /// <returns>Its bytes; 0 when there is no room, or when the sequence numbers are used up.</returns>
    internal int Seal(byte type, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        var length = plaintext.Length + Overhead;
        if (destination.Length < length || plaintext.Length > MaxPlaintext || _nextSequence > MaxSequence)
        {
            return 0;
        }
        var numbers = (ulong)Epoch << 48 | _nextSequence++;
        destination[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], Version);
        BinaryPrimitives.WriteUInt64BigEndian(destination[3..], numbers);
        BinaryPrimitives.WriteUInt16BigEndian(destination[11..], (ushort)(length - Header));
        plaintext.CopyTo(destination[(Header + Nonce)..]);
        fixed (byte* record = destination)
        {
            return Run(_seal, numbers, type, plaintext.Length + Nonce, record + Header, length - Header) ? length : 0;
        }
    }

    /// <summary>Opens a record in place.</summary>
    /// <param name="record">One record whole, with its header. When the answer is false its bytes are undefined.</param>
    /// <param name="plaintext">Where in <paramref name="record"/> the plaintext is.</param>
    /// <returns>False when it is not of this epoch and version, not genuine, or was taken before.</returns>
    internal bool TryOpen(Span<byte> record, out Range plaintext)
    {
        plaintext = default;
        var length = record.Length - Overhead;
        if (length is < 0 or > MaxPlaintext || BinaryPrimitives.ReadUInt16BigEndian(record[1..]) != Version)
        {
            return false;
        }
        var numbers = BinaryPrimitives.ReadUInt64BigEndian(record[3..]);
        var sequence = numbers & MaxSequence;
        if (numbers >> 48 != Epoch || !_taken.IsNew(sequence))
        {
            return false;
        }
        fixed (byte* start = record)
        {
            if (!Run(_open, numbers, record[0], record.Length - Header, start + Header, record.Length - Header))
            {
                ERR_clear_error();
                return false;
            }
        }
        _taken.Note(sequence);
        plaintext = (Header + Nonce)..(Header + Nonce + length);
        return true;
    }

    public void Dispose()
    {
        EVP_CIPHER_CTX_free(_seal);
        EVP_CIPHER_CTX_free(_open);
    }

    private static nint NewContext(byte[] key, byte[] salt, ulong nextNonce, bool isSealing)
    {
        var context = EVP_CIPHER_CTX_new();
        var iv = stackalloc byte[12];
        salt.CopyTo(new Span<byte>(iv, 4));
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(iv + 4, 8), nextNonce);
        fixed (byte* k = key)
        {
            if (context == 0 || EVP_CipherInit_ex(context, key.Length == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), 0, k, null, isSealing ? 1 : 0) != 1
                || EVP_CIPHER_CTX_ctrl(context, CtrlAeadSetIvFixed, -1, iv) != 1)
            {
                EVP_CIPHER_CTX_free(context);
                ERR_clear_error();
                return 0;
            }
        }
        return context;
    }

    /// <summary>Seals or opens <paramref name="length"/> bytes (explicit nonce, text, tag) in place.</summary>
    /// <remarks>The length in the additional data is the one before sealing and the whole one before opening: OpenSSL takes nonce and tag off.</remarks>
    [SkipLocalsInit]
    private static bool Run(nint context, ulong numbers, byte type, int statedLength, byte* bytes, int length)
    {
        var additional = stackalloc byte[Header];
        *(ulong*)additional = BinaryPrimitives.ReverseEndianness(numbers);
        additional[8] = type;
        additional[9] = Version >> 8;
        additional[10] = Version & 0xFF;
        additional[11] = (byte)(statedLength >> 8);
        additional[12] = (byte)statedLength;
        var parameters = stackalloc Parameter[2];
        fixed (byte* name = "tlsaad\0"u8)
        {
            parameters[0] = new Parameter { Key = name, Type = Parameter.OctetString, Data = additional, Length = Header };
            parameters[1] = default;
            return Call(context, parameters, bytes, (uint)length);
        }
    }

    /// <summary>Nothing but the native calls, not inlined.</summary>
    /// <remarks>
    /// The compiler clears the upper halves of the vector registers at the start of a method that calls native code, not behind its own use of
    /// them. Left dirty, as by the structures above, every change between OpenSSL's SSE and AVX code takes so long that a record costs a quarter more.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Call(nint context, Parameter* parameters, byte* bytes, uint length) =>
        EVP_CIPHER_CTX_set_params(context, parameters) == 1 && EVP_Cipher(context, bytes, bytes, length) > 0;
}
