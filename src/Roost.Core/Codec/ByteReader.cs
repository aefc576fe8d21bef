using System.Buffers.Binary;
using System.Text;
using Roost.Core.Identity;

namespace Roost.Core.Codec;

/// <summary>Reads a frame front to back. A read past the end gives false and moves nothing; nothing throws.</summary>
/// <param name="bytes">The frame.</param>
public ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>What has not been read yet.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = bytes;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool AtEnd => Rest.IsEmpty;

    /// <summary>Takes the next <paramref name="count"/> bytes.</summary>
    public bool TryBytes(int count, out ReadOnlySpan<byte> value)
    {
        if ((uint)count > (uint)Rest.Length)
        {
            value = default;
            return false;
        }
        value = Rest[..count];
        Rest = Rest[count..];
        return true;
    }

    /// <summary>Reads a u8.</summary>
    public bool TryU8(out byte value)
    {
        bool good = TryBytes(1, out var b);
        value = good ? b[0] : (byte)0;
        return good;
    }

    /// <summary>Reads a big-endian u16.</summary>
    public bool TryU16(out ushort value)
    {
        bool good = TryBytes(2, out var b);
        value = good ? BinaryPrimitives.ReadUInt16BigEndian(b) : (ushort)0;
        return good;
    }

    /// <summary>Reads a big-endian u32.</summary>
    public bool TryU32(out uint value)
    {
        bool good = TryBytes(4, out var b);
        value = good ? BinaryPrimitives.ReadUInt32BigEndian(b) : 0;
        return good;
    }

    /// <summary>Reads a big-endian u64.</summary>
    public bool TryU64(out ulong value)
    {
        bool good = TryBytes(8, out var b);
        value = good ? BinaryPrimitives.ReadUInt64BigEndian(b) : 0;
        return good;
    }

    /// <summary>Reads a varuint (docs/protocol/README.md): shortest form, at most 2⁵³ − 1.</summary>
    public bool TryVarUInt(out ulong value)
    {
        value = 0;
        for (int i = 0; i < 8 && i < Rest.Length; i++)
        {
            byte b = Rest[i];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                if ((b == 0 && i > 0) || value > VarUInt.Max)
                {
                    return false;
                }
                Rest = Rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }

    /// <summary>Reads 16 bytes as an id.</summary>
    public bool TryId16(out Id16 value)
    {
        bool good = TryBytes(Id16.Size, out var b);
        value = good ? Id16.Read(b) : default;
        return good;
    }

    /// <summary>Reads 20 bytes as a peer id.</summary>
    public bool TryPeerId(out PeerId value)
    {
        bool good = TryBytes(PeerId.Size, out var b);
        value = good ? PeerId.FromBytes(b) : default;
        return good;
    }

    /// <summary>Reads u8 length and that many bytes of valid UTF-8.</summary>
    public bool TryStr8(out string value)
    {
        value = "";
        var before = Rest;
        if (TryU8(out byte length) && TryBytes(length, out var b))
        {
            try
            {
                value = Strict.GetString(b);
                return true;
            }
            catch (DecoderFallbackException)
            {
                // Not UTF-8: refused below, like any other malformed field.
            }
        }
        Rest = before;
        return false;
    }
}
