using System.Buffers;
using System.Threading.Channels;
using Roost.Core.Identity;
using Roost.Hub.Sockets;
using Roost.Hub.Sockets.Loop;
using Roost.Mesh.Federation;
using Roost.Mesh.Hubs;
using Roost.Mesh.Links;

namespace Roost.Hub.Mesh;

/// <summary>Names a link that a third hub carries, at one of its ends.</summary>
/// <param name="Via">The link to the hub in the middle.</param>
/// <param name="Other">The other end.</param>
/// <param name="Stream">The number that whoever opened it gave it.</param>
/// <param name="IsMine">Whether this end opened it.</param>
internal readonly record struct CarriedId(LinkId Via, HubId Other, uint Stream, bool IsMine);

/// <summary>A link's messages by way of a third hub.</summary>
/// <param name="id">Which one.</param>
/// <param name="post">Where what is to be carried goes.</param>
/// <param name="ended">Called once, when nothing more will be received.</param>
internal sealed class CarriedSocket(CarriedId id, Func<HubInput, byte[]?, ValueTask> post, Action<CarriedId> ended) : IMeshSocket
{
    private const int MaxReceived = 1_024, MaxReceivedBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Channel<SocketMessage> _received = Channel.CreateBounded<SocketMessage>(MaxReceived);
    private readonly CarryWay _way = id.IsMine ? CarryWay.None : CarryWay.Back;
    private bool _begun;
    private int _over, _saidLast, _receivedBytes;

    public SocketLoop? Loop => null;

    public int MaxBatch => MeshTypes.MaxCarriedBatch;

    public LinkRefusal CloseReason { get; private set; }

    /// <summary>A message came. Runs inside the driver; false: its reader is too slow.</summary>
    public bool TryReceive(ReadOnlySpan<byte> message)
    {
        if (Volatile.Read(ref _receivedBytes) + message.Length > MaxReceivedBytes)
        {
            return false; // The hub in the middle may send more than it says that it carries.
        }
        var rented = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(rented);
        Interlocked.Add(ref _receivedBytes, message.Length);
        if (_received.Writer.TryWrite(new(SocketEvent.Binary, rented, message.Length)))
        {
            return true;
        }
        ArrayPool<byte>.Shared.Return(rented);
        return false;
    }

    /// <summary>The stream has ended.</summary>
    public void End(LinkRefusal why)
    {
        CloseReason = why;
        Interlocked.Exchange(ref _saidLast, 1); // The other end knows.
        Abort();
    }

    public async ValueTask<SocketMessage> ReceiveAsync()
    {
        while (await _received.Reader.WaitToReadAsync())
        {
            if (_received.Reader.TryRead(out var message))
            {
                Interlocked.Add(ref _receivedBytes, -message.Length);
                return message;
            }
        }
        return new(SocketEvent.Ended, null, 0);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        if (Volatile.Read(ref _over) != 0)
        {
            throw new IOException("The link is closed.");
        }
        var first = id.IsMine && !_begun ? CarryWay.First : CarryWay.None;
        _begun = true;
        return PostAsync(_way | first, message.ToArray());
    }

    public async Task CloseAsync(LinkRefusal why)
    {
        if (Interlocked.Exchange(ref _saidLast, 1) == 0)
        {
            await PostAsync(_way | CarryWay.Last, [(byte)why]);
        }
    }

    public async Task AwaitEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var late = patience.Token.Register(Abort);
        while (await ReceiveAsync() is { Event: SocketEvent.Binary } message)
        {
            MeshSocket.Return(message);
        }
    }

    public void Abort()
    {
        if (Interlocked.Exchange(ref _over, 1) == 0)
        {
            _received.Writer.TryComplete();
            ended(id);
            _ = CloseAsync(LinkRefusal.None);
        }
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        while (_received.Reader.TryRead(out var message))
        {
            MeshSocket.Return(message);
        }
        return ValueTask.CompletedTask;
    }

    private ValueTask PostAsync(CarryWay way, byte[] body) => post(new HubInput.FromMesh(new MeshInput.Carry(id.Via, id.Other, id.Stream, way, body)), null);
}
