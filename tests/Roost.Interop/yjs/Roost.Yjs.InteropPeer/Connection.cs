using Roost.Crdt;

namespace Roost.Yjs.InteropPeer;

/// <summary>A way to one other replica.</summary>
internal abstract class Connection
{
    /// <summary>Clients whose awareness came over this connection.</summary>
    public HashSet<ulong> Controlled { get; } = [];

    /// <summary>Queues a message; never waits.</summary>
    public abstract void Send(byte[] message);

    /// <summary>Ends it as a network would.</summary>
    public abstract void Cut();

    public void Control(AwarenessChange change)
    {
        Controlled.UnionWith(change.Added);
        Controlled.ExceptWith(change.Removed);
    }
}
