using System.Text;
using Roost.Core.Codec;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Core.Identity;

namespace Roost.Core.Rooms;

/// <summary>The 16 bytes that members of a room know and no hub does. Printing it shows nothing.</summary>
public readonly record struct RoomSecret
{
    /// <summary>Bytes of a secret.</summary>
    public const int Size = 16;

    private readonly Id16 _value;

    private RoomSecret(Id16 value) => _value = value;

    /// <summary>A new secret; <paramref name="dice"/> must be cryptographic outside tests.</summary>
    public static RoomSecret Generate(Dice dice)
    {
        Span<byte> bytes = stackalloc byte[Size];
        dice.Fill(bytes);
        return FromBytes(bytes);
    }

    /// <summary>Takes 16 bytes.</summary>
    public static RoomSecret FromBytes(ReadOnlySpan<byte> bytes) => new(Id16.Read(bytes));

    /// <summary>The secret of an open room: whoever knows the name can read.</summary>
    /// <param name="network">The application's network; "" is the default one.</param>
    /// <param name="name">The room's name.</param>
    public static RoomSecret Open(string network, string name)
    {
        var text = new ByteWriter().Label("roost-open-1").Bytes(Encoding.UTF8.GetBytes(network)).U8(0).Bytes(Encoding.UTF8.GetBytes(name));
        return FromBytes(Hashes.Sha256(text.Written));
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void CopyTo(Span<byte> destination) => _value.CopyTo(destination);

    /// <summary>The 16 bytes in an array of their own.</summary>
    public byte[] ToArray() => _value.ToArray();

    /// <summary>Nothing: a secret does not belong in a log.</summary>
    public override string ToString() => "(room secret)";
}
