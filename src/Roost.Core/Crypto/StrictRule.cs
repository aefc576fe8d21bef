using System.Numerics;

namespace Roost.Core.Crypto;

/// <summary>What is refused before any library is asked to verify: encodings that libraries disagree about.</summary>
internal static class StrictRule
{
    // RFC 8032 section 5.1: p = 2^255 - 19, L = 2^252 + 27742317777372353535851937790883648493.
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly byte[] OrderL = LittleEndian(BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493"));
    private static readonly byte[] FieldP = LittleEndian(P);
    private static readonly byte[][] SmallOrderY = [.. SmallOrderYCoordinates().Select(LittleEndian)];

    internal static bool Allows(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature) =>
        signature.Length == Ed25519.SignatureSize
        && IsBelow(signature[32..], OrderL)
        && IsCanonicalPoint(signature[..32])
        && AllowsKey(publicKey);

    internal static bool AllowsKey(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == PublicKey.Size && IsCanonicalPoint(publicKey) && !HasSmallOrder(publicKey);

    private static bool IsCanonicalPoint(ReadOnlySpan<byte> point)
    {
        Span<byte> y = stackalloc byte[32];
        point.CopyTo(y);
        bool sign = (y[31] & 0x80) != 0;
        y[31] &= 0x7F;
        if (!IsBelow(y, FieldP))
        {
            return false;
        }
        // x = 0 exactly when y = 1 or y = -1; then the sign bit must be clear.
        return !sign || !(y.SequenceEqual(SmallOrderY[0]) || y.SequenceEqual(SmallOrderY[1]));
    }

    private static bool HasSmallOrder(ReadOnlySpan<byte> point)
    {
        Span<byte> y = stackalloc byte[32];
        point.CopyTo(y);
        y[31] &= 0x7F;
        foreach (var small in SmallOrderY)
        {
            if (y.SequenceEqual(small))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsBelow(ReadOnlySpan<byte> value, byte[] limit)
    {
        for (int i = 31; i >= 0; i--)
        {
            if (value[i] != limit[i])
            {
                return value[i] < limit[i];
            }
        }
        return false;
    }

    /// <summary>The y coordinates of the eight points of order 1, 2, 4 and 8: 1, −1, 0 and ±y₈.</summary>
    private static BigInteger[] SmallOrderYCoordinates()
    {
        // A point (x, y) of order 8 doubles to one of order 4, whose y is 0: x² = -y² there, so the curve equation
        // -x² + y² = 1 + d x² y² becomes 2 y² = 1 - d y⁴, or d y⁴ + 2 y² - 1 = 0; hence y² = (-1 ± sqrt(1 + d)) / d.
        var d = Mod(-121665 * Inverse(121666));
        var root = SquareRoot(Mod(1 + d));
        foreach (var signed in new[] { root, P - root })
        {
            var square = Mod((signed - 1) * Inverse(d));
            if (BigInteger.ModPow(square, (P - 1) / 2, P).IsOne)
            {
                var y8 = SquareRoot(square);
                return [BigInteger.One, P - 1, BigInteger.Zero, y8, P - y8];
            }
        }
        throw new System.Diagnostics.UnreachableException("Curve25519 has points of order 8.");
    }

    // p = 5 mod 8: a candidate root is a^((p+3)/8), to be multiplied by sqrt(-1) when its square is -a.
    private static BigInteger SquareRoot(BigInteger a)
    {
        var root = BigInteger.ModPow(a, (P + 3) / 8, P);
        return Mod(root * root) == a ? root : Mod(root * BigInteger.ModPow(2, (P - 1) / 4, P));
    }

    private static BigInteger Inverse(BigInteger a) => BigInteger.ModPow(Mod(a), P - 2, P);

    private static BigInteger Mod(BigInteger a) => ((a % P) + P) % P;

    private static byte[] LittleEndian(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }
}
