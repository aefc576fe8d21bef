using System.Security.Cryptography;
using System.Text;
using Roost.Core.Codec;
using Roost.Core.Identity;

namespace Roost.Core.Rooms;

/// <summary>A viewer's question to the host, sealed for the room and bound to both (docs/protocol/questions.md).</summary>
public static class Question
{
    /// <summary>The first byte of such a payload.</summary>
    public const byte Type = 0x10;

    /// <summary>The most that a question may have, in UTF-8 bytes.</summary>
    public const int MaxBytes = 4_000;

    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Seals one.</summary>
    /// <param name="room">The room's keys.</param>
    /// <param name="from">Who asks.</param>
    /// <param name="to">The host.</param>
    /// <param name="text">1 to 4,000 bytes of UTF-8.</param>
    /// <param name="nonce">12 random bytes.</param>
    public static byte[] Seal(RoomKeys room, PeerId from, PeerId to, string text, ReadOnlySpan<byte> nonce)
    {
        var body = Encoding.UTF8.GetBytes(text);
        ArgumentOutOfRangeException.ThrowIfZero(body.Length, nameof(text));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaxBytes, nameof(text));
        var payload = new byte[1 + NonceSize + body.Length + TagSize];
        payload[0] = Type;
        nonce.CopyTo(payload.AsSpan(1, NonceSize));
        using var gcm = new AesGcm(room.QuestionKey(), TagSize);
        gcm.Encrypt(nonce, body, payload.AsSpan(1 + NonceSize, body.Length), payload.AsSpan(payload.Length - TagSize), Associated(from, to));
        return payload;
    }

    /// <summary>Opens one; null for anything that no member of the room sealed for this host as this sender.</summary>
    public static string? TryOpen(RoomKeys room, PeerId from, PeerId to, ReadOnlySpan<byte> payload)
    {
        int length = payload.Length - 1 - NonceSize - TagSize;
        if (length is < 1 or > MaxBytes || payload[0] != Type)
        {
            return null;
        }
        var body = new byte[length];
        using var gcm = new AesGcm(room.QuestionKey(), TagSize);
        try
        {
            gcm.Decrypt(payload.Slice(1, NonceSize), payload.Slice(1 + NonceSize, length), payload[^TagSize..], body, Associated(from, to));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            return null;
        }
        string text = Encoding.UTF8.GetString(body);
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static byte[] Associated(PeerId from, PeerId to) => new ByteWriter().Bytes([Type]).Id(from).Id(to).ToArray();
}
