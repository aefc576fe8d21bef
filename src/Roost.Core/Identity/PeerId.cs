using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Crypto;

namespace Roost.Core.Identity;

/// <summary>
/// Names a peer: 20 bytes, written as 40 hex digits. A bound id is SHA-1 of the peer's Ed25519 key; a guest id is what an unmodified client chose.
/// </summary>
/// <remarks>
/// 20 bytes in place, no allocation. Guests' letter case is kept, since PeerPigeon compares ids case-sensitively:
/// <see cref="UpperCase"/> marks the digits that were written A–F, so "AB…" and "ab…" are different ids, as they are to their clients.
/// </remarks>
public readonly record struct PeerId
{
    /// <summary>Bytes of an id on the wire.</summary>
    public const int Size = 20;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly uint _c;

    private PeerId(ReadOnlySpan<byte> bytes, ulong upperCase)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        UpperCase = upperCase;
    }

    /// <summary>Bit i is set when hex digit i was a capital letter; 0 for all bound ids.</summary>
    public ulong UpperCase { get; }

    /// <summary>The id that a public key has: SHA-1 of its 32 bytes.</summary>
    public static PeerId OfKey(PublicKey key)
    {
        Span<byte> pub = stackalloc byte[PublicKey.Size];
        key.CopyTo(pub);
        Span<byte> hash = stackalloc byte[Size];
        Hashes.Sha1(pub, hash);
        return new PeerId(hash, 0);
    }

    /// <summary>Takes 20 bytes as an id in lower case.</summary>
    /// <exception cref="ArgumentException">Not 20 bytes.</exception>
    public static PeerId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new PeerId(bytes, 0) : throw new ArgumentException("A peer id has 20 bytes.", nameof(bytes));

    /// <summary>Takes 20 bytes and the mask of capital digits (<see cref="UpperCase"/>). False: not 20 bytes, or a bit that marks no letter.</summary>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, ulong upperCase, out PeerId id)
    {
        id = default;
        if (bytes.Length != Size || upperCase >> (2 * Size) != 0)
        {
            return false;
        }
        for (int i = 0; i < 2 * Size; i++)
        {
            int digit = (i & 1) == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15;
            if ((upperCase >> i & 1) != 0 && digit < 10)
            {
                return false;
            }
        }
        id = new PeerId(bytes, upperCase);
        return true;
    }

    /// <summary>Reads exactly 40 hex digits of either case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PeerId id) => TryParse(text.AsSpan(), out id);

    /// <inheritdoc cref="TryParse(string, out PeerId)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out PeerId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != 2 * Size || !Hex.TryRead(text, bytes))
        {
            return false;
        }
        ulong upper = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiLetterUpper(text[i]))
            {
                upper |= 1UL << i;
            }
        }
        id = new PeerId(bytes, upper);
        return true;
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _c);
    }

    /// <summary>Whether all bytes and letters are the same.</summary>
    public bool Equals(PeerId other) => _a == other._a && _b == other._b && _c == other._c && UpperCase == other.UpperCase;

    /// <summary>Another in each process: whoever chooses ids cannot make many of them share one place in a table.</summary>
    public override int GetHashCode() => HashCode.Combine((int)_a, (int)(_a >> 32), (int)_b, (int)(_b >> 32), (int)_c, (int)UpperCase, (int)(UpperCase >> 32));

    /// <summary>The 40 digits, letters in the case they were given in.</summary>
    public override string ToString() => string.Create(2 * Size, this, static (chars, id) =>
    {
        Span<byte> bytes = stackalloc byte[Size];
        id.CopyTo(bytes);
        for (int i = 0; i < chars.Length; i++)
        {
            int digit = (i & 1) == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15;
            char letter = (id.UpperCase >> i & 1) != 0 ? 'A' : 'a';
            chars[i] = (char)(digit < 10 ? '0' + digit : letter + digit - 10);
        }
    });
}
