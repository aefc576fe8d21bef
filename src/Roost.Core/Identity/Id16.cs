using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Roost.Core.Codec;
using Roost.Core.Cores;

namespace Roost.Core.Identity;

/// <summary>16 bytes in place: the common body of <see cref="RoomId"/>, <see cref="OwnerId"/>, <see cref="SessionId"/> and feed epochs.</summary>
/// <param name="High">The first 8 bytes, big-endian.</param>
/// <param name="Low">The last 8 bytes, big-endian.</param>
public readonly record struct Id16(ulong High, ulong Low)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 16;

    /// <summary>Takes the first 16 of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 16 bytes.</exception>
    public static Id16 Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Reads 32 hex digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Id16 id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bool good = text is { Length: 2 * Size } && Hex.TryRead(text, bytes);
        id = good ? Read(bytes) : default;
        return good;
    }

    /// <summary>Writes 16 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>The 16 bytes in an array of their own.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Another in each process: whoever chooses ids cannot make many of them share one place in a table.</summary>
    public override int GetHashCode() => HashCode.Combine((int)High, (int)(High >> 32), (int)Low, (int)(Low >> 32));

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";
}

/// <summary>Names a room to a hub: nothing in it leads back to the room's secret (docs/protocol/rooms.md).</summary>
public readonly record struct RoomId(Id16 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>Names the owner of a room: the first 16 bytes of SHA-256 of the owner's public key; all zero for an open room.</summary>
public readonly record struct OwnerId(Id16 Value)
{
    /// <summary>No owner: an open room.</summary>
    public static readonly OwnerId None;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>Names one run of a page or process in a room; random, new at every start.</summary>
public readonly record struct SessionId(Id16 Value)
{
    /// <summary>One for a run of a program: 16 random bytes.</summary>
    public static SessionId New(Dice dice)
    {
        Span<byte> bytes = stackalloc byte[Id16.Size];
        dice.Fill(bytes);
        return new(Id16.Read(bytes));
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
