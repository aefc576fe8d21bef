using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Roost.Hub.Sockets;

namespace Roost.Hub.Mesh;

/// <summary>The opening handshake of RFC 6455 section 4.1, the client's half. Redirects and extensions are not for hubs.</summary>
internal static class ClientHandshake
{
    /// <summary>Asks for a WebSocket and reads the answer, not more.</summary>
    /// <exception cref="WebSocketException">What answered is no such door.</exception>
    /// <exception cref="IOException">Nothing answered.</exception>
    public static async Task OpenAsync(IDuplexPipe pipes, Uri url, string subprotocol)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        string host = url.HostNameType == UriHostNameType.Dns ? url.IdnHost : url.Host;
        pipes.Output.Write(Encoding.ASCII.GetBytes(
            $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {(url.IsDefaultPort ? host : $"{host}:{url.Port}")}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {subprotocol}\r\n\r\n"));
        await pipes.Output.FlushAsync();
        while (true)
        {
            var result = await pipes.Input.ReadAsync();
            if (TryReadHead(result.Buffer, out string head, out var end))
            {
                pipes.Input.AdvanceTo(end);
                if (!Accepts(head, Handshake.AcceptKey(key), subprotocol))
                {
                    throw new WebSocketException(WebSocketError.NotAWebSocket, "The other end does not speak the hub protocol.");
                }
                return;
            }
            if (result.Buffer.Length >= Handshake.MaxHead)
            {
                throw new WebSocketException(WebSocketError.NotAWebSocket, "The other end answered, but not a hub's way.");
            }
            if (result.IsCompleted)
            {
                throw new IOException("The other end hung up.");
            }
            pipes.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool TryReadHead(ReadOnlySequence<byte> input, out string head, out SequencePosition end)
    {
        var reader = new SequenceReader<byte>(input.Slice(0, Math.Min(input.Length, Handshake.MaxHead)));
        bool whole = reader.TryReadTo(out ReadOnlySequence<byte> bytes, "\r\n\r\n"u8);
        head = whole ? Encoding.Latin1.GetString(bytes) : "";
        end = reader.Position;
        return whole;
    }

    private static bool Accepts(string head, string acceptKey, string subprotocol)
    {
        string[] lines = head.Split("\r\n");
        string? Of(string name) => Array.Find(lines, line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
        return lines[0].StartsWith("HTTP/1.1 101", StringComparison.Ordinal)
            && string.Equals(Of("Upgrade"), "websocket", StringComparison.OrdinalIgnoreCase)
            && Of("Sec-WebSocket-Accept") == acceptKey
            && Of("Sec-WebSocket-Protocol") == subprotocol;
    }
}
