using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Roost.Hub.Sockets;

/// <summary>The opening handshake of RFC 6455 section 4.2 on raw bytes. Anything unusual is left to ASP.NET to judge.</summary>
internal static class Handshake
{
    public const int MaxHead = 8 * 1024;
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public readonly record struct Head(string Target, string Key, string Subprotocols, string ForwardedFor);

    /// <summary>Whether <paramref name="input"/> begins with a whole head that asks for a WebSocket.</summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="head">What it asks for.</param>
    /// <param name="needsMore">Whether more bytes could still make it one.</param>
    /// <param name="size">Bytes of the head.</param>
    public static bool TryRead(ReadOnlySequence<byte> input, out Head head, out bool needsMore, out int size)
    {
        head = default;
        size = 0;
        needsMore = false;
        int length = (int)Math.Min(input.Length, MaxHead);
        var rented = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        try
        {
            input.Slice(0, length).CopyTo(rented);
            var bytes = rented.AsSpan(0, length);
            if (!StartsLike(bytes, "GET "u8))
            {
                return false;
            }
            int end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                needsMore = length < MaxHead;
                return false;
            }
            size = end + 4;
            return TryParse(bytes[..(end + 2)], out head);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The answer that opens the WebSocket.</summary>
    public static byte[] Accept(string key, string? subprotocol) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {AcceptKey(key)}\r\n"
        + (subprotocol is null ? "\r\n" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n"));

    /// <summary>Sec-WebSocket-Accept for a key.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 names SHA-1; it proves only that the other end speaks WebSocket.")]
    public static string AcceptKey(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));

    private static bool StartsLike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start) =>
        bytes[..Math.Min(bytes.Length, start.Length)].SequenceEqual(start[..Math.Min(bytes.Length, start.Length)]);

    private static bool TryParse(ReadOnlySpan<byte> head, out Head result)
    {
        result = default;
        int lineEnd = head.IndexOf("\r\n"u8);
        var line = head[..lineEnd];
        if (!line.EndsWith(" HTTP/1.1"u8))
        {
            return false;
        }
        var target = line["GET ".Length..^" HTTP/1.1".Length];
        if (target.Length == 0 || target[0] != (byte)'/' || target.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
        {
            return false;
        }
        bool upgrade = false, connection = false, version = false;
        string key = "", subprotocols = "", forwarded = "";
        for (var rest = head[(lineEnd + 2)..]; !rest.IsEmpty; rest = rest[(rest.IndexOf("\r\n"u8) + 2)..])
        {
            var header = rest[..rest.IndexOf("\r\n"u8)];
            int colon = header.IndexOf((byte)':');
            if (colon <= 0)
            {
                return false;
            }
            var value = header[(colon + 1)..].Trim(" \t"u8);
            switch (header.Length > 64 ? "" : Encoding.Latin1.GetString(header[..colon]).ToLowerInvariant())
            {
                case "upgrade":
                    upgrade = Encoding.Latin1.GetString(value).Equals("websocket", StringComparison.OrdinalIgnoreCase);
                    break;
                case "connection":
                    connection |= Encoding.Latin1.GetString(value).Contains("upgrade", StringComparison.OrdinalIgnoreCase);
                    break;
                case "sec-websocket-version":
                    version = value.SequenceEqual("13"u8);
                    break;
                case "sec-websocket-key":
                    key = Encoding.Latin1.GetString(value);
                    break;
                case "sec-websocket-protocol":
                    subprotocols = subprotocols.Length == 0 ? Encoding.Latin1.GetString(value) : $"{subprotocols},{Encoding.Latin1.GetString(value)}";
                    break;
                case "x-forwarded-for":
                    forwarded = Encoding.Latin1.GetString(value);
                    break;
                case "content-length" or "transfer-encoding":
                    return false;
            }
        }
        result = new(Encoding.ASCII.GetString(target), key, subprotocols, forwarded);
        return upgrade && connection && version && key.Length == 24;
    }
}
