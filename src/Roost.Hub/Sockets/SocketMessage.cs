namespace Roost.Hub.Sockets;

/// <summary>What a WebSocket brought.</summary>
internal enum SocketEvent
{
    /// <summary>A whole text message.</summary>
    Text,

    /// <summary>A whole binary message.</summary>
    Binary,

    /// <summary>An answer to a ping.</summary>
    Pong,

    /// <summary>A ping, to be answered with its bytes.</summary>
    Ping,

    /// <summary>The other end closes; bytes are its code and reason.</summary>
    Close,

    /// <summary>A message over the limit.</summary>
    TooLarge,

    /// <summary>Not RFC 6455.</summary>
    Broken,

    /// <summary>The stream ended without a close.</summary>
    Ended,
}

/// <summary>An event and its bytes, in a buffer of the shared pool that the receiver returns.</summary>
internal readonly record struct SocketMessage(SocketEvent Event, byte[]? Rented, int Length)
{
    public ReadOnlyMemory<byte> Bytes => Rented is null ? default : Rented.AsMemory(0, Length);
}
