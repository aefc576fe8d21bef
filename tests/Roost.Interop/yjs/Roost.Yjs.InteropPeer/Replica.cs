using System.Security.Cryptography;
using Roost.Core.Cores;
using Roost.Core.Crypto;
using Roost.Crdt;

namespace Roost.Yjs.InteropPeer;

/// <summary>A document with its awareness, and the connections that keep it equal to others. One lock; not for production.</summary>
internal sealed class Replica : IDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(3);

    private readonly HashSet<Connection> _connections = [];
    private readonly Timer _timer;

    public Replica()
    {
        Doc = new YDoc(new SystemDice());
        Awareness = new Awareness(Doc.ClientId, Now);
        Doc.Update += (update, transaction) => Broadcast(Frames.OfSync(SyncProtocol.WriteUpdate(update)), except: transaction.Origin);
        Awareness.Updated += change =>
        {
            List<ulong> all = [.. change.Added, .. change.Updated, .. change.Removed];
            (change.Origin as Connection)?.Control(change);
            Broadcast(Frames.OfAwareness(Awareness.EncodeUpdate(all)), except: null);
        };
        _timer = new Timer(_ => Locked(() => Awareness.Tick(Now)), null, CheckEvery, CheckEvery);
    }

    public Lock Lock { get; } = new();

    public YDoc Doc { get; }

    public Awareness Awareness { get; }

    private static Instant Now => Instant.FromUnixMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    /// <summary>A connection is open: both sides say what they know.</summary>
    public void Open(Connection connection) => Locked(() =>
    {
        _connections.Add(connection);
        connection.Send(Frames.OfSync(SyncProtocol.WriteStep1(Doc)));
        if (Awareness.States.Count > 0)
        {
            connection.Send(Frames.OfAwareness(Awareness.EncodeUpdate()));
        }
    });

    /// <summary>A connection is gone, and with it those who spoke over it.</summary>
    public void Close(Connection connection) => Locked(() =>
    {
        _connections.Remove(connection);
        Awareness.Remove([.. connection.Controlled], Now);
    });

    /// <summary>Acts on a message.</summary>
    /// <returns>False for one that is none.</returns>
    public bool Hear(Connection connection, byte[] message)
    {
        lock (Lock)
        {
            ReadOnlySpan<byte> rest = message;
            if (!Frames.TryRead(ref rest, out ulong kind))
            {
                return false;
            }
            switch (kind)
            {
                case Frames.Sync:
                    bool good = SyncProtocol.TryHandle(Doc, rest, out var reply, connection);
                    if (reply is not null)
                    {
                        connection.Send(Frames.OfSync(reply));
                    }
                    return good;
                case Frames.Awareness:
                    return Frames.TryReadBytes(ref rest, out var update) && Awareness.TryApplyUpdate(update, Now, out _, connection);
                case Frames.QueryAwareness:
                    connection.Send(Frames.OfAwareness(Awareness.EncodeUpdate()));
                    return true;
                default:
                    return true; // Another protocol's: not ours to judge.
            }
        }
    }

    public void Say(YValue state) => Locked(() => Awareness.SetLocalState(state, Now));

    /// <summary>Ends all connections as a network would.</summary>
    public void Cut() => Locked(() => _connections.ToList().ForEach(c => c.Cut()));

    public int Connections => _connections.Count;

    public void Dispose() => _timer.Dispose();

    private void Locked(Action action)
    {
        lock (Lock)
        {
            action();
        }
    }

    private void Broadcast(byte[] message, object? except)
    {
        foreach (var connection in _connections.Where(c => !ReferenceEquals(c, except)))
        {
            connection.Send(message);
        }
    }

    private sealed class SystemDice : Dice
    {
        public override void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }
}
