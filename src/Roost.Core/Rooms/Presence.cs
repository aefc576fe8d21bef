using System.Security.Cryptography;
using Roost.Core.Codec;
using Roost.Core.Identity;

namespace Roost.Core.Rooms;

/// <summary>What a member of a document says about itself (name, colour, cursor), sealed for the room and bound to its peer id (docs/protocol/documents.md).</summary>
public static class Presence
{
    /// <summary>The first byte of such a payload.</summary>
    public const byte Type = 0x11;

    /// <summary>The most bytes that one may say.</summary>
    public const int MaxBytes = 4_000;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 12;

    private const int TagSize = 16;

    /// <summary>Seals one.</summary>
    /// <param name="room">The room's keys.</param>
    /// <param name="from">Who says it.</param>
    /// <param name="body">1 to 4,000 bytes: an awareness update of y-protocols about one client.</param>
    /// <param name="nonce">12 random bytes.</param>
    public static byte[] Seal(RoomKeys room, PeerId from, ReadOnlySpan<byte> body, ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfZero(body.Length, nameof(body));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaxBytes, nameof(body));
        var payload = new byte[1 + NonceSize + body.Length + TagSize];
        payload[0] = Type;
        nonce.CopyTo(payload.AsSpan(1, NonceSize));
        using var gcm = new AesGcm(Key(room), TagSize);
        gcm.Encrypt(nonce, body, payload.AsSpan(1 + NonceSize, body.Length), payload.AsSpan(payload.Length - TagSize), Associated(from));
        return payload;
    }

    /// <summary>Opens one; null for anything that no member sealed as this sender.</summary>
    public static byte[]? TryOpen(RoomKeys room, PeerId from, ReadOnlySpan<byte> payload)
    {
        int length = payload.Length - 1 - NonceSize - TagSize;
        if (length is < 1 or > MaxBytes || payload[0] != Type)
        {
            return null;
        }
        var body = new byte[length];
        using var gcm = new AesGcm(Key(room), TagSize);
        try
        {
            gcm.Decrypt(payload.Slice(1, NonceSize), payload.Slice(1 + NonceSize, length), payload[^TagSize..], body, Associated(from));
            return body;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Key(RoomKeys room) => room.Derive("aware");

    private static byte[] Associated(PeerId from) => new ByteWriter().Bytes([Type]).Id(from).ToArray();
}
