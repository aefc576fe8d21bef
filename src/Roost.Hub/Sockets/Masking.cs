using System.Numerics;
using System.Runtime.InteropServices;

namespace Roost.Hub.Sockets;

/// <summary>The masking of a client's frames (RFC 6455 section 5.3).</summary>
internal static class Masking
{
    public const int KeySize = 4;

    /// <summary>Masks, or unmasks, in place.</summary>
    /// <param name="bytes">A payload, or its next part.</param>
    /// <param name="mask">The four bytes of the key as they lie in memory.</param>
    public static void Apply(Span<byte> bytes, uint mask)
    {
        if (mask == 0)
        {
            return;
        }
        var key = MemoryMarshal.Cast<uint, byte>(new ReadOnlySpan<uint>(in mask));
        var wide = Vector.AsVectorByte(new Vector<uint>(mask));
        int i = 0;
        for (; i <= bytes.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (new Vector<byte>(bytes[i..]) ^ wide).CopyTo(bytes[i..]);
        }
        for (; i < bytes.Length; i++)
        {
            bytes[i] ^= key[i & 3];
        }
    }
}
