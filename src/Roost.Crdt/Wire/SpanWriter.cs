using System.Text;

namespace Roost.Crdt;

/// <summary>Fills a buffer whose size was measured before.</summary>
internal ref struct SpanWriter(Span<byte> output)
{
    private Span<byte> _left = output;

    /// <summary>Bytes of a var uint.</summary>
    public static int SizeOf(uint value)
    {
        var size = 1;
        for (; value > 0x7F; value >>= 7)
        {
            size++;
        }

        return size;
    }

    public void Byte(byte value)
    {
        _left[0] = value;
        _left = _left[1..];
    }

    public void VarUint(uint value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_left);
        _left = _left[bytes.Length..];
    }

    public void VarBytes(ReadOnlySpan<byte> bytes)
    {
        VarUint((uint)bytes.Length);
        Bytes(bytes);
    }

    public void Text(ReadOnlySpan<char> text) => _left = _left[Encoding.UTF8.GetBytes(text, _left)..];
}
