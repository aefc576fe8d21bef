using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>What a hub link runs over: whole messages in and out, in order.</summary>
/// <remarks>One reader and one sender at a time.</remarks>
internal interface IMeshSocket : IAsyncDisposable
{
    /// <summary>The loop that serves it, or null.</summary>
    SocketLoop? Loop { get; }

    /// <summary>Bytes after which a batch is full.</summary>
    int MaxBatch { get; }

    /// <summary>What the other end closed with.</summary>
    LinkRefusal CloseReason { get; }

    /// <summary>The next binary message, whose buffer is the caller's (<see cref="MeshSocket.Return"/>); any other event when there will be none.</summary>
    ValueTask<SocketMessage> ReceiveAsync();

    /// <summary>Sends a message; returns when the next may be sent.</summary>
    /// <exception cref="IOException">The stream is gone.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> message);

    /// <summary>Says why, as far as the other end listens. Nothing may be sent any more.</summary>
    Task CloseAsync(LinkRefusal why);

    /// <summary>Waits a moment for the other end to hang up, so that it reads what it was told last.</summary>
    Task AwaitEndAsync();

    /// <summary>Cuts it. From any thread.</summary>
    void Abort();
}
