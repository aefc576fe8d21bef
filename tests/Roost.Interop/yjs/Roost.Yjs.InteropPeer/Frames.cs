namespace Roost.Yjs.InteropPeer;

/// <summary>The outer frames of y-websocket and y-webrtc: a var uint says which protocol follows.</summary>
internal static class Frames
{
    public const ulong Sync = 0, Awareness = 1, QueryAwareness = 3;

    public static byte[] OfSync(ReadOnlySpan<byte> message) => [(byte)Sync, .. message];

    public static byte[] OfAwareness(ReadOnlySpan<byte> update) => [(byte)Awareness, .. VarUint((uint)update.Length), .. update];

    /// <summary>Reads the next var uint.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, 8); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }
        return false;
    }

    /// <summary>Reads bytes behind their length.</summary>
    public static bool TryReadBytes(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryRead(ref bytes, out ulong length) || length > (ulong)bytes.Length)
        {
            return false;
        }
        value = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    private static byte[] VarUint(uint value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
