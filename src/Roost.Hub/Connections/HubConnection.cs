using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Roost.Hub.Sockets;
using Roost.Mesh.Doors;
using Roost.Mesh.Hubs;
using Roost.Mesh.Wire;

namespace Roost.Hub.Connections;

/// <summary>One client's socket and session: reads, parses and checks proofs in a loop of its own; decides nothing.</summary>
internal sealed class HubConnection(ConnectionId id, RoostSocket socket, IDoorSession session, HubService hub)
{
    private TaskCompletionSource? _decision;
    private volatile bool _gone;

    public ConnectionId Id => id;

    public RoostSocket Socket => socket;

    public IDoorSession Session => session;

    /// <summary>Set by the driver while frames to this connection are written but not flushed.</summary>
    public bool InBatch { get; set; }

    /// <summary>Reads until the socket ends. <paramref name="opened"/> comes before all else the hub hears of it.</summary>
    public async Task RunAsync(HubInput.Opened opened)
    {
        try
        {
            if (!session.Greeting.IsEmpty)
            {
                socket.TrySend(session.Greeting.Span, session.WritesText);
            }
            await hub.PostAsync(opened);
            socket.Flush(); // With the handshake's answer.
            if (session.FirstInput is { } first)
            {
                await PostAsync(first, null);
            }
            SocketMessage message;
            do
            {
                // One state machine waits for the socket, this one: nothing is allocated for a message.
                while (!socket.TryReceive(out message))
                {
                    socket.Received(await socket.ReceiveAsync());
                }
            }
            while (await HearAsync(message));
        }
        catch (Exception exception) when (exception is IOException or ConnectionResetException or ConnectionAbortedException or OperationCanceledException)
        {
            // The socket died in the middle of a read; that is all a hub needs to know.
        }
        finally
        {
            await hub.PostAsync(new HubInput.Closed(id));
            await socket.FinishAsync();
        }
    }

    /// <summary>The hub has let it in.</summary>
    public void Decided() => Interlocked.Exchange(ref _decision, null)?.SetResult();

    /// <summary>The hub has closed it: no decision will come any more.</summary>
    public void Gone()
    {
        _gone = true;
        Decided();
    }

    private async ValueTask<bool> HearAsync(SocketMessage message)
    {
        switch (message.Event)
        {
            case SocketEvent.Binary:
            case SocketEvent.Text when session.WritesText:
                hub.Metrics.Received(message.Length);
                await TakeAsync(message);
                return true;
            case SocketEvent.Ping or SocketEvent.Pong:
                Return(message);
                await hub.PostAsync(new HubInput.Heard(id));
                return true;
            case SocketEvent.TooLarge:
                await hub.PostAsync(new HubInput.Misbehaved(id, Refusal.FrameTooLarge, DoorTypes.NoFrame));
                return await DrainAsync();
            case SocketEvent.Text or SocketEvent.Broken:
                await hub.PostAsync(new HubInput.Misbehaved(id, Refusal.BadFrame, DoorTypes.NoFrame));
                return await DrainAsync();
            default:
                Return(message);
                return false;
        }
    }

    private async ValueTask TakeAsync(SocketMessage message)
    {
        var step = session.Read(message.Bytes, hub.Clock.Now);
        if (!step.Reply.IsEmpty)
        {
            socket.TrySend(step.Reply.Span, session.WritesText);
            socket.Flush();
        }
        if (step.Refused != Refusal.None)
        {
            hub.Metrics.Refused(step.Refused);
        }
        if (step.Input is null)
        {
            Return(message);
            return;
        }
        await PostAsync(step.Input, message.Rented);
    }

    private async ValueTask PostAsync(HubInput input, byte[]? rented)
    {
        if (input is not HubInput.Entered)
        {
            await hub.PostAsync(input, rented);
            return;
        }
        // Nothing more is read until the hub has decided: what the client sends meanwhile waits in its socket.
        var decision = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _decision = decision;
        if (_gone)
        {
            Decided();
        }
        await hub.PostAsync(input, rented);
        await decision.Task;
    }

    // After a close for bad framing the stream can't be understood; it is read away until the other end lets go or is cut.
    private async ValueTask<bool> DrainAsync()
    {
        await socket.DrainAsync();
        return false;
    }

    private static void Return(SocketMessage message)
    {
        if (message.Rented is not null)
        {
            ArrayPool<byte>.Shared.Return(message.Rented);
        }
    }
}
